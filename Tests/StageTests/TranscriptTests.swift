import PatchbayStage
import Testing

@Suite struct TranscriptTests {
    @Test(
        arguments: [
            ("anna connects", .connects(who: "anna", path: nil)),
            ("anna connects /chat/websocket", .connects(who: "anna", path: "/chat/websocket")),
            ("  anna   connects   /a?b=c  ", .connects(who: "anna", path: "/a?b=c")),
            ("anna connects from 10.0.0.7", .connects(who: "anna", path: nil, address: "10.0.0.7")),
            (" anna connects  /chat  from  ::1 ", .connects(who: "anna", path: "/chat", address: "::1")),
            (
                "anna connects\n+ cookie: a=\"b\"\n + COOKIE:c",
                .connects(
                    who: "anna",
                    path: nil,
                    headers: [.init(name: "cookie", value: "a=\"b\""), .init(name: "COOKIE", value: "c")]
                )
            ),
            ("back_ends 10.0.0.7  10.1.0.0/16", .backEnds("10.0.0.7 10.1.0.0/16")),
            ("anna > hello", .sends(who: "anna", text: "hello")),
            ("anna >  two  spaces ", .sends(who: "anna", text: " two  spaces ")),
            ("anna >", .sends(who: "anna", text: "")),
            ("anna > # no comment", .sends(who: "anna", text: "# no comment")),
            ("anna > > <", .sends(who: "anna", text: "> <")),
            (
                #"anna >escaped a\nb\u0000\"c\" \ud83d\ude00 … $x "#,
                .sends(who: "anna", text: "a\nb\0\"c\" 😀 … $x ")
            ),
            (#"anna <escaped nothing\r"#, .gets(who: "anna", expected: "nothing\r")),
            ("anna >escaped", .sends(who: "anna", text: "")),
            ("anna > line\u{2028}separator", .sends(who: "anna", text: "line\u{2028}separator")),
            ("anna >hex 00 ff", .sendsBytes(who: "anna", bytes: [0, 255])),
            ("anna >hex 00Ffa0", .sendsBytes(who: "anna", bytes: [0, 255, 160])),
            ("anna >hex", .sendsBytes(who: "anna", bytes: [])),
            ("anna >raw 00ff", .sendsRaw(who: "anna", segments: [[0, 255]])),
            (
                "anna >raw  00 f f'a b|#' 0A | 'é' ",
                .sendsRaw(
                    who: "anna",
                    segments: [[0, 255, 97, 32, 98, 124, 35, 10], [0xc3, 0xa9]]
                )
            ),
            ("anna <raw 02 '{}'", .getsRaw(who: "anna", bytes: [2, 123, 125])),
            ("anna ends ", .ends(who: "anna")),
            ("stream", .streams("")), ("stream  control length 4 ", .streams("control length 4")),
            ("anna connects stream", .connectsStream(who: "anna", endpoint: nil)),
            ("anna connects  stream  control ", .connectsStream(who: "anna", endpoint: "control")),
            (
                "anna connects stream from ::1",
                .connectsStream(who: "anna", endpoint: nil, address: "::1")
            ),
            (
                "anna connects stream control from  10.0.0.7 ",
                .connectsStream(who: "anna", endpoint: "control", address: "10.0.0.7")
            ),
            ("anna < {\"a\":1,…}", .gets(who: "anna", expected: "{\"a\":1,…}")),
            ("anna <", .gets(who: "anna", expected: "")),
            ("anna <hex 0a", .getsBytes(who: "anna", bytes: [10])),
            ("anna < nothing", .getsNothing(who: "anna")),
            ("anna < nothing new", .gets(who: "anna", expected: "nothing new")),
            ("anna < closed", .getsClosed(who: "anna", code: nil, reason: nil)),
            ("anna < closed 1013", .getsClosed(who: "anna", code: 1013, reason: nil)),
            ("anna < closed 1013 too slow ", .getsClosed(who: "anna", code: 1013, reason: "too slow")),
            ("anna < closed for today", .gets(who: "anna", expected: "closed for today")),
            ("anna disconnects", .disconnects(who: "anna")),
            ("anna closes 1000", .closes(who: "anna", code: 1000)),
            ("call users", .calls(command: "users", arguments: [])),
            ("wait 500ms", .waits(.milliseconds(500))),
            ("wait 5s", .waits(.seconds(5))),
            ("wait 2m", .waits(.seconds(120))),
            ("wait 1h", .waits(.seconds(3600))),
            ("wait 0s", .waits(.zero)),
            ("reload", .reloads),
            ("restart ", .restarts),
            (
                "site requests GET /a?b=c",
                .requests(who: "site", .init(method: "GET", path: "/a?b=c", body: nil))
            ),
            (
                "site requests POST /a  {\"b\": 1} ",
                .requests(who: "site", .init(method: "POST", path: "/a", body: " {\"b\": 1} "))
            ),
            (
                "site requests PUT /a\n+ b: c:d \n+ E:",
                .requests(
                    who: "site",
                    .init(
                        method: "PUT",
                        path: "/a",
                        headers: [.init(name: "b", value: "c:d"), .init(name: "E", value: "")],
                        body: nil
                    )
                )
            ),
            ("http /api", .answers(path: "/api", endpoint: nil)),
            ("http /api api", .answers(path: "/api", endpoint: "api")),
            ("option history 100", .option(name: "history", value: "100")),
            ("option title two words", .option(name: "title", value: "two words")),
        ] as [(String, Transcript.Step)]
    )
    func `each form of line says its step`(text: String, step: Transcript.Step) throws {
        #expect(try Transcript(name: "t", text: text).lines.map(\.step) == [step])
    }

    @Test(
        arguments: [
            ("call kick name=anna", [.init(name: "name", value: "anna")]),
            (
                "call add id=5  name=Five ",
                [.init(name: "id", value: "5"), .init(name: "name", value: "Five")]
            ),
            ("call add a= b=2", [.init(name: "a", value: ""), .init(name: "b", value: "2")]),
            ("call add a=b=c", [.init(name: "a", value: "b=c")]),
            (
                #"call add text="two words" n=1"#,
                [.init(name: "text", value: "two words"), .init(name: "n", value: "1")]
            ),
            (#"call add text="a \"b\" \\ \n""#, [.init(name: "text", value: #"a "b" \ \n"#)]),
            (#"call add text="""#, [.init(name: "text", value: "")]),
            (#"call add json={"a":1}"#, [.init(name: "json", value: #"{"a":1}"#)]),
        ] as [(String, [Transcript.Argument])]
    )
    func `a call has named arguments`(text: String, arguments: [Transcript.Argument]) throws {
        guard case .calls(_, arguments) = try Transcript(name: "t", text: text).lines.first?.step else {
            Issue.record("\(text)")
            return
        }
    }

    private static let misplaced =
        "\"=\" and \"!\" say what a call answered; put a call before it, or for \"=\" a request or who connects"
    private static let without = "bytes are missing; write them like 02000000 '{}' 00 | 05"
    private static let stream =
        "a stream has an endpoint's name and a framing, or one of them: stream control length 4 little"
    private static let incomplete = "a request needs a method and a path: anna requests POST /api/user {}"

    @Test func `comments and empty lines are skipped but counted`() throws {
        let text = "# A play.\n\noption a 1\r\n\n  # Enter anna.\nanna connects\n\t\nreload"
        let lines = try Transcript(name: "t", text: text).lines
        #expect(lines.map(\.number) == [3, 6, 8])
        #expect(lines.map(\.text) == ["option a 1", "anna connects", "reload"])
    }

    @Test func `a text without steps is an empty play`() throws {
        #expect(try Transcript(name: "t", text: "").lines.isEmpty)
        #expect(try Transcript(name: "t", text: "# nothing\n").lines.isEmpty)
    }

    @Test func `the answer to a call may have several lines`() throws {
        let lines = try Transcript(name: "t", text: "call users\n= anna\n# and\n= bert …\n= \nreload").lines
        let answer = lines[1]
        #expect(lines.count == 3)
        #expect(answer.number == 2)
        #expect(answer.step == .prints(expected: "anna\nbert …\n"))
    }

    @Test func `the answer to a request says status and body, and then headers`() throws {
        let text = "a requests GET /a\n+ b: c\n= 200 {}\n= etag: $tag\nreload"
        let lines = try Transcript(name: "t", text: text).lines
        #expect(lines.map(\.number) == [1, 3, 5])
        #expect(lines[0].text == "a requests GET /a\n+ b: c")
        #expect(lines[1].step == .prints(expected: "200 {}\netag: $tag"))
    }

    @Test func `a call may be expected to fail`() throws {
        let lines = try Transcript(name: "t", text: "call users\n! no such …").lines
        #expect(lines.last?.step == .fails(expected: "no such …"))
    }

    @Test(arguments: [
        (
            "anna sings", 1,
            "unknown step \"sings\"; use connects, disconnects, closes, ends, requests, "
                + ">, <, >hex, <hex, >escaped, <escaped, >raw or <raw"
        ),
        (
            #"anna >escaped "a""#, 1,
            #"""a"" cannot be unescaped; write it as in a JSON string: a\nb \"c\""#
        ),
        (
            #"anna <escaped \x"#, 1, #""\x" cannot be unescaped; write it as in a JSON string: a\nb \"c\""#
        ),
        ("\nanna", 2, "unknown step \"anna\"; a step is like: anna connects"),
        ("anna connects chat", 1, "\"chat\" is no path; write one like /chat/websocket, or stream"),
        ("anna connects /a /b", 1, "\"/a /b\" is no path; write one like /chat/websocket, or stream"),
        ("anna connects streams", 1, "\"streams\" is no path; write one like /chat/websocket, or stream"),
        (
            "anna connects stream a b", 1,
            "\"b\" is too much here; write: anna connects stream a from 10.0.0.7"
        ),
        ("anna connects stream from", 1, "\"\" is no address; write one like 10.0.0.7 or 2001:db8::1"),
        ("anna connects stream a from b", 1, "\"b\" is no address; write one like 10.0.0.7 or 2001:db8::1"),
        ("anna ends now", 1, "\"now\" is too much here; leave it out"),
        (
            "anna >raw 0", 1,
            "\"0\" is no bytes; write two hex digits for each, and text in single quotes"
        ),
        (
            "anna >raw 00 'a' b", 1,
            "\"b\" is no bytes; write two hex digits for each, and text in single quotes"
        ),
        ("anna >raw 00 'a", 1, "a quote is open; close it before the line ends"),
        ("anna >raw", 1, TranscriptTests.without), ("anna >raw 00 |", 1, TranscriptTests.without),
        ("anna >raw | 00", 1, TranscriptTests.without), ("anna >raw ''", 1, TranscriptTests.without),
        ("anna <raw", 1, TranscriptTests.without),
        (
            "anna <raw 00 | 01", 1,
            "\"|\" stands in what is sent; write a line for each frame that comes"
        ),
        ("stream lines; plugin X", 1, TranscriptTests.stream), ("stream {", 1, TranscriptTests.stream),
        ("reload\nstream", 2, "a setting stands before every other line; move it up"),
        ("anna connects from", 1, "\"\" is no address; write one like 10.0.0.7 or 2001:db8::1"),
        ("anna connects /a from b", 1, "\"b\" is no address; write one like 10.0.0.7 or 2001:db8::1"),
        ("anna disconnects now", 1, "\"now\" is too much here; leave it out"),
        ("anna closes", 1, "\"\" is no close code; write a number from 1000 to 4999"),
        ("anna closes 999", 1, "\"999\" is no close code; write a number from 1000 to 4999"),
        ("anna closes 5000", 1, "\"5000\" is no close code; write a number from 1000 to 4999"),
        ("anna >hex 0", 1, "\"0\" is no bytes; write two hex digits for each, like 00 ff"),
        ("anna >hex 0g", 1, "\"0g\" is no bytes; write two hex digits for each, like 00 ff"),
        ("anna <hex zz", 1, "\"zz\" is no bytes; write two hex digits for each, like 00 ff"),
        ("call", 1, "a call needs a command before its arguments: call kick name=anna"),
        ("call a=b", 1, "a call needs a command before its arguments: call kick name=anna"),
        ("call kick anna", 1, "\"anna\" is no argument; write name=value"),
        ("call kick =anna", 1, "\"=anna\" is no argument; write name=value"),
        (#"call kick name="anna"#, 1, "a quote is open; close it before the line ends"),
        (#"call kick name="a"b"#, 1, "\"b\" follows a closing quote; put a space between"),
        ("wait", 1, "\"\" is no time; write one like 500ms, 5s, 2m or 1h"),
        ("wait 5", 1, "\"5\" is no time; write one like 500ms, 5s, 2m or 1h"),
        ("wait -5s", 1, "\"-5s\" is no time; write one like 500ms, 5s, 2m or 1h"),
        (
            "wait 99999999999999999999s", 1,
            "\"99999999999999999999s\" is no time; write one like 500ms, 5s, 2m or 1h"
        ),
        ("reload all", 1, "\"all\" is too much here; leave it out"),
        ("option history", 1, "an option needs a name and a value: option history 100"),
        ("reload\noption a 1", 2, "a setting stands before every other line; move it up"),
        ("anna connects\nlimit rate 1/s", 2, "a setting stands before every other line; move it up"),
        ("reload\nwebsocket /", 2, "a setting stands before every other line; move it up"),
        ("limit rate", 1, "a limit needs a name and a value: limit rate 10/s burst 30"),
        ("limit rate 1/s; plugin X", 1, "a limit needs a name and a value: limit rate 10/s burst 30"),
        ("back_ends", 1, "addresses are needed: back_ends 10.0.0.7 10.1.0.0/16"),
        ("back_ends 10.0.0.7;", 1, "addresses are needed: back_ends 10.0.0.7 10.1.0.0/16"),
        ("websocket", 1, "a path is needed, and perhaps an endpoint's name: websocket /room room"),
        ("websocket room", 1, "\"room\" is no path; write one like /chat/websocket"),
        ("websocket /a b c", 1, "a path is needed, and perhaps an endpoint's name: websocket /room room"),
        ("http", 1, "a path is needed, and perhaps an endpoint's name: http /api api"),
        ("reload\nhttp /api", 2, "a setting stands before every other line; move it up"),
        ("= 5", 1, TranscriptTests.misplaced), ("reload\n! no", 2, TranscriptTests.misplaced),
        ("call a\n= 5\n! no", 3, TranscriptTests.misplaced),
        ("call a\n! no\n= 5", 3, TranscriptTests.misplaced),
        ("a requests GET", 1, TranscriptTests.incomplete), ("a requests", 1, TranscriptTests.incomplete),
        ("a requests get /a", 1, TranscriptTests.incomplete),
        ("a requests GET a", 1, "\"a\" is no path; write one like /chat/websocket"),
        ("a requests GET /a\n! no", 2, "\"!\" says how a call failed; a request is answered: = 404 …"),
        ("a connects\n! no", 2, "\"!\" says how a call failed; a request is answered: = 404 …"),
        ("+ a: b", 1, "\"+\" adds a header to a request, or to who connects; put it right after one"),
        ("call a\n+ a: b", 2, "\"+\" adds a header to a request, or to who connects; put it right after one"),
        (
            "a requests GET /a\n= 200\n+ a: b", 3,
            "\"+\" adds a header to a request, or to who connects; put it right after one"
        ),
        ("a requests GET /a\n+ a", 2, "\"a\" is no header; write one like + authorization: a:b"),
        ("a requests GET /a\n+ a b: c", 2, "\"a b: c\" is no header; write one like + authorization: a:b"),
    ])
    func `a line that cannot be understood is refused with its number`(
        text: String,
        line: Int,
        message: String
    ) {
        let error = TranscriptError(name: "t", line: line, message: message)
        #expect(throws: error) { try Transcript(name: "t", text: text) }
        #expect(error.description == "t:\(line): \(message)")
    }
}
