import Testing

/// Lines after `anna connects`, of which one goes wrong when EchoC plays them.
struct WrongPlay: CustomTestStringConvertible, Sendable {
    let text: String
    /// From 1, anna's connecting counted.
    let line: Int
    let difference: String

    var testDescription: String { text }

    private init(_ text: String, _ line: Int, _ difference: String) {
        self.text = text
        self.line = line
        self.difference = difference
    }

    static let all = messages + endings + calls

    private static let messages = [
        WrongPlay("anna > b\nanna < a", 3, #"expected "a", found "b""#),
        WrongPlay("anna < a", 2, "expected a, found nothing"),
        WrongPlay(
            #"anna > {"a":[1,2]}"# + "\n" + #"anna < {"a":[1,3]}"#,
            3,
            "at a[1]: expected 3, found 2\n  in {\"a\":[1,2]}"
        ),
        WrongPlay("anna > a\nanna < nothing", 3, #"expected nothing, found "a""#),
        WrongPlay("anna >hex 00 0a\nanna <hex 00 0b", 3, "expected hex 00 0b, found hex 00 0a"),
        WrongPlay("anna >hex 00 0a\nanna < a", 3, "expected a, found hex 00 0a"),
        WrongPlay("anna > a\nanna <hex 61", 3, #"expected hex 61, found "a""#),
        WrongPlay("anna <hex 61", 2, "expected hex 61, found nothing"),
        WrongPlay("bert < a", 2, "expected bert with a connection, found none; \(advice("bert"))"),
        WrongPlay("bert > a", 2, "expected bert with a connection, found none; \(advice("bert"))"),
    ]

    private static let endings = [
        WrongPlay("anna > a\nanna < closed", 3, #"expected closed, found "a""#),
        WrongPlay("anna < closed 1000 bye", 2, "expected closed 1000 bye, found an open connection"),
        WrongPlay(
            "anna disconnects\nanna > a",
            3,
            "expected anna with a connection, found none; \(advice("anna"))"
        ),
        WrongPlay(
            "anna closes 1000\nanna > a",
            3,
            "expected anna with an open connection, found closed 1000"
        ),
        WrongPlay("anna closes 1000\nanna < closed 1001", 3, "expected closed 1001, found closed 1000"),
        WrongPlay("anna closes 1000\nanna < closed 1000 b…", 3, "expected closed 1000 b…, found closed 1000"),
        WrongPlay("anna connects", 2, "expected anna without a connection, found one that is open"),
        WrongPlay(
            "bert connects /nowhere",
            2,
            "expected a WebSocket at /nowhere, found HTTP 404: nothing is served at this path\n"
        ),
        WrongPlay("restart\nanna > a", 3, "expected anna with an open connection, found closed 1006"),
    ]

    private static let calls = [
        WrongPlay(
            "call online\n= {\"connections\":2}",
            3,
            "at connections: expected 2, found 1\n  in {\"connections\":1}"
        ),
        WrongPlay("call onlin\n= 1", 3, "expected 1, found the error \(unknown)"),
        WrongPlay("call onlin\n! no", 3, "expected \"no\", found \"\(unknown)\""),
        WrongPlay("call onlin\nanna < nothing", 2, "expected an answer, found the error \(unknown)"),
        WrongPlay("call online\n! no", 3, #"expected the error no, found "{"connections":1}""#),
    ]

    private static let unknown = #"service echoc has no command "onlin"; did you mean "online"?"#

    private static func advice(_ who: String) -> String { "write before: \(who) connects" }
}
