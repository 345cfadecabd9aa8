/// Where a server certificate lies, and for which names it stands.
package struct TLSCertificate: Equatable, Sendable {
    /// A PEM file: the certificate first, then those that lead from it to an authority's.
    package let certificate: String
    /// A PEM file with its key, without a passphrase.
    package let key: String
    /// Names of hosts, such as `example.org`, or `*.example.org` for all one label deeper. Empty: for every name
    /// that no other certificate stands for, and for clients that send none.
    package let hosts: [String]

    package init(certificate: String, key: String, hosts: [String] = []) {
        self.certificate = certificate
        self.key = key
        self.hosts = hosts
    }
}

/// What a certificate says of itself, for people.
package struct TLSCertificateFacts: Equatable, Sendable {
    /// The names and addresses of hosts that it stands for.
    package let hosts: [String]
    /// The day on which it, or the first of those above it, runs out: `2027-01-31`.
    package let lastDay: String
}

/// Whose certificates clients may show.
package struct TLSClientAuthorities: Equatable, Sendable {
    /// A PEM file with the certificates of the authorities.
    package let file: String
    /// Whether a client without a certificate is refused. One whose certificate is bad always is.
    package let isRequired: Bool

    package init(file: String, isRequired: Bool) {
        self.file = file
        self.isRequired = isRequired
    }
}

/// A version of the protocol; servers speak the last two.
package enum TLSVersion: Int32, CaseIterable, Sendable, CustomStringConvertible {
    case tls10 = 0x0301
    case tls11 = 0x0302
    case tls12 = 0x0303
    case tls13 = 0x0304

    package var description: String {
        switch self {
        case .tls10: "TLS 1.0"
        case .tls11: "TLS 1.1"
        case .tls12: "TLS 1.2"
        case .tls13: "TLS 1.3"
        }
    }
}
