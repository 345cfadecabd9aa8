import JSON
import Testing

@Suite struct JSONValueTypedTests {
    static let strings: [(String, String)] = [
        (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (#""\u0000\u001f\u0041\u007f""#, "\0\u{1f}A\u{7f}"), (#""\u0080\u07ff""#, "\u{80}\u{7ff}"),
        (#""\u0800\uD7ff\ue000\uFFFF""#, "\u{800}\u{d7ff}\u{e000}\u{ffff}"),
        (#""\ud800\udc00\uD83D\uDE00\udbff\udfff""#, "\u{10000}😀\u{10ffff}"), ("\"aé€😀z\"", "aé€😀z"),
        (#""é\u00e9\\u00e9""#, "éé\\u00e9"),
        (#""a long text with one escape at its end\n""#, "a long text with one escape at its end\n"),
    ]

    @Test(arguments: strings)
    func `a string is unescaped`(text: String, expected: String) throws {
        let bytes = Array(text.utf8)
        let value = try JSONValue.read(bytes.span)
        var buffer: [UInt8] = [1]
        #expect(value.appendUnescaped(in: bytes.span, to: &buffer) == true)
        #expect(buffer == [1] + Array(expected.utf8))
        #expect(value.string(in: bytes.span) == expected)
    }

    @Test(arguments: strings)
    func `a string equals its unescaped text and nothing shorter, longer or other`(
        text: String,
        expected: String
    ) throws {
        let bytes = Array(text.utf8)
        let value = try JSONValue.read(bytes.span)
        let name = Array(expected.utf8)
        #expect(value.equals(expected, in: bytes.span) == true)
        #expect(value.equals(name, in: bytes.span) == true)
        #expect(value.equals(name.span, in: bytes.span) == true)
        #expect(value.equals(name + [0x78], in: bytes.span) == false)
        #expect(value.equals([0x78] + name, in: bytes.span) == false)
        #expect(name.isEmpty || value.equals(Array(name.dropLast()), in: bytes.span) == false)
        #expect(name.isEmpty || value.equals(name.dropLast() + [0x01], in: bytes.span) == false)
    }

    @Test(arguments: [#"a\nb"#, #"\\"#, #"\/"#, #"\u0041"#])
    func `a string with an escape is not the text that it is written with`(written: String) throws {
        let bytes = Array("\"\(written)\"".utf8)
        #expect(try JSONValue.read(bytes.span).equals(written, in: bytes.span) == false)
    }

    @Test func `equality is of bytes, not of characters that look the same`() throws {
        let bytes = Array("\"e\u{301}\"".utf8)
        let value = try JSONValue.read(bytes.span)
        #expect(value.equals("\u{e9}", in: bytes.span) == false)
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("7", 7), ("-1", -1), ("1234567890", 1_234_567_890),
        ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
        ("9223372036854775808", nil), ("-9223372036854775809", nil), ("92233720368547758070", nil),
        ("100000000000000000000000000", nil), ("1.0", nil), ("1e2", nil), ("1E0", nil), ("-0.0", nil),
        ("true", nil), ("null", nil), (#""1""#, nil), ("[1]", nil),
    ])
    func `an integer has neither fraction nor exponent and fits`(text: String, expected: Int64?) throws {
        let bytes = Array(text.utf8)
        #expect(try JSONValue.read(bytes.span).integer(in: bytes.span) == expected)
    }

    @Test(arguments: [
        ("0", 0), ("2.0", 2), ("-1.5e3", -1500), ("1E-2", 0.01), ("9007199254740991", 9_007_199_254_740_991),
        ("9007199254740993", 9_007_199_254_740_992), ("-9223372036854775808", -0x1p63),
        ("1.7976931348623157e308", Double.greatestFiniteMagnitude), ("5e-324", Double.leastNonzeroMagnitude),
        ("1e-400", 0), ("1e400", nil), ("-1e400", nil), ("true", nil), (#""1""#, nil), ("{}", nil),
        ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
    ])
    func `a number is the nearest Double`(text: String, expected: Double?) throws {
        let bytes = Array(text.utf8)
        #expect(try JSONValue.read(bytes.span).number(in: bytes.span) == expected)
    }

    @Test func `minus zero keeps its sign as a Double`() throws {
        let bytes = Array("-0".utf8)
        #expect(try JSONValue.read(bytes.span).number(in: bytes.span)?.sign == .minus)
    }

    @Test(arguments: [
        ("true", true), ("false", false), ("null", nil), ("1", nil), (#""true""#, nil), ("[]", nil),
    ])
    func `only true and false are Booleans`(text: String, expected: Bool?) throws {
        let bytes = Array(text.utf8)
        #expect(try JSONValue.read(bytes.span).bool(in: bytes.span) == expected)
    }

    @Test(arguments: ["1", "true", "null", "[]", #"{"a":"b"}"#])
    func `what is no string has no text`(text: String) throws {
        let bytes = Array(text.utf8)
        let value = try JSONValue.read(bytes.span)
        var buffer: [UInt8] = [1]
        #expect(value.appendUnescaped(in: bytes.span, to: &buffer) == false)
        #expect(buffer == [1])
        #expect(value.string(in: bytes.span) == nil)
        #expect(value.equals(text, in: bytes.span) == false)
        #expect(value.equals("", in: bytes.span) == false)
    }
}
