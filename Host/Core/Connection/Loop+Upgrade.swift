import Net
import TLS
import Wire

// From a request to a WebSocket. RFC 6455 §4.2.
extension Loop {
    /// Answers a handshake, unless the peer may not come in. Where the endpoint's plugin wants to see it, its verdict
    /// comes first.
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
        let traits = target.service.traits(of: target.binding)
        let subprotocol = handshake.subprotocols.lazy.map { head.text($0) }.first {
            traits.subprotocols.contains($0)
        }
        let upgrade = Upgrade(handshake: handshake, subprotocol: subprotocol, isSockJS: isSockJS)
        let certificate = connection.secure?.session?.clientName ?? ""
        guard traits.seesUpgrades else {
            switchProtocols(connection, upgrade, target.service)
            return open(connection, target, subprotocol: subprotocol ?? "", certificate: certificate)
        }
        connection.exchange?.upgrade = upgrade
        ask(
            about: connection,
            connection.exchange,
            head,
            target,
            subprotocol: subprotocol ?? "",
            certificate: certificate
        )
        expectAnswer(connection)
    }

    /// Answers with 101, and speaks WebSocket from here on.
    private func switchProtocols(_ connection: Connection, _ upgrade: Upgrade, _ service: Service) {
        var bytes: [UInt8] = []
        let agreement = upgrade.handshake.agree(service.configuration.settings.compression.policy)
        upgrade.handshake.appendAnswer(to: &bytes, subprotocol: upgrade.subprotocol, deflate: agreement)
        connection.compression = agreement.map { codecs.compression($0) }
        connection.outbox.append(bytes.span, pool: pool)
        touch(connection)
        connection.exchange = nil
        connection.reader = MessageReader(limit: service.limits.message, isDeflated: agreement != nil)
        connection.encoding = upgrade.isSockJS ? .sockJS : agreement == nil ? .webSocket : .deflated
        if upgrade.isSockJS { appendFrame(connection, .text, "o".utf8.span) }
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
        connection.service = target.service
        connection.binding = target.binding
        begin(connection, target.service)
        let lines = Array("\(connection.peer.hostText)\n\(subprotocol)\n\(certificate)".utf8)
        enqueue(target.service) {
            $0.append(.open, connection.handle, number: UInt16(target.binding), lines.span)
        }
    }

    /// Messages go to the service from here on.
    private func begin(_ connection: Connection, _ service: Service) {
        connection.phase = .open
        connection.outboxLimit = service.limits.outbox
        connection.phaseDeadline = nil
        limitBytes(connection, service.limits)
        arm(connection)
    }

    // MARK: The plugin's verdict

    /// Shows the service the request by which a connection comes; it opens when the service says so. What the peer sends
    /// until then waits.
    func ask(
        about connection: Connection,
        _ exchange: Exchange?,
        _ head: RequestHead,
        _ target: Route.Target,
        subprotocol: String = "",
        certificate: String
    ) {
        connection.phase = .answering
        connection.service = target.service
        connection.binding = target.binding
        let address = connection.peer.hostText
        let request = Request(
            handle: connection.handle,
            number: 0,
            binding: target.binding,
            head: head,
            below: exchange?.below ?? 0..<0,
            content: [],
            address: address,
            origin: Peer.Origin(
                address: Array(address.utf8),
                subprotocol: Array(subprotocol.utf8),
                certificate: Array(certificate.utf8)
            )
        )
        enqueue(target.service) { $0.append(upgrade: request) }
    }

    /// The service lets a connection in.
    func admit(_ handle: ConnectionHandle) {
        guard let connection = connection(handle), connection.isShown, let service = connection.service
        else { return }
        connection.lastHeard = now
        if let session = connection.session {
            begin(connection, service)
            return receiveFirst(connection, session)
        }
        guard let upgrade = connection.exchange?.upgrade else { return }
        switchProtocols(connection, upgrade, service)
        begin(connection, service)
        // Frames may have come behind the request.
        leaveUnfinished(connection)
    }

    /// The service does not let a connection in, or cannot.
    func turnAway(_ handle: ConnectionHandle, _ failure: HTTPFailure) {
        guard let connection = connection(handle), connection.isShown, let service = connection.service
        else { return }
        connection.service = nil
        service.counter.remove(connection.peer)
        finish(connection, failure)
    }

    /// The service has not said in time whether it lets a connection in.
    func giveUp(_ connection: Connection) {
        report(connection, code: 1001, "the server is going down")
        finish(connection, HTTPFailure(.serviceUnavailable, "the server is going down"))
    }

    private func finish(_ connection: Connection, _ failure: HTTPFailure) {
        if let session = connection.session {
            turnAway(connection, session, failure)
        } else {
            refuse(connection, failure)
        }
    }
}

/// A request for a WebSocket, of which the service has yet to say whether it may be one.
struct Upgrade {
    let handshake: Handshake
    let subprotocol: String?  // agreed on
    let isSockJS: Bool
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
