import Net
import TLS
import Wire

// Sessions over requests: a connection for the service, and now one response, now another to send by.
extension Loop {
    /// The request's body has come.
    func answer(_ connection: Connection, _ exchange: Exchange, _ request: SessionRequest) {
        guard let head = exchange.head else { return }
        guard allows(connection, head, request.prefix.target.service) else {
            return refuse(connection, HTTPFailure(.forbidden, "this origin is not allowed here"))
        }
        switch request.purpose {
        case .receive(let transport): receive(connection, exchange, head, request, transport)
        case .send(let sender): send(connection, exchange, head, request, sender)
        }
    }

    // MARK: Messages in

    private func send(
        _ connection: Connection,
        _ exchange: Exchange,
        _ head: RequestHead,
        _ request: SessionRequest,
        _ sender: SockJSSender
    ) {
        let answers = request.prefix.answers
        guard let session = sessions[request.key], session.phase != .answering else {
            note(.http(.notFound), connection, "there is no such session")
            return answer(connection, answers.noSession(head, for: sender))
        }
        session.lastHeard = now
        guard !session.isPaced, session.session?.senders.isEmpty != false else {
            return wait(connection, exchange, session)
        }
        deliver(connection, exchange, head, request, sender, to: session)
    }

    private func deliver(
        _ connection: Connection,
        _ exchange: Exchange,
        _ head: RequestHead,
        _ request: SessionRequest,
        _ sender: SockJSSender,
        to session: Connection
    ) {
        let answers = request.prefix.answers
        var isHandled = true
        do throws(SockJSFailure) {
            try read(exchange.content, head, sender) { message in
                guard let service = session.service else { return }
                guard message.count <= service.limits.message else {
                    note(.webSocket(.messageTooBig), session, WebSocketFailure.messageTooBig.sentence)
                    return end(session, code: .messageTooBig, WebSocketFailure.messageTooBig.sentence)
                }
                isHandled = hand(session, service, .text, message) && isHandled
            }
        } catch {
            note(.sockJS(error), connection, error.sentence)
            return answer(connection, answers.refused(head, by: sender, error))
        }
        answer(connection, answers.accepted(head, by: sender))
        if !isHandled, connection.phase == .head { holdUp(connection, request.prefix.target.service) }
    }

    /// The session's messages wait for their pace: so do the requests that bring more.
    private func wait(_ connection: Connection, _ exchange: Exchange, _ session: Connection) {
        connection.phase = .answering
        exchange.isWaiting = true
        session.session?.senders.append(connection.handle)
    }

    /// The session is gone: so is what waited for its pace.
    private func refuseSenders(_ state: SessionState) {
        for handle in state.senders {
            guard let connection = connection(handle), connection.exchange?.isWaiting == true else {
                continue
            }
            leaveUnfinished(connection)
        }
        state.senders = []
    }

    /// Goes on with a request that waited for its session, or with the next of those that wait for this one.
    func sendOn(_ connection: Connection) {
        if let state = connection.session { return sendNext(to: connection, state) }
        guard let exchange = connection.exchange, let request = endWaiting(connection) else { return }
        answer(connection, exchange, request)
    }

    private func sendNext(to session: Connection, _ state: SessionState) {
        while !session.isHeldUp, !state.senders.isEmpty {
            let handle = state.senders.removeFirst()
            guard let connection = connection(handle), let request = endWaiting(connection),
                let exchange = connection.exchange, let head = exchange.head,
                case .send(let sender) = request.purpose
            else { continue }
            deliver(connection, exchange, head, request, sender, to: session)
            goOnLater(connection)
            break
        }
        if !session.isHeldUp, !state.senders.isEmpty { leaveUnfinished(session) }
    }

    /// Its request, if it waits for its session.
    private func endWaiting(_ connection: Connection) -> SessionRequest? {
        guard let exchange = connection.exchange, exchange.isWaiting else { return nil }
        exchange.isWaiting = false
        connection.phase = .body
        return exchange.session
    }

    private func read(
        _ content: [UInt8],
        _ head: RequestHead,
        _ sender: SockJSSender,
        _ body: (Span<UInt8>) -> Void
    ) throws(SockJSFailure) {
        try withReader { reader throws(SockJSFailure) in
            switch sender {
            case .xhrSend:
                try reader.readBody(content.span, body)
            case .jsonpSend:
                let type = head.fields.first("Content-Type") ?? 0..<0
                try reader.readForm(content.span, contentType: head.bytes.span.extracting(type), body)
            }
        }
    }

    // MARK: Receivers

    private func receive(
        _ connection: Connection,
        _ exchange: Exchange,
        _ head: RequestHead,
        _ request: SessionRequest,
        _ transport: SockJSTransport
    ) {
        let answers = request.prefix.answers
        let receiver: SockJSReceiver
        do throws(SockJSFailure) {
            receiver = try SockJSReceiver(transport, query: head.bytes.span.extracting(head.query ?? 0..<0))
        } catch {
            note(.sockJS(error), connection, error.sentence)
            return answer(connection, answers.refused(head, error))
        }
        guard sessions[request.key]?.phase != .answering else {
            return refuse(connection, HTTPFailure(.serviceUnavailable, "the session is not open yet"))
        }
        guard let session = sessions[request.key] ?? open(request, connection, head),
            session.phase != .answering
        else { return }
        receive(connection, exchange, head, request, receiver, session)
    }

    private func receive(
        _ connection: Connection,
        _ exchange: Exchange,
        _ head: RequestHead,
        _ request: SessionRequest,
        _ receiver: SockJSReceiver,
        _ session: Connection
    ) {
        guard let state = session.session else { return }
        let transport = receiver.transport
        exchange.transport = transport
        connection.phase = .answering
        connection.phaseDeadline = nil
        if transport.isStreaming { beginStream(connection, exchange, head, request.prefix.answers, receiver) }
        var frames = takeScratch()
        let action = state.session.attach(receiver, now: now, to: &frames)
        if action != .refused {
            state.receiver = connection
            exchange.sessionHandle = session.handle
        }
        apply(action, frames.span, session, state, to: connection)
        giveScratch(&frames)
        arm(session)
    }

    /// A session begins. Nil: it may not, and its client has been told so.
    private func open(_ request: SessionRequest, _ connection: Connection, _ head: RequestHead) -> Connection?
    {
        let service = request.prefix.target.service
        let peer = client(connection, head)
        switch service.counter.add(peer, service.limits) {
        case .accepted: break
        case .tooMany:
            refuse(connection, HTTPFailure(.serviceUnavailable, "too many connections"))
            return nil
        case .tooManyFromAddress:
            refuse(connection, HTTPFailure(.tooManyRequests, "too many connections from this address"))
            return nil
        }
        guard let handle = placeSession() else {
            service.counter.remove(peer)
            refuse(connection, HTTPFailure(.serviceUnavailable, "too many connections"))
            return nil
        }
        let session = Connection(handle: handle, listener: connection.listener, peer: peer, now: now)
        connections[handle.slot] = session
        sessions[request.key] = session
        session.session = SessionState(request.key, request.prefix, now: now)
        session.encoding = .session
        let target = request.prefix.target
        let certificate = connection.secure?.session?.clientName ?? ""
        guard service.traits(of: target.binding).seesUpgrades else {
            open(session, target, certificate: certificate)
            return session
        }
        session.session?.opener = connection
        connection.exchange?.sessionHandle = handle
        ask(about: session, connection.exchange, head, target, certificate: certificate)
        expectAnswer(connection)
        return session
    }

    /// The service has let the session in: whoever began it receives.
    func receiveFirst(_ session: Connection, _ state: SessionState) {
        guard let opener = state.opener else { return }
        state.opener = nil
        opener.phaseDeadline = nil
        guard let exchange = opener.exchange, let request = exchange.session, let head = exchange.head,
            case .receive(let transport) = request.purpose
        else { return }
        receive(opener, exchange, head, request, transport)
    }

    /// The service has not let the session in: so it hears who began it.
    func turnAway(_ session: Connection, _ state: SessionState, _ failure: HTTPFailure) {
        let opener = state.opener
        state.opener = nil
        opener?.exchange?.sessionHandle = nil
        remove(session)
        if let opener { refuse(opener, failure) }
    }

    private func beginStream(
        _ connection: Connection,
        _ exchange: Exchange,
        _ head: RequestHead,
        _ answers: SockJSAnswers,
        _ receiver: SockJSReceiver
    ) {
        let response = StreamedResponse(
            .ok,
            contentType: receiver.transport.contentType,
            fields: answers.fields(head, for: receiver.transport)
        )
        var bytes = takeScratch(), prelude = takeScratch()
        let writer = response.begin(
            to: &bytes,
            answering: head,
            keepsAlive: isAccepting,
            date: Int(clock.wall / 1_000_000_000)
        )
        receiver.appendPrelude(to: &prelude)
        writer.append(prelude.span, to: &bytes)
        exchange.writer = writer
        connection.outbox.append(bytes.span, pool: pool)
        touch(connection)
        giveScratch(&bytes)
        giveScratch(&prelude)
    }

    /// Does with a receiver's response what the session says.
    private func apply(
        _ action: SockJSSession.Action,
        _ frames: Span<UInt8>,
        _ session: Connection,
        _ state: SessionState,
        to connection: Connection
    ) {
        switch action {
        case .nothing, .ended:
            break
        case .more:
            write(frames, to: connection)
        case .finished:
            state.receiver = nil
            connection.exchange?.sessionHandle = nil
            end(frames, to: connection, state.prefix)
            arm(session)
        case .refused:
            end(frames, to: connection, state.prefix)
        }
    }

    private func write(_ frames: Span<UInt8>, to connection: Connection) {
        var bytes = takeScratch()
        connection.exchange?.writer?.append(frames, to: &bytes)
        connection.outbox.append(bytes.span, pool: pool)
        touch(connection)
        giveScratch(&bytes)
    }

    /// The response ends with these frames.
    private func end(_ frames: Span<UInt8>, to connection: Connection, _ prefix: SockJSPrefix) {
        guard let exchange = connection.exchange, let head = exchange.head, let transport = exchange.transport
        else {
            return
        }
        guard exchange.writer != nil else {
            let response = Response(
                .ok,
                contentType: transport.contentType,
                body: [UInt8](frames),
                fields: prefix.answers.fields(head, for: transport),
                keepsAlive: true
            )
            answer(connection, response)
            return goOnLater(connection)
        }
        var bytes = takeScratch()
        exchange.writer?.append(frames, to: &bytes)
        exchange.writer?.end(to: &bytes)
        let keepsAlive = exchange.writer?.keepsAlive ?? false
        connection.outbox.append(bytes.span, pool: pool)
        touch(connection)
        giveScratch(&bytes)
        endExchange(connection, mayGoOn: keepsAlive && isAccepting)
        goOnLater(connection)
    }

    /// What came behind the request is read in the next turn.
    private func goOnLater(_ connection: Connection) {
        if connection.phase == .head { leaveUnfinished(connection) }
    }

    // MARK: The session's side

    /// Queues a message. False: too many wait, and the session ends.
    func append(_ session: Connection, _ state: SessionState, quoted: Span<UInt8>) -> Bool {
        guard state.session.send(quoted: quoted) == .full else { return true }
        endSlow(session)
        return false
    }

    /// Gives the receiver what waits for it, unless it is behind with what it has.
    func flush(_ session: Connection, _ state: SessionState) {
        if let receiver = state.receiver {
            guard receiver.outbox.count <= Loop.mostAhead else { return receiver.isFollowed = true }
            step(session, state) { $0.flush(now: now, to: &$1) }
        }
        // Nobody comes any more who could be told why it ended.
        if session.phase == .ending, !isAccepting, state.receiver == nil { remove(session) }
    }

    /// Bytes of a receiver's response that may wait for it, beside those that wait in the session.
    private static let mostAhead = 16 << 10

    private func step(
        _ session: Connection,
        _ state: SessionState,
        _ body: (inout SockJSSession, inout [UInt8]) -> SockJSSession.Action
    ) {
        var frames = takeScratch()
        defer { giveScratch(&frames) }
        let action = body(&state.session, &frames)
        if case .ended(let wasOpen) = action {
            if wasOpen { report(session, code: 1006, "the client does not ask any more") }
            return remove(session)
        }
        guard let receiver = state.receiver else { return }
        apply(action, frames.span, session, state, to: receiver)
    }

    /// The service, or the host, ends the session: its client is told why.
    func close(_ session: Connection, _ state: SessionState, _ code: CloseCode?, _ reason: String) {
        step(session, state) { $0.close(code?.rawValue ?? 1000, reason: reason, now: now, to: &$1) }
    }

    /// A heartbeat is due, or the end.
    func passTime(_ session: Connection, _ state: SessionState) {
        // Who has not taken the last frame in all that time is not there any more.
        if let receiver = state.receiver, receiver.isOwed, state.session.deadline <= now {
            note(.noPong, receiver, "a receiver does not take its frames")
            return remove(receiver)
        }
        step(session, state) { $0.passTime(now: now, to: &$1) }
    }

    /// The request that received has broken off.
    func interrupt(_ handle: ConnectionHandle) {
        guard let session = connection(handle), let state = session.session else { return }
        guard session.phase != .answering else {
            state.opener = nil
            report(session, code: 1006, "the connection was interrupted")
            return remove(session)
        }
        state.receiver = nil
        let wasReceiving = state.session.detach(now: now)
        guard wasReceiving, session.phase == .open else { return arm(session) }
        report(session, code: 1006, "the connection was interrupted")
        conclude(session)
    }

    /// Forgets a session, and whoever received for it.
    func forget(_ session: Connection, _ state: SessionState) {
        sessions[state.key] = nil
        refuseSenders(state)
        guard let receiver = state.receiver else { return }
        state.receiver = nil
        receiver.exchange?.sessionHandle = nil
        remove(receiver)
    }
}
