import PatchbayABI

/// The host as a service sees it: sending, rooms, timers, logs and time. Free to copy.
///
/// Its calls are for `init` and handlers only, but for logging, counting and time, which are for any thread. Those that are
/// made in most messages are generic on their outside only, so that a plugin pays nothing for what it may hand them.
@safe public struct Host {
    let table: UnsafePointer<pb_host>

    init(_ table: UnsafePointer<pb_host>) {
        unsafe self.table = table
    }

    var context: UnsafeMutableRawPointer? { unsafe table.pointee.context }

    /// Sends one text message. It leaves when the messages at hand have been handled and stored.
    @inlinable
    @discardableResult
    public func send(_ text: some Bytes, to connection: Connection) -> Status {
        text.withBytes { send(text: $0, to: connection) }
    }

    /// Sends one binary message; otherwise like `send(_:to:)`.
    @inlinable
    @discardableResult
    public func send(binary: some Bytes, to connection: Connection) -> Status {
        binary.withBytes { send(binary: $0, to: connection) }
    }

    /// Sends one text message to each connection of the principal. Answers how many they are.
    @discardableResult
    public func send(_ text: some Bytes, toPrincipal principal: some Bytes) -> Int {
        unsafe principal.lend { name in
            unsafe text.lend { message in
                let kind = PB_TEXT.rawValue
                let count = unsafe table.pointee.send_principal(context, name, kind, message)
                return max(0, Int(count))
            }
        }
    }

    /// Closes the connection once what was sent to it has left.
    ///
    /// - Parameters:
    ///   - code: 1000, 1001, 1008 to 1013, or 3000 to 4999 (RFC 6455 §7.4).
    ///   - reason: at most 123 bytes.
    @discardableResult
    public func close(_ connection: Connection, code: UInt32 = 1000, reason: String = "") -> Status {
        unsafe reason.lend { Status(unsafe table.pointee.close(context, connection.handle, code, $0)) }
    }

    @usableFromInline
    func send(text: Span<UInt8>, to connection: Connection) -> Status {
        unsafe text.lend {
            Status(unsafe table.pointee.send(context, connection.handle, PB_TEXT.rawValue, $0))
        }
    }

    @usableFromInline
    func send(binary: Span<UInt8>, to connection: Connection) -> Status {
        unsafe binary.lend {
            Status(unsafe table.pointee.send(context, connection.handle, PB_BINARY.rawValue, $0))
        }
    }
}
