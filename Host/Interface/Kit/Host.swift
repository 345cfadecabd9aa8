import PatchbayABI

/// The host as a service sees it: sending, rooms, timers, logs and time. Free to copy.
///
/// Its calls are for `init` and handlers only, but for logging, counting and time, which are for any thread.
@safe public struct Host {
    let table: UnsafePointer<pb_host>

    init(_ table: UnsafePointer<pb_host>) {
        unsafe self.table = table
    }

    var context: UnsafeMutableRawPointer? { unsafe table.pointee.context }

    /// Sends one text message. It leaves when the messages at hand have been handled and stored.
    @discardableResult
    public func send(_ text: some Bytes, to connection: Connection) -> Status {
        send(text, kind: PB_TEXT, to: connection)
    }

    /// Sends one binary message; otherwise like `send(_:to:)`.
    @discardableResult
    public func send(binary: some Bytes, to connection: Connection) -> Status {
        send(binary, kind: PB_BINARY, to: connection)
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

    private func send(_ message: some Bytes, kind: pb_kind, to connection: Connection) -> Status {
        unsafe message.lend {
            Status(unsafe table.pointee.send(context, connection.handle, kind.rawValue, $0))
        }
    }
}
