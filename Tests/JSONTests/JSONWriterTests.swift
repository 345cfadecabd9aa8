import JSON
import Testing

@Suite struct JSONWriterTests {
    private var writer = JSONWriter()
    private var text: String { String(decoding: writer.bytes, as: UTF8.self) }

    @Test mutating func `it puts the commas`() {
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.integer(1)
        writer.beginArray()
        writer.endArray()
        writer.beginObject()
        writer.endObject()
        writer.null()
        writer.endArray()
        writer.member("b", true)
        writer.key("c")
        writer.beginObject()
        writer.member("d", "e")
        writer.member("f", 2.0)
        writer.endObject()
        writer.member("g", raw: [0x5b, 0x5d])
        writer.endObject()
        #expect(text == #"{"a":[1,[],{},null],"b":true,"c":{"d":"e","f":2.0},"g":[]}"#)
    }

    @Test mutating func `it begins anew after removeAll`() {
        writer.string("one")
        writer.removeAll()
        writer.string("two")
        #expect(text == #""two""#)
    }

    @Test mutating func `each kind of member can be written`() {
        let bytes = Array("é\n".utf8)
        writer.beginObject()
        writer.member("text", "a")
        writer.member("utf8", utf8: bytes)
        writer.member("span", utf8: bytes.span)
        writer.member("int", 1)
        writer.member("int64", Int64.min)
        writer.member("double", 0.5)
        writer.member("bool", false)
        writer.member("raw", raw: [0x31])
        writer.member("rawSpan", raw: [0x32].span)
        writer.key(utf8: bytes.span)
        writer.null()
        writer.endObject()
        #expect(
            text == #"{"text":"a","utf8":"é\n","span":"é\n","int":1,"int64":-9223372036854775808,"#
                + #""double":0.5,"bool":false,"raw":1,"rawSpan":2,"é\n":null}"#
        )
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("\"\\", #""\"\\""#), ("/", #""/""#),
        ("\u{8}\u{c}\n\r\t", #""\b\f\n\r\t""#),
        ("\0\u{1}\u{b}\u{1a}\u{1f}", #""\u0000\u0001\u000b\u001a\u001f""#),
        ("\u{7f}\u{80}", "\"\u{7f}\u{80}\""), ("aé€😀\u{2028}", "\"aé€😀\u{2028}\""), ("\nend", #""\nend""#),
        ("end\n", #""end\n""#),
        ("a\"b\"\"c", #""a\"b\"\"c""#),
    ])
    mutating func `only quotes, backslashes and control characters are escaped`(
        value: String,
        expected: String
    ) {
        writer.string(value)
        #expect(text == expected)
    }

    @Test(arguments: [0, 7, -1, 10, 99, 100, -4_294_967_296, Int64.max, Int64.min])
    mutating func `a whole number is written in digits`(value: Int64) {
        writer.integer(value)
        #expect(text == String(value))
    }

    @Test(arguments: [
        (2.0, "2.0"), (0, "0.0"), (-0.0, "-0.0"), (0.1, "0.1"), (-1.5, "-1.5"), (1e16, "1e+16"),
        (1e-7, "1e-07"),
        (1_700_000_000.25, "1700000000.25"), (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
        (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
    ])
    mutating func `a Double is written in its shortest form with a point or exponent`(
        value: Double,
        expected: String
    ) {
        writer.double(value)
        #expect(text == expected)
    }

    @Test(arguments: 0..<500)
    mutating func `any finite Double reads back as it was`(seed: Int) throws {
        var generator = TextGenerator(seed: seed)
        let value = Double(bitPattern: generator.next())
        guard value.isFinite else { return }
        writer.double(value)
        #expect(try JSONValue.read(writer.bytes.span).number(in: writer.bytes.span) == value)
    }

    @Test(arguments: 0..<300)
    mutating func `any string reads back as it was`(seed: Int) throws {
        var generator = TextGenerator(seed: seed)
        let scalars = (0..<40).compactMap { _ in
            Unicode.Scalar(
                UInt32.random(in: 0..<1 << UInt32.random(in: 1...20, using: &generator), using: &generator)
            )
        }
        let value = Array(String(String.UnicodeScalarView(scalars)).utf8)
        writer.string(utf8: value)
        var read: [UInt8] = []
        _ = try JSONValue.read(writer.bytes.span).appendUnescaped(in: writer.bytes.span, to: &read)
        #expect(read == value)
    }

    @Test(arguments: 0..<500)
    mutating func `a text passed on raw, value by value, says the same`(seed: Int) throws {
        var generator = TextGenerator(seed: seed)
        let bytes = Array("[\(generator.text(depth: 4)),\(generator.text(depth: 4))]".utf8)
        let root = try JSONValue.read(bytes.span)
        writer.beginArray()
        root.forEachElement(in: bytes.span) { element in
            writer.raw(bytes.span.extracting(element.range))
            return true
        }
        writer.endArray()
        let again = try JSONValue.read(writer.bytes.span)
        #expect(Tree(again, in: writer.bytes.span) == Tree(root, in: bytes.span))
    }

    @Test mutating func `its capacity is kept`() {
        writer = JSONWriter(capacity: 100)
        let capacity = writer.bytes.capacity
        writer.string(String(repeating: "a", count: 98))
        #expect(capacity >= 100)
        #expect(writer.bytes.capacity == capacity)
        writer.removeAll()
        #expect(writer.bytes.capacity == capacity)
    }
}
