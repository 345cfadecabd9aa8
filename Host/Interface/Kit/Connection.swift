import PatchbayABI

/// One peer, as the host names it: a number that is never reused. When the connection has ended, calls with
/// it answer `.gone`.
public struct Connection: Hashable, Sendable {
    /// Slot in the low 32 bits, generation in the high 32; 0 is none.
    public let bits: UInt64

    init(_ handle: pb_connection) {
        bits = handle.bits
    }

    var handle: pb_connection { pb_connection(bits: bits) }
}

extension Connection: CustomStringConvertible {
    /// As the host's log has it: in hexadecimal digits.
    public var description: String { String(bits, radix: 16) }
}

/// What the host knows of a connection.
public struct ConnectionInfo: Equatable, Sendable {
    /// What carries a connection.
    public enum Transport: UInt32, Sendable { case webSocket, sockJS, stream, http }

    /// What carries it.
    public let transport: Transport
    /// The endpoint it came to; empty for the main one.
    public let endpoint: String
    /// The peer's address, as text.
    public let address: String
    /// Who it is; empty for guests and before the login.
    public let principal: [UInt8]
    /// Whether it was accepted, or let in as a guest.
    public let isLoggedIn: Bool
    /// The subprotocol that was agreed on; empty when there is none.
    public let subprotocol: String
    /// Whom the client's certificate names; empty when it showed none.
    public let certificate: String
}

/// Bytes kept through a reload, with the version of their layout.
public struct SavedState: Equatable, Sendable {
    /// The layout's version, as it was given with the bytes.
    public let version: UInt32
    /// What was kept.
    public let bytes: [UInt8]

    /// Bytes in the layout of a version.
    public init(version: UInt32, bytes: [UInt8]) {
        self.version = version
        self.bytes = bytes
    }
}
