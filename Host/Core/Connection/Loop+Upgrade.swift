import Net
import TLS
import Wire

// From a request to a WebSocket. RFC 6455 §4.2.
extension Loop {
    /// Answers a handshake, unless the peer may not come in.
    ///
    /// - Parameter isSockJS: messages are SockJS's, in the frames.
    func upgrade(
        _ connection: Connection,
        _ head: RequestHead,
        _ handshake: Handshake,
        _ target: Route.Target,
        isSockJS: Bool = false
    ) {
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
        let service = target.service
        let known = target.service.traits(of: target.binding).subprotocols
        let subprotocol = handshake.subprotocols.lazy.map { head.text($0) }.first { known.contains($0) }
        var bytes: [UInt8] = []
        let agreement = handshake.agree(service.configuration.settings.compression.policy)
        handshake.appendAnswer(to: &bytes, subprotocol: subprotocol, deflate: agreement)
        connection.compression = agreement.map { codecs.compression($0) }
        connection.outbox.append(bytes.span, pool: pool)
        touch(connection)
        connection.exchange = nil
        connection.reader = MessageReader(limit: service.limits.message, isDeflated: agreement != nil)
        connection.encoding = isSockJS ? .sockJS : agreement == nil ? .webSocket : .deflated
        let certificate = connection.secure?.session?.clientName ?? ""
        open(connection, target, subprotocol: subprotocol ?? "", certificate: certificate)
        if isSockJS { appendFrame(connection, .text, "o".utf8.span) }
    }

    /// A request for a WebSocket's path.
    func upgrade(_ connection: Connection, _ head: RequestHead, _ target: Route.Target) {
        switch Handshake.check(head) {
        case .refuse(let failure): refuse(connection, failure)
        case .accept(let handshake): upgrade(connection, head, handshake, target)
        }
    }

    /// The connection is the service's from here on; it is counted already.
    func open(
        _ connection: Connection,
        _ target: Route.Target,
        subprotocol: String = "",
        certificate: String = ""
    ) {
        connection.phase = .open
        connection.service = target.service
        connection.binding = target.binding
        connection.outboxLimit = target.service.limits.outbox
        connection.phaseDeadline = nil
        limitBytes(connection, target.service.limits)
        arm(connection)
        let lines = Array("\(connection.peer.hostText)\n\(subprotocol)\n\(certificate)".utf8)
        enqueue(target.service) {
            $0.append(.open, connection.handle, number: UInt16(target.binding), lines.span)
        }
    }
}

extension ServiceSettings.Compression {
    fileprivate var policy: DeflatePolicy {
        switch self {
        case .off: .off
        case .on: .on()
        case .takeover: .on(keepsContext: true)
        }
    }
}
