import PatchbayABI
import Synchronization

/// Streams and subprotocols of endpoints.
extension Setup {
    /// Says how a stream is divided where plugins.conf does not.
    ///
    /// - Parameter maximum: longest message in bytes, in place of the operator's `limit message`; 0 is that limit.
    public func framing(_ framing: Framing, maximum: Int = 0, on endpoint: String = "") {
        register(framing.table, maximum: maximum, on: endpoint)
    }

    /// A subprotocol that WebSockets of the endpoint speak; `describe` says which was agreed on.
    ///
    /// - Parameter name: a token of RFC 9110.
    public func subprotocol(_ name: String, on endpoint: String = "") {
        let status = unsafe endpoint.lend { endpoint in
            unsafe name.lend { name in
                guard unsafe host.offers(\.subprotocol) else { return Status.unavailable }
                return Status(unsafe host.table.pointee.subprotocol(host.context, endpoint, name))
            }
        }
        note(status, "subprotocol", name)
    }

    private func register(_ framing: pb_framing, maximum: Int, on endpoint: String) {
        var framing = framing
        framing.maximum = UInt32(clamping: maximum)
        let status = unsafe endpoint.lend { endpoint in
            guard unsafe host.offers(\.framing) else { return Status.unavailable }
            return Status(unsafe host.table.pointee.framing(host.context, endpoint, &framing))
        }
        note(status, "the framing of endpoint", endpoint)
    }
}

extension Setup where S: Framer {
    /// The service's `frame` divides the stream where plugins.conf does not say it otherwise.
    ///
    /// - Parameter maximum: as of `framing`.
    public func ownFraming(maximum: Int = 0, on endpoint: String = "") {
        pluginFramer.withLock { $0 = ServiceFramer<S>() }
        var framing = pb_framing()
        framing.size = UInt32(MemoryLayout<pb_framing>.size)
        framing.kind = PB_FRAMING_OWN.rawValue
        unsafe framing.framer = Entry.framer
        register(framing, maximum: maximum, on: endpoint)
    }
}

extension Host {
    /// Whether the host's table has a field: those of 1.0 end before `framing`.
    func offers<Field>(_ field: KeyPath<pb_host, Field>) -> Bool {
        guard let offset = unsafe MemoryLayout<pb_host>.offset(of: field) else { return false }
        return unsafe offset + MemoryLayout<Field>.size <= Int(table.pointee.size)
    }
}
