import Net
import Wire

// From a request to a WebSocket. RFC 6455 §4.2.
extension Loop {
    func upgrade(_ connection: Connection, _ head: RequestHead, _ target: Route.Target) {
        let handshake: Handshake
        switch Handshake.check(head) {
        case .refuse(let failure): return refuse(connection, failure)
        case .accept(let accepted): handshake = accepted
        }
        guard allows(connection, head, target.service) else {
            return refuse(connection, HTTPFailure(.forbidden, "this origin is not allowed here"))
        }
        connection.peer = client(connection, head)
        switch target.service.counter.add(connection.peer, target.service.limits) {
        case .accepted: break
        case .tooMany:
            return refuse(connection, HTTPFailure(.serviceUnavailable, "too many connections"))
        case .tooManyFromAddress:
            return refuse(
                connection,
                HTTPFailure(.tooManyRequests, "too many connections from this address")
            )
        }
        var bytes: [UInt8] = []
        handshake.appendAnswer(to: &bytes)
        connection.outbox.append(bytes.span, pool: pool)
        touch(connection)
        connection.exchange = nil
        connection.reader = MessageReader(limit: target.service.limits.message)
        open(connection, target)
    }

    /// The connection is the service's from here on; it is counted already.
    func open(_ connection: Connection, _ target: Route.Target) {
        connection.phase = .open
        connection.service = target.service
        connection.binding = target.binding
        connection.phaseDeadline = nil
        arm(connection)
        let address = Array(connection.peer.hostText.utf8)
        enqueue(target.service) {
            $0.append(.open, connection.handle, number: UInt16(target.binding), address.span)
        }
    }
}
