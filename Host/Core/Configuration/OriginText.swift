import Wire

/// Origins as text. RFC 6454 §6; `ws` and `wss` count as `http` and `https`.
package enum OriginText {
    /// The one way to write an origin, by which origins are compared: `https://example.com:8443`. Small
    /// letters, the scheme http or https, no port that the scheme has anyway. Nil for what is no origin, such as a URL
    /// with a path.
    package static func normal(_ text: String) -> String? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let rest = text[colon...]
        guard let scheme = scheme(text[..<colon].lowercased()), rest.hasPrefix("://") else { return nil }
        let authority = rest.dropFirst(3).lowercased()
        let hostEnd = endOfHost(authority)
        let host = authority[..<hostEnd], port = authority[hostEnd...]
        guard isHost(host) else { return nil }
        if port.isEmpty { return "\(scheme)://\(host)" }
        guard let number = AddressText.number(port.dropFirst(), atMost: 65_535), number > 0 else {
            return nil
        }
        let isUsual = number == (scheme == "https" ? 443 : 80)
        return isUsual ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(number)"
    }

    private static func scheme(_ text: String) -> String? {
        switch text {
        case "http", "ws": "http"
        case "https", "wss": "https"
        default: nil
        }
    }

    /// Where the port's colon stands; the colons inside brackets are the address's.
    private static func endOfHost(_ authority: String) -> String.Index {
        let start = authority.lastIndex(of: "]") ?? authority.startIndex
        return authority[start...].firstIndex(of: ":") ?? authority.endIndex
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            return AddressText.bytes(host.dropFirst().dropLast())?.count == 16
        }
        return HostName.isValid(host)
    }
}
