import Net
import TLS
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
        let known = target.service.traits(of: target.binding).subprotocols
        let subprotocol = handshake.subprotocols.lazy.map { head.text($0) }.first { known.contains($0) }
        var bytes: [UInt8] = []
        handshake.appendAnswer(to: &bytes, subprotocol: subprotocol)
        connection.outbox.append(bytes.span, pool: pool)
        touch(connection)
        connection.exchange = nil
        connection.reader = MessageReader(limit: target.service.limits.message)
        open(connection, target, subprotocol: subprotocol ?? "")
    }

    /// The connection is the service's from here on; it is counted already.
    func open(_ connection: Connection, _ target: Route.Target, subprotocol: String = "") {
        connection.phase = .open
        connection.service = target.service
        connection.binding = target.binding
        connection.phaseDeadline = nil
        arm(connection)
        let certificate = connection.secure?.session?.clientName ?? ""
        let lines = Array("\(connection.peer.hostText)\n\(subprotocol)\n\(certificate)".utf8)
        enqueue(target.service) {
            $0.append(.open, connection.handle, number: UInt16(target.binding), lines.span)
        }
    }
}
