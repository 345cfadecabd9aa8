import Testing
import Wire

@Suite struct SockJSReaderTests {
    private enum Way { case frame, body, form(String) }

    /// What reading brought: the messages, and what was wrong.
    private struct Read: Equatable {
        var messages: [String] = []
        var failure: SockJSFailure?

        init(_ messages: [String]) { self.messages = messages }

        init(_ failure: SockJSFailure) { self.failure = failure }

        init(_ bytes: [UInt8], _ way: Way, with reader: inout SockJSReader) {
            var messages: [String] = []
            do throws(SockJSFailure) {
                switch way {
                case .frame: try reader.readFrame(bytes.span) { messages.append(text($0)) }
                case .body: try reader.readBody(bytes.span) { messages.append(text($0)) }
                case .form(let type):
                    try reader.readForm(bytes.span, contentType: type.utf8.span) { messages.append(text($0)) }
                }
            } catch {
                failure = error
            }
            self.messages = messages
        }
    }

    @Test(arguments: [
        (#"["a"]"#, ["a"]), ("[]", []), (#" [ "a" , "b\n" , "" ] "#, ["a", "b\n", ""]),
        (#"["\u0041\ud83c\udf89","🎉"]"#, ["A🎉", "🎉"]), (#"["\\ud800"]"#, [#"\ud800"#]),
    ])
    func `an array of strings is as many messages`(text: String, messages: [String]) {
        #expect(body(text) == Read(messages))
        #expect(frame(text) == Read(messages))
        #expect(form(text, "text/plain") == Read(messages))
    }

    @Test(arguments: [(#""a""#, ["a"]), ("", []), (#""\u0022""#, ["\""])])
    func `a WebSocket message may be a string, or empty`(text: String, messages: [String]) {
        #expect(frame(text) == Read(messages))
    }

    @Test(arguments: ["", "{}", "1", "null", #""a""#, "[1]", #"["a",null]"#, #"[["a"]]"#, #"["a",{}]"#])
    func `a body without messages is told so, and nothing of it is taken`(text: String) {
        #expect(body(text) == Read(.payloadExpected))
        #expect(form(text, "") == Read(.payloadExpected))
    }

    @Test(arguments: ["{}", "1", "[1]", #"["a",2]"#])
    func `a WebSocket message of other things is refused`(text: String) {
        #expect(frame(text) == Read(.payloadExpected))
    }

    @Test(arguments: [
        #"["x"#, #"["x","#, #"["x"]]"#, "x", #"['x']"#, #"["\x"]"#, "[\"\n\"]", #"["a",]"#, #"["\ud8"]"#,
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(body(text) == Read(.brokenJSON))
        #expect(frame(text) == Read(.brokenJSON))
    }

    @Test(arguments: 1..<40)
    func `a body that is cut is refused, and nothing of it is taken`(cut: Int) {
        let whole = #"["one","two \u00e9 \ud83c\udf89","три"]"#
        #expect(body(whole) == Read(["one", "two é 🎉", "три"]))
        var reader = SockJSReader()
        let read = Read(Array(whole.utf8.prefix(cut)), .body, with: &reader)
        #expect(read == Read(.brokenJSON))
    }

    @Test(arguments: [
        (#"["\ud800"]"#, "\u{fffd}"), (#"["\udc00\ud800a"]"#, "\u{fffd}\u{fffd}a"),
        (#"["\udc00\udc00"]"#, "\u{fffd}\u{fffd}"),
        (#"["\uD83C\uD83C\uDF89"]"#, "\u{fffd}🎉"), (#"["\ud800\\udc00"]"#, "\u{fffd}\\udc00"),
        (#"["\\\ud800"]"#, "\\\u{fffd}"), (#"["\ud800\n\ud83c\udf89"]"#, "\u{fffd}\n🎉"),
    ])
    func `half of a surrogate pair becomes U+FFFD`(text: String, message: String) {
        #expect(body(text) == Read([message]))
        #expect(frame(text) == Read([message]))
    }

    @Test func `what follows half of a surrogate pair is still checked`() {
        #expect(body(#"["\ud800","#) == Read(.brokenJSON))
        #expect(body(#"["\ud800",1]"#) == Read(.payloadExpected))
    }

    @Test(arguments: ["d=%5B%22x%22%5D", "a=b&d=%5b%22x%22%5d&d=1", "d=[\"x\"]&", "d=%5B+%22x%22%5D"])
    func `a form has the messages in d`(text: String) {
        #expect(form(text, "application/x-www-form-urlencoded") == Read(["x"]))
        #expect(form(text, "Application/X-WWW-Form-URLencoded ; charset=UTF-8") == Read(["x"]))
        #expect(form(text, "text/plain") == Read(.brokenJSON))
    }

    @Test(
        arguments: [
            ("", .payloadExpected), ("d=", .payloadExpected), ("p=p", .payloadExpected),
            ("d", .payloadExpected),
            ("D=%5B%22x%22%5D", .payloadExpected), ("d=%5B%22x", .brokenJSON),
            ("d=%5B%22%ff%22%5D", .brokenJSON),
        ] as [(String, SockJSFailure)]
    )
    func `a form without messages is told so`(text: String, failure: SockJSFailure) {
        #expect(form(text, "application/x-www-form-urlencoded") == Read(failure))
    }

    @Test func `only a form is decoded`() {
        #expect(form(#"["%61bc"]"#, "text/plain") == Read(["%61bc"]))
        #expect(form("d=[\"%6\u{31}b%zz%\"]", "application/x-www-form-urlencoded") == Read(["ab%zz%"]))
    }

    @Test func `a reader keeps nothing from one body to the next`() {
        var reader = SockJSReader()
        for text in [#"["\ud800long enough"]"#, #"["\n"]"#, #"["\ud800"]"#] {
            let read = Read(Array(text.utf8), .body, with: &reader)
            #expect(read == body(text))
        }
    }

    private func frame(_ text: String) -> Read { read(text, .frame) }

    private func body(_ text: String) -> Read { read(text, .body) }

    private func form(_ text: String, _ type: String) -> Read { read(text, .form(type)) }

    private func read(_ text: String, _ way: Way) -> Read {
        var reader = SockJSReader()
        return Read(Array(text.utf8), way, with: &reader)
    }
}

private func text(_ bytes: Span<UInt8>) -> String {
    String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
}
