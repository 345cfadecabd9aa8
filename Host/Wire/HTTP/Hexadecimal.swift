/// Digits to the base of 16.
enum Hexadecimal {
    /// What a digit stands for, in upper or lower case.
    static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// Appends a number that is not negative, without leading zeros, in lower case.
    static func append(_ number: Int, to buffer: inout [UInt8]) {
        let start = buffer.count
        var rest = number
        repeat {
            buffer.append(digit(UInt8(truncatingIfNeeded: rest & 15)))
            rest >>= 4
        } while rest > 0
        buffer[start...].reverse()
    }

    /// Two digits for each byte.
    static func text(_ bytes: Span<UInt8>) -> String {
        var digits: [UInt8] = []
        for offset in bytes.indices {
            digits.append(digit(bytes[offset] >> 4))
            digits.append(digit(bytes[offset] & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
