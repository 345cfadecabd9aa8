import Testing

@testable import Core

@Suite struct ControlMessageTests {
    private static let texts = ["", "gg", "a\nb\r\u{0}", "\"\\/", "é👋\u{2028}", #"{"ok":true}"#]

    @Test(arguments: texts) func `a request is one line, and reads as it was`(text: String) throws {
        var request = ControlRequest(command: "call\(text)", service: text, name: text)
        request.arguments = [(text, "value"), ("name", text), ("name", text)]
        let line = request.line()
        #expect(line.firstIndex(of: UInt8(ascii: "\n")) == line.count - 1)
        let read = try #require(ControlRequest(line: Array(line.dropLast())))
        #expect(read.command == request.command && read.service == text && read.name == text)
        #expect(read.arguments.map(\.name) == [text, "name", "name"])
        #expect(read.arguments.map(\.value) == ["value", text, text])
    }

    @Test(arguments: texts, [true, false])
    func `an answer is one line, and reads as it was`(text: String, isSuccess: Bool) {
        let answer = ControlAnswer(isSuccess: isSuccess, text: text)
        let line = answer.line()
        #expect(line.firstIndex(of: UInt8(ascii: "\n")) == line.count - 1)
        #expect(ControlAnswer(line: Array(line.dropLast())) == answer)
    }

    @Test(arguments: [
        "", "status", "[]", "{}", "null", #"{"command":5}"#, #"{"command":"a","command":"a"}"#,
        #"{"command":"a"} {}"#, #"{"command":"a""#, #"{"command":"\ud800"}"#,
        #"{"command":"a","arguments":{}}"#, #"{"command":"a","arguments":["token"]}"#,
        #"{"command":"a","arguments":[["token"]]}"#, #"{"command":"a","arguments":[["token","a","b"]]}"#,
        #"{"command":"a","arguments":[["token",5]]}"#, #"{"command":"a","service":null}"#,
        #"{"command":"a","name":[]}"#,
    ])
    func `what is no request is none`(line: String) {
        #expect(ControlRequest(line: Array(line.utf8)) == nil)
    }

    @Test(arguments: [
        "", "{}", "true", #"{"ok":true}"#, #"{"ok":"true","text":""}"#, #"{"ok":true,"text":5}"#,
    ])
    func `what is no answer is none`(line: String) {
        #expect(ControlAnswer(line: Array(line.utf8)) == nil)
    }

    @Test func `what a request leaves out is empty`() throws {
        let request = try #require(ControlRequest(line: Array(#"{"more":1,"command":"status"}"#.utf8)))
        #expect(request.command == "status" && request.service.isEmpty && request.name.isEmpty)
        #expect(request.arguments.isEmpty)
    }

    @Test func `bytes that are no UTF-8 are no request`() {
        #expect(ControlRequest(line: Array(#"{"command":""#.utf8) + [0xff] + Array(#""}"#.utf8)) == nil)
    }
}
