/// IP addresses as text. RFC 4291 §2.2; IPv4 in four decimal parts without leading zeros.
enum AddressText {
    /// ::ffff:0:0/96, RFC 4291 §2.5.5.2.
    static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

    /// 4 or 16 bytes in network order, or nil.
    static func bytes(_ text: String) -> [UInt8]? {
        text.utf8.contains(UInt8(ascii: ":")) ? version6(text) : version4(Substring(text))
    }

    /// `HOST:PORT` with an IPv4 address, an IPv6 address in brackets, or `*` for all.
    static func listener(_ text: String) -> (host: [UInt8]?, port: Substring)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let host = text[..<colon], port = text[text.index(after: colon)...]
        if host == "*" { return (nil, port) }
        if host.hasPrefix("["), host.hasSuffix("]") {
            return version6(String(host.dropFirst().dropLast())).map { ($0, port) }
        }
        return version4(host).map { ($0, port) }
    }

    /// A decimal number without sign and leading zeros, or nil.
    static func number(_ text: Substring, atMost limit: Int) -> Int? {
        let isPlain = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let hasLeadingZero = text.utf8.first == UInt8(ascii: "0") && text.utf8.count > 1
        guard isPlain, !hasLeadingZero, let value = Int(text), value <= limit else { return nil }
        return value
    }

    private static func version4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { number($0, atMost: 255) }.map { UInt8($0) }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func version6(_ text: String) -> [UInt8]? {
        var groups = text.split(separator: ":", omittingEmptySubsequences: false)
        guard trimEnds(of: &groups) else { return nil }
        var bytes: [UInt8] = []
        var gap: Int?
        for (index, group) in groups.enumerated() {
            if group.isEmpty {
                guard gap == nil else { return nil }
                gap = bytes.count
            } else if index == groups.count - 1, group.contains(".") {
                guard let last = version4(group) else { return nil }
                bytes += last
            } else {
                guard let value = hexadecimal(group) else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xff)]
            }
        }
        guard let gap else { return bytes.count == 16 ? bytes : nil }
        guard bytes.count <= 14 else { return nil }
        bytes.insert(contentsOf: repeatElement(0, count: 16 - bytes.count), at: gap)
        return bytes
    }

    /// Makes `::` at either end one empty group, as in the middle. False for a single colon there.
    private static func trimEnds(of groups: inout [Substring]) -> Bool {
        guard groups.count >= 3 else { return false }
        if groups[0].isEmpty {
            guard groups[1].isEmpty else { return false }
            groups.removeFirst()
        }
        if groups.count >= 2, groups[groups.count - 1].isEmpty {
            guard groups[groups.count - 2].isEmpty else { return false }
            groups.removeLast()
        }
        return true
    }

    private static func hexadecimal(_ text: Substring) -> UInt16? {
        guard text.utf8.count <= 4, text.utf8.first != UInt8(ascii: "+") else { return nil }
        guard text.utf8.first != UInt8(ascii: "-") else { return nil }
        return UInt16(text, radix: 16)
    }
}
