/// `listen NAME { … }`: an address that accepts connections.
package struct ListenerConfiguration: Sendable, Equatable {
    /// Where a listener listens.
    package enum Address: Sendable, Hashable {
        case ip([UInt8], port: UInt16)  // 4 or 16 bytes in network order; port 0: any free one
        case any(port: UInt16)  // every address of the machine
        case unix(String)  // the path of a socket
    }

    /// `tls { … }`: a certificate and the host names it is shown to; none: to all others.
    package struct Certificate: Sendable, Equatable {
        package var certificate: String  // path of a PEM file
        package var key: String  // path of a PEM file
        package var hosts: [String] = []  // lower case; may begin with `*.`
        @Uncompared package var position: SourcePosition
    }

    package var name: String
    package var address: Address
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

    /// For messages.
    var title: String { name.isEmpty ? "this listener" : "listener \(name)" }
}
