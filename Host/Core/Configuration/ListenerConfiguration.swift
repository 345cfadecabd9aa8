/// `listen NAME { … }`: an address that accepts connections.
package struct ListenerConfiguration: Sendable, Equatable {
    /// Where a listener listens.
    package enum Address: Sendable, Hashable {
        case ip([UInt8], port: UInt16)  // 4 or 16 bytes in network order; port 0: any free one
        case any(port: UInt16)  // every address of the machine
        case unix(String)  // the path of a socket

        /// Whether two listeners cannot have these: the same, or one port on all addresses and on one of them.
        func overlaps(_ other: Address) -> Bool {
            guard let mine = network, let others = other.network else { return self == other }
            // A free port is nobody else's.
            guard mine.port == others.port, mine.port != 0 else { return false }
            guard mine.bytes.count == others.bytes.count else { return false }
            return mine.bytes == others.bytes || !mine.bytes.contains { $0 != 0 }
                || !others.bytes.contains { $0 != 0 }
        }

        /// Whether other machines reach it.
        package var isExposed: Bool {
            guard let bytes = network?.bytes else { return false }
            return !Address.own.contains { $0.contains(bytes) }
        }

        /// Those by which a machine reaches itself.
        private static let own = ["127.0.0.0/8", "::1"].compactMap(AddressRange.init)

        private var network: (bytes: [UInt8], port: UInt16)? {
            switch self {
            case .ip(let bytes, let port): (bytes, port)
            case .any(let port): ([0, 0, 0, 0], port)
            case .unix: nil
            }
        }
    }

    /// `clients FILE [required];`: whose certificates clients may show.
    package struct Clients: Sendable, Equatable {
        package var authorities: String  // path of a PEM file
        package var isRequired = false  // a client without one is refused
    }

    /// `tls { … }`: a certificate and the host names it is shown to; none: to all others.
    package struct Certificate: Sendable, Equatable {
        package var certificate: String  // path of a PEM file
        package var key: String  // path of a PEM file
        package var hosts: [String] = []  // lower case; may begin with `*.`
        package var clients: Clients?  // nil: clients show no certificate
        @Uncompared package var position: SourcePosition
    }

    package var name: String
    package var address: Address
    package var socketMode: UInt32 = 0o660  // permissions of a Unix socket
    package var isAdmin = false
    package var certificates: [Certificate] = []  // empty: no TLS
    package var origins: [String] = []  // normal form, see OriginText; empty: any
    package var hasProxyProtocol = false
    package var trustForwarded: [AddressRange] = []
    @Uncompared package var position: SourcePosition  // of its name
    @Uncompared package var addressPosition: SourcePosition

    /// A listener that has only what each must have.
    package init(name: String, address: Address, position: SourcePosition, addressPosition: SourcePosition) {
        self.name = name
        self.address = address
        self.position = position
        self.addressPosition = addressPosition
    }

    /// Whether other machines reach it.
    package var isExposed: Bool { address.isExposed }

    /// For messages.
    var title: String { name.isEmpty ? "this listener" : "listener \(name)" }
}
