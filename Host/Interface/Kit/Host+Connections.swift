import PatchbayABI

/// Who is there, who they are, and what is kept with them.
extension Host {
    /// Every connection of the service, in no order.
    public var connections: [Connection] {
        var all = Gathered()
        unsafe withUnsafeMutablePointer(to: &all) {
            _ = unsafe table.pointee.connections(context, Gathered.add, $0)
        }
        return all.connections
    }

    /// What is known of a connection; nil when it has ended.
    public func describe(_ connection: Connection) -> ConnectionInfo? {
        var info = unsafe pb_connection_info()
        unsafe info.size = UInt32(MemoryLayout<pb_connection_info>.size)
        guard unsafe table.pointee.describe(context, connection.handle, &info) >= 0 else { return nil }
        return unsafe ConnectionInfo(
            transport: ConnectionInfo.Transport(rawValue: info.transport) ?? .stream,
            endpoint: info.endpoint.string,
            address: info.address.string,
            principal: info.principal.array,
            isLoggedIn: info.logged_in != 0,
            subprotocol: info.subprotocol.string,
            certificate: info.certificate.string
        )
    }

    /// Who the connection is; empty for guests, before the login and when it has ended.
    public func principal(of connection: Connection) -> [UInt8] {
        var info = unsafe pb_connection_info()
        unsafe info.size = UInt32(MemoryLayout<pb_connection_info>.size)
        guard unsafe table.pointee.describe(context, connection.handle, &info) >= 0 else { return [] }
        return unsafe info.principal.array
    }

    /// The peer's address as text, without a port; empty when the connection has ended.
    public func address(of connection: Connection) -> [UInt8] {
        var info = unsafe pb_connection_info()
        unsafe info.size = UInt32(MemoryLayout<pb_connection_info>.size)
        guard unsafe table.pointee.describe(context, connection.handle, &info) >= 0 else { return [] }
        return unsafe info.address.array
    }

    /// The principal's connections, oldest login first.
    public func connections(ofPrincipal principal: some Bytes) -> [Connection] {
        var all = Gathered()
        unsafe principal.lend { name in
            unsafe withUnsafeMutablePointer(to: &all) {
                _ = unsafe table.pointee.principal(context, name, Gathered.add, $0)
            }
        }
        return all.connections
    }

    /// The connection is this principal from now on.
    @discardableResult
    public func accept(_ connection: Connection, as principal: some Bytes) -> Status {
        unsafe principal.lend { Status(unsafe table.pointee.accept(context, connection.handle, $0)) }
    }

    /// The connection is let in, and is nobody.
    @discardableResult
    public func acceptGuest(_ connection: Connection) -> Status {
        Status(unsafe table.pointee.guest(context, connection.handle))
    }

    /// The connection is not let in: an HTTP status of 400 to 599 before it is open, a close code after.
    @discardableResult
    public func reject(_ connection: Connection, code: UInt32, reason: String = "") -> Status {
        unsafe reason.lend { Status(unsafe table.pointee.reject(context, connection.handle, code, $0)) }
    }

    /// The verdict comes later; the connection's further messages wait for it, in order, or its opening does.
    @discardableResult
    public func decideLater(_ connection: Connection) -> Status {
        Status(unsafe table.pointee.later(context, connection.handle))
    }

    /// Keeps up to 64 KiB with the connection, through reloads too.
    @discardableResult
    public func setState(_ state: some Bytes, version: UInt32, of connection: Connection) -> Status {
        unsafe state.lend { Status(unsafe table.pointee.set_state(context, connection.handle, version, $0)) }
    }

    /// What is kept with the connection; nil when nothing is, or when it has ended.
    public func state(of connection: Connection) -> SavedState? {
        var version: UInt32 = 0
        var state = unsafe pb_bytes()
        let answer = unsafe table.pointee.state(context, connection.handle, &version, &state)
        guard answer >= 0, unsafe state.count > 0 else { return nil }
        return unsafe SavedState(version: version, bytes: state.array)
    }
}

/// Connections as the host counts them up.
struct Gathered {
    var connections: [Connection] = []

    static let add: @convention(c) (UnsafeMutableRawPointer?, pb_connection) -> Void = { user, member in
        unsafe user?.assumingMemoryBound(to: Gathered.self).pointee.connections.append(Connection(member))
    }
}
