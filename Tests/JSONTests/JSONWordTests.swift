import JSON
import Testing

/// Texts are read eight bytes at a time: each byte that matters, at each place in a word and in what is left over.
@Suite struct JSONWordTests {
    /// Bytes that end a run of plain ones, and their neighbours.
    private static let edges: [UInt8] = [
        0x00, 0x01, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x5b, 0x5c, 0x5d, 0x7e, 0x7f, 0x80, 0xa2, 0xdc, 0xff,
    ]

    @Test(arguments: edges, 0..<18)
    func `a byte is judged alike wherever it stands in a string`(byte: UInt8, place: Int) {
        let bytes = text(byte, place, rest: 9)
        let verdict = Result { () throws(JSONError) in try JSONValue.read(bytes.span).range }
        let reason: JSONError.Reason? =
            switch byte {
            case 0..<0x20: .controlCharacter
            case 0x22: .trailingBytes
            case 0x5c: .badEscape
            case 0x80...: .badUTF8
            default: nil
            }
        // A quote ends the string; a backslash, and the first byte of two, spoil the byte behind them.
        let offset = place + ([0x22, 0x5c, 0xdc].contains(byte) ? 2 : 1)
        let expected = reason.map { JSONError(reason: $0, offset: offset) }
        #expect(verdict == (expected.map { .failure($0) } ?? .success(0..<bytes.count)))
    }

    @Test(arguments: edges.filter { $0 < 0x80 }, 0..<18)
    func `a character comes back from its quotes wherever it stands`(byte: UInt8, place: Int) throws {
        let plain = Array(text(byte, place, rest: 9).dropFirst().dropLast())
        var writer = JSONWriter()
        writer.beginArray()
        writer.string(utf8: plain)
        writer.string("next")
        writer.endArray()
        let written = writer.bytes
        var read: [[UInt8]] = []
        try JSONValue.read(written.span).forEachElement(in: written.span) { element in
            var unescaped: [UInt8] = []
            _ = element.appendUnescaped(in: written.span, to: &unescaped)
            read.append(unescaped)
            return true
        }
        #expect(read == [plain, Array("next".utf8)])
    }

    @Test(arguments: 0..<18)
    func `a name with an escape is known wherever that stands`(place: Int) throws {
        let plain = String(repeating: "n", count: place)
        let bytes = Array(#"{"\#(plain)\u0061\#(plain)":1}"#.utf8)
        let root = try JSONValue.read(bytes.span)
        #expect(root.member("\(plain)a\(plain)", in: bytes.span).value?.integer(in: bytes.span) == 1)
        #expect(root.member("\(plain)b\(plain)", in: bytes.span) == .absent)
    }

    /// A string of `x`, with one byte among them.
    private func text(_ byte: UInt8, _ place: Int, rest: Int) -> [UInt8] {
        let before = [UInt8](repeating: 0x78, count: place)
        return [0x22] + before + [byte] + [UInt8](repeating: 0x78, count: rest) + [0x22]
    }
}
