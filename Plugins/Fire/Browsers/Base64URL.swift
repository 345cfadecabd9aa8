/// Base 64 with the alphabet for URLs. RFC 4648 §5.
enum Base64URL {
    /// The bytes that a text stands for, with padding or without; nil: it is no such text, or not the only one for them.
    static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let digits = text.count.isMultiple(of: 4) ? text.prefix { $0 != UInt8(ascii: "=") } : text
        guard text.count - digits.count <= 2, text[digits.endIndex...].allSatisfy({ $0 == UInt8(ascii: "=") })
        else {
            return nil
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * 3 / 4)
        var bits: UInt32 = 0
        var count = 0  // of bits that are no byte yet
        for digit in digits {
            guard let value = value(digit) else { return nil }
            bits = bits << 6 | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            bits &= (1 << UInt32(count)) - 1
        }
        return count < 6 && bits == 0 ? bytes : nil
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
