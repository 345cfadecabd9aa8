/// IP addresses as text. RFC 4291 §2.2; IPv4 in four decimal parts without leading zeros.
package enum AddressText {
    /// ::ffff:0:0/96, RFC 4291 §2.5.5.2.
    private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

    /// 4 or 16 bytes in network order, or nil.
    package static func bytes(_ text: Span<UInt8>) -> [UInt8]? {
        let isLong = text.firstIndex(of: UInt8(ascii: ":"), in: text.indices) != nil
        return isLong ? version6(text) : version4(text)
    }

    /// 4 or 16 bytes in network order, or nil.
    package static func bytes(_ text: Substring) -> [UInt8]? { bytes(text.utf8.span) }

    /// The address of `ADDRESS`, `IPV4:PORT`, `[IPV6]` or `[IPV6]:PORT`; the port is checked and left out.
    package static func bytes(beforePort text: Span<UInt8>) -> [UInt8]? {
        guard text.count > 0 else { return nil }
        let colon = text.firstIndex(of: UInt8(ascii: ":"), in: text.indices)
        if text[0] == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]"), in: text.indices) else { return nil }
            guard isPort(text.extracting((end + 1)...)) else { return nil }
            return version6(text.extracting(1..<end))
        }
        if let colon, text.firstIndex(of: UInt8(ascii: ":"), in: colon + 1..<text.count) == nil {
            guard isPort(text.extracting(colon...)) else { return nil }
            return version4(text.extracting(..<colon))
        }
        return bytes(text)
    }

    /// An IPv4 address mapped into IPv6 as the 4 bytes that it is; any other address unchanged.
    package static func unmapped(_ address: [UInt8]) -> [UInt8] {
        address.count == 16 && address.starts(with: mappedPrefix) ? Array(address[12...]) : address
    }

    /// A decimal number without sign and leading zeros, or nil.
    package static func number(_ text: Span<UInt8>, atMost limit: Int) -> Int? {
        guard text.count > 0, text.count == 1 || text[0] != UInt8(ascii: "0") else { return nil }
        var value = 0
        for offset in text.indices {
            let digit = Int(text[offset]) - 0x30
            guard (0...9).contains(digit) else { return nil }
            value = value * 10 + digit
            guard value <= limit else { return nil }
        }
        return value
    }

    /// A decimal number without sign and leading zeros, or nil.
    package static func number(_ text: Substring, atMost limit: Int) -> Int? {
        number(text.utf8.span, atMost: limit)
    }

    /// Four parts, each at most 255.
    static func version4(_ text: Span<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var start = 0
        while bytes.count < 4 {
            let dot = text.firstIndex(of: UInt8(ascii: "."), in: start..<text.count)
            guard let end = bytes.count == 3 ? text.count : dot else { return nil }
            guard let part = number(text.extracting(start..<end), atMost: 255) else { return nil }
            bytes.append(UInt8(part))
            start = end + 1
        }
        return bytes
    }

    /// Eight groups, or fewer with one `::` among them; the last two may be written as IPv4.
    static func version6(_ text: Span<UInt8>) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        var bytes: [UInt8] = []
        var gap: Int?
        var start = 0
        if text.count >= 2, text[0] == colon, text[1] == colon {
            gap = 0
            start = 2
        }
        while start < text.count {
            let end = text.firstIndex(of: colon, in: start..<text.count) ?? text.count
            let group = text.extracting(start..<end)
            if let value = hexadecimal(group) {
                bytes += [UInt8(value >> 8), UInt8(value & 0xff)]
            } else if end == text.count, let last = version4(group) {
                bytes += last
            } else {
                return nil
            }
            guard end < text.count else { break }
            start = end + 1
            guard start < text.count else { return nil }
            if text[start] == colon {
                guard gap == nil else { return nil }
                gap = bytes.count
                start += 1
            }
        }
        guard let gap else { return bytes.count == 16 ? bytes : nil }
        guard bytes.count <= 14 else { return nil }
        bytes.insert(contentsOf: repeatElement(0, count: 16 - bytes.count), at: gap)
        return bytes
    }

    private static func hexadecimal(_ text: Span<UInt8>) -> UInt16? {
        guard (1...4).contains(text.count) else { return nil }
        var value: UInt16 = 0
        for offset in text.indices {
            let byte = Grammar.lowercased(text[offset])
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(byte - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }

    /// Whether a text is empty, or a colon and a port.
    private static func isPort(_ text: Span<UInt8>) -> Bool {
        guard text.count > 0 else { return true }
        return text[0] == UInt8(ascii: ":") && number(text.extracting(1...), atMost: 65_535) != nil
    }
}
