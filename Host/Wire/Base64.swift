/// The base64 of RFC 4648 §4, with padding.
enum Base64 {
    static func append(_ bytes: Span<UInt8>, to buffer: inout [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = min(bytes.count - offset, 3)
            var group: UInt32 = 0
            for place in 0..<3 {
                group = group << 8 | (place < count ? UInt32(bytes[offset + place]) : 0)
            }
            for place in 0..<4 as Range<UInt32> {
                let digit = UInt8(truncatingIfNeeded: group >> (18 - 6 * place) & 0x3f)
                buffer.append(place <= count ? character(digit) : UInt8(ascii: "="))
            }
            offset += 3
        }
    }

    /// Whether the byte stands for six bits.
    static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2b, 0x2f: true
        default: false
        }
    }

    private static func character(_ digit: UInt8) -> UInt8 {
        switch digit {
        case 0..<26: 0x41 + digit
        case 26..<52: 0x61 + digit - 26
        case 52..<62: 0x30 + digit - 52
        case 62: 0x2b
        default: 0x2f
        }
    }
}
