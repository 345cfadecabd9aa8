import JSON
import Testing
import Wire

@Suite struct SockJSFrameTests {
    @Test func `a message and a close are arrays behind a letter`() {
        var message: [UInt8] = [], close: [UInt8] = []
        SockJSFrame.appendMessage("x\"".utf8.span, to: &message)
        SockJSFrame.appendClose(3000, reason: "Go away!", to: &close)
        #expect(String(decoding: message, as: UTF8.self) == #"a["x\""]"#)
        #expect(String(decoding: close, as: UTF8.self) == #"c[3000,"Go away!"]"#)
    }

    @Test(arguments: [
        ("", #""""#), ("plain text of some length", #""plain text of some length""#),
        ("  \u{0}\n\r ", #""  \u0000\n\r ""#), ("\u{8}\t\u{c}\u{1f}\u{7f}", "\"\\b\\t\\f\\u001f\u{7f}\""),
        (#"a\b"c/"#, #""a\\b\"c/""#), ("Привет, 世界 🎉", #""Привет, 世界 🎉""#),
        ("\u{200b}\u{200c}\u{200f}\u{2010}", "\"\u{200b}\\u200c\\u200f\u{2010}\""),
        ("\u{2027}\u{2028}\u{202f}\u{2030}", "\"\u{2027}\\u2028\\u202f\u{2030}\""),
        ("\u{205f}\u{2060}\u{206f}\u{2070}", "\"\u{205f}\\u2060\\u206f\u{2070}\""),
        ("\u{ffef}\u{fff0}\u{ffff}\u{10000}", "\"\u{ffef}\\ufff0\\uffff\u{10000}\""),
        ("€\u{feff}ﬁ", "\"€\u{feff}ﬁ\""), ("</script>", #""</script>""#),
    ])
    func `a text is quoted as browsers can take it`(text: String, quoted: String) {
        #expect(String(decoding: Self.quoted(Array(text.utf8)), as: UTF8.self) == quoted)
    }

    /// What the protocol's tests send to be escaped, beyond what every JSON writer escapes.
    @Test func `every character that browsers spoil is escaped in small letters`() {
        let ranges: [ClosedRange<UInt32>] = [
            0x200c...0x200f, 0x2028...0x202f, 0x2060...0x206f, 0xfff0...0xffff,
        ]
        let spoilt = ranges.joined().compactMap(Unicode.Scalar.init)
        let text = String(String.UnicodeScalarView(spoilt))
        let escaped = spoilt.map { "\\u" + String($0.value, radix: 16) }.joined()
        #expect(String(decoding: Self.quoted(Array(text.utf8)), as: UTF8.self) == "\"\(escaped)\"")
    }

    /// Sixteen planes of 65,536 characters, each run at another distance from a word's start.
    @Test(arguments: 0...16)
    func `every character comes back from JSON`(plane: UInt32) throws {
        let scalars = (plane << 16..<(plane + 1) << 16).compactMap(Unicode.Scalar.init)
        let text = Array(String(String.UnicodeScalarView(scalars)).utf8)
        let quoted = Self.quoted(text)
        let isSame = try JSONValue.read(quoted.span).equals(text, in: quoted.span)
        #expect(isSame)
    }

    @Test(
        arguments: 0..<20,
        [
            ("\"", #"\""#), ("\\", #"\\"#), ("\u{1}", #"\u0001"#), ("\u{2028}", #"\u2028"#),
            ("\u{ffff}", #"\uffff"#),
        ]
    )
    func `a character is escaped wherever in a word it stands`(distance: Int, stop: (String, String)) {
        let before = [UInt8](repeating: 0xd0, count: distance), after: [UInt8] = Array("123456789\"".utf8)
        let (character, escape) = (Array(stop.0.utf8), Array(stop.1.utf8))
        let quoted = Self.quoted(before + character + after.dropLast())
        #expect(quoted == [0x22] + before + escape + after)
    }

    @Test(arguments: [[0xe2], [0xe2, 0x80], [0xef, 0xbf], [0x61, 0xe2, 0x80]] as [[UInt8]])
    func `bytes that end within a character pass as they are`(bytes: [UInt8]) {
        #expect(Self.quoted(bytes) == [0x22] + bytes + [0x22])
    }

    static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var buffer: [UInt8] = []
        SockJSFrame.appendQuoted(bytes.span, to: &buffer)
        return buffer
    }
}
