/// Whom a proxy connects for.
package struct ProxyHeader: Equatable, Sendable {
    /// The client of a proxy.
    package struct Source: Equatable, Sendable {
        package let address: [UInt8]  // 4 or 16 bytes in network order; none: it came over a Unix socket
        package let port: UInt16
    }

    /// Nil: the proxy speaks for itself, or does not know. Then the connection's own peer counts.
    package let source: Source?
}

/// Why bytes are no PROXY header. The sentence is for logs.
package enum ProxyFailure: Error, Equatable, Sendable {
    case notProxy
    case badLine
    case tooLong
    case badVersion
    case badCommand
    case badFamily
    case shortAddresses
    case badField
    case wrongChecksum

    /// One sentence in ASCII, without a full stop.
    package var sentence: String {
        switch self {
        case .notProxy: "the connection does not begin with a PROXY header"
        case .badLine: "the line of the PROXY header is malformed"
        case .tooLong: "the PROXY header is too long"
        case .badVersion: "the PROXY header is of an unknown version"
        case .badCommand: "the PROXY header has an unknown command"
        case .badFamily: "the PROXY header has an unknown family of addresses"
        case .shortAddresses: "the PROXY header is too short for its addresses"
        case .badField: "a field of the PROXY header does not end where it should"
        case .wrongChecksum: "the checksum of the PROXY header is wrong"
        }
    }
}
