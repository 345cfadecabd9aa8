/// A field of a query or of a body that is `application/x-www-form-urlencoded` (WHATWG URL §5.1).
enum FormField {
    /// Appends the decoded value of the first field of that name, which must be written as it is.
    ///
    /// - Returns: false if there is none; then nothing is appended.
    static func append(_ name: String, of bytes: Span<UInt8>, to buffer: inout [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let end = bytes.firstIndex(of: UInt8(ascii: "&"), in: start..<bytes.count) ?? bytes.count
            let equals = bytes.firstIndex(of: UInt8(ascii: "="), in: start..<end) ?? end
            if bytes.isExactly(start..<equals, name.utf8.span) {
                appendDecoded(bytes, min(equals + 1, end)..<end, to: &buffer)
                return true
            }
            start = end + 1
        }
        return false
    }

    /// A `%` without two digits stands for itself.
    private static func appendDecoded(_ bytes: Span<UInt8>, _ range: Range<Int>, to buffer: inout [UInt8]) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "%"), offset + 1 < range.upperBound,
                let high = Hexadecimal.value(bytes[offset]), let low = Hexadecimal.value(bytes[offset + 1])
            {
                buffer.append(high << 4 | low)
                offset += 2
            } else {
                buffer.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
    }
}

enum Hexadecimal {
    /// What a digit counts.
    static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
