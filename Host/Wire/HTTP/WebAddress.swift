/// A URL of http or https, as far as a client needs it. RFC 3986, RFC 9110 §4.2. Without user names and fragments.
package struct WebAddress: Equatable, Sendable {
    package enum Host: Hashable, Sendable {
        /// To be looked up; lower case.
        case name(String)
        /// 4 or 16 bytes in network order.
        case address([UInt8])
    }

    /// https.
    package let isSecure: Bool
    package let host: Host
    package let port: UInt16
    /// As it stands in the URL, an IPv6 address in its brackets; lower case.
    package let hostText: String
    /// Path and query, as they stand in the URL.
    package let target: [UInt8]

    /// The longest URL taken, in bytes.
    package static let longest = 8192

    /// Nil: it is no such URL.
    package init?(_ text: [UInt8]) {
        guard text.count <= Self.longest, let rest = Self.afterScheme(text) else { return nil }
        isSecure = rest.isSecure
        let bytes = text.span
        let stop = text.indices.first { $0 >= rest.start && (text[$0] == 0x2f || text[$0] == 0x3f) }
        let authority = rest.start..<(stop ?? text.count)
        guard let (host, port) = Self.split(text, authority) else { return nil }
        guard let number = port.isEmpty ? (rest.isSecure ? 443 : 80) : Self.port(bytes.extracting(port))
        else {
            return nil
        }
        self.port = number
        hostText = String(decoding: text[host].map(Grammar.lowercased), as: UTF8.self)
        guard let found = Self.host(hostText) else { return nil }
        self.host = found
        let target = Array(text[authority.upperBound...])
        guard target.allSatisfy(Grammar.isTarget) else { return nil }
        self.target = target.first == 0x2f ? target : [0x2f] + target
    }

    private static func afterScheme(_ text: [UInt8]) -> (isSecure: Bool, start: Int)? {
        for (scheme, isSecure) in [("http://", false), ("https://", true)]
        where text.count > scheme.utf8.count
            && text.span.equals(0..<scheme.utf8.count, scheme.utf8.span)
        {
            return (isSecure, scheme.utf8.count)
        }
        return nil
    }

    /// Host and port, which may be empty.
    private static func split(_ text: [UInt8], _ authority: Range<Int>) -> (
        host: Range<Int>, port: Range<Int>
    )? {
        guard !authority.isEmpty, text.span.isHost(authority) else { return nil }
        let isBracketed = text[authority.lowerBound] == UInt8(ascii: "[")
        let start = isBracketed ? text[authority].firstIndex(of: UInt8(ascii: "]")) : authority.lowerBound
        guard let start, let colon = text[start..<authority.upperBound].firstIndex(of: UInt8(ascii: ":"))
        else {
            return (authority, authority.upperBound..<authority.upperBound)
        }
        return (authority.lowerBound..<colon, colon + 1..<authority.upperBound)
    }

    private static func port(_ text: Span<UInt8>) -> UInt16? {
        AddressText.number(text, atMost: 65_535).flatMap { $0 == 0 ? nil : UInt16($0) }
    }

    private static func host(_ text: String) -> Host? {
        let bytes = Array(text.utf8)
        if bytes.first == UInt8(ascii: "[") {
            return AddressText.bytes(bytes.span.extracting(1..<bytes.count - 1)).flatMap {
                $0.count == 16 ? .address($0) : nil
            }
        }
        if let address = AddressText.bytes(bytes.span) { return .address(address) }
        // What ends in digits would be taken for an address by some, as 0x7f.1 is.
        let last = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last ?? []
        guard bytes.count <= 253, bytes.allSatisfy(isNamePart), let first = last.first, first > 0x39 else {
            return nil
        }
        return .name(text)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7a, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Host and port, without the port where it is the scheme's own.
    package var authority: String {
        port == (isSecure ? 443 : 80) ? hostText : "\(hostText):\(port)"
    }
}
