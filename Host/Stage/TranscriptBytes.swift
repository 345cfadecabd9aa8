/// Bytes as they go over the wire, in a transcript's words: hex digits, and text in single quotes.
///
///     02000000 '{}' 00 | 05
enum TranscriptBytes {
    /// Reads segments, between which `|` stands.
    static func segments(_ text: Substring) throws(TranscriptLineError) -> [[UInt8]] {
        var segments: [[UInt8]] = [[]]
        var rest = text.trimmed
        while let character = rest.first {
            if character == "|" {
                segments.append([])
                rest.removeFirst()
            } else if character == "'" {
                segments[segments.count - 1] += try quoted(&rest)
            } else {
                let digits = rest.prefix { $0 != "|" && $0 != "'" }
                segments[segments.count - 1] += try hexadecimal(digits)
                rest = rest.dropFirst(digits.count)
            }
        }
        guard !segments.contains([]) else {
            throw TranscriptLineError("bytes are missing; write them like 02000000 '{}' 00 | 05")
        }
        return segments
    }

    private static func quoted(_ rest: inout Substring) throws(TranscriptLineError) -> [UInt8] {
        let text = rest.dropFirst().prefix { $0 != "'" }
        rest = rest.dropFirst(text.count + 1)
        guard rest.popFirst() == "'" else {
            throw TranscriptLineError("a quote is open; close it before the line ends")
        }
        return Array(text.utf8)
    }

    private static func hexadecimal(_ text: Substring) throws(TranscriptLineError) -> [UInt8] {
        guard let bytes = bytes(ofDigits: text) else {
            throw TranscriptLineError(
                "\"\(text.trimmed)\" is no bytes; write two hex digits for each, and text in single quotes"
            )
        }
        return bytes
    }

    /// Two hex digits for each byte, white space anywhere. Nil: they are something else.
    static func bytes(ofDigits text: Substring) -> [UInt8]? {
        let characters = text.filter { !$0.isWhitespace }
        let digits = characters.compactMap(\.hexDigitValue)
        guard digits.count == characters.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// What `segments` reads these bytes from.
    static func text(of bytes: [UInt8]) -> String {
        var words: [String] = []
        var rest = bytes[...]
        while let byte = rest.first {
            let text = rest.prefix(while: isQuotable)
            if text.count > 1 {
                words.append("'\(String(decoding: text, as: UTF8.self))'")
                rest = rest.dropFirst(text.count)
            } else {
                words.append(digits(byte))
                rest.removeFirst()
            }
        }
        return words.joined(separator: " ")
    }

    private static func isQuotable(_ byte: UInt8) -> Bool {
        (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "'")
    }

    static func digits(_ byte: UInt8) -> String {
        byte < 16 ? "0\(String(byte, radix: 16))" : String(byte, radix: 16)
    }
}
