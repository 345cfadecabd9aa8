import Net
import Wire

// Connections by way of a proxy that says for whom.
extension Loop {
    func beginProxy(_ connection: Connection) {
        connection.proxy = ProxyPreface()
        connection.phaseDeadline = now + connection.listener.limits.headTime.nanoseconds
        arm(connection)
    }

    /// Reads the header, and hands on what follows it.
    func readProxy(_ connection: Connection, _ bytes: inout MutableSpan<UInt8>) {
        var cursor = 0
        switch connection.proxy?.reader.next(bytes.span, from: &cursor) {
        case .needMore, nil:
            return
        case .failed(let failure):
            note(.proxy(failure), connection, failure.sentence)
            remove(connection)
        case .header(let header):
            connection.proxy = nil
            // Where the proxy speaks for itself, or knows nobody, the socket's peer counts.
            if let source = header.source,
                let peer = SocketAddress(bytes: AddressText.unmapped(source.address), port: source.port)
            {
                connection.peer = peer
            }
            guard admit(connection) else { return }
            beginLayers(connection)
            var rest = [UInt8](bytes.span.extracting(cursor...))
            guard !rest.isEmpty, connection.phase.takesBytes else { return }
            var span = rest.mutableSpan
            receivedBelow(connection, &span)
        }
    }

    /// Who asks: the peer, or whom a trusted proxy names in the request.
    func client(_ connection: Connection, _ head: RequestHead) -> SocketAddress {
        let listener = connection.listener
        guard listener.trusts(connection.peer),
            let named = ForwardedFor.client(fields: head.fields, isTrusted: { listener.trusts($0) }),
            let client = SocketAddress(bytes: named, port: 0)
        else { return connection.peer }
        return client
    }
}
