import Net
import Wire

// A connection's life, from its first byte to its last.
extension Loop {
    func begin(_ connection: Connection) {
        let limits = connection.listener.limits
        connection.head = RequestHeadReader(limit: limits.head)
        connection.phaseDeadline = now + limits.headTime.nanoseconds
        arm(connection)
    }

    // MARK: Bytes in

    func received(_ connection: Connection, count: Int) {
        connection.lastHeard = now
        connection.pinged = nil
        guard connection.phase == .head || connection.phase == .open else { return }
        let pending = connection.pending
        if pending.count <= Engine.headroom, !connection.isUnfinished {
            connection.pending = []
            engine.withInput(count: count, prefix: pending) { bytes in read(connection, &bytes) }
        } else {
            engine.withInput(count: count, prefix: []) { bytes in connection.pending.append(bytes.span) }
            if !connection.isUnfinished { proceed(connection) }
        }
        throttle(connection)
    }

    /// Takes nothing more in from a connection that has sent far ahead of what turns take from it.
    func throttle(_ connection: Connection) {
        let isFull = connection.isUnfinished && connection.pending.count > Engine.headroom
        guard isFull != connection.isFull else { return }
        connection.isFull = isFull
        if !connection.isHeldUp { engine.setReceiving(connection.handle.slot, !isFull) }
    }

    /// The peer's last byte has come, but what it sent before is not all handled: its end is reported again.
    func hearLater(_ connection: Connection) {
        connection.isFull = true
        engine.setReceiving(connection.handle.slot, false)
    }

    /// Goes on with bytes that were put aside.
    func proceed(_ connection: Connection) {
        guard connection.phase == .open || connection.phase == .head, !connection.pending.isEmpty else {
            return
        }
        var bytes = connection.pending
        connection.pending = []
        var span = bytes.mutableSpan
        read(connection, &span)
    }

    private func read(_ connection: Connection, _ bytes: inout MutableSpan<UInt8>) {
        var cursor = 0
        if connection.phase == .head { readHead(connection, bytes.span, &cursor) }
        if connection.phase == .open { readMessages(connection, &bytes, &cursor) }
        guard cursor < bytes.count, connection.phase == .head || connection.phase == .open else { return }
        connection.pending.append(bytes.span.extracting(cursor...))
    }

    private func readHead(_ connection: Connection, _ bytes: Span<UInt8>, _ cursor: inout Int) {
        guard let event = connection.head?.next(bytes, from: &cursor) else { return }
        switch event {
        case .needMore: break
        case .failed(let failure): answer(connection, Response(failure))
        case .head(let head):
            connection.head = nil
            upgrade(connection, head)
        }
    }

    private func readMessages(
        _ connection: Connection,
        _ bytes: inout MutableSpan<UInt8>,
        _ cursor: inout Int
    ) {
        var messages = 0
        while connection.phase == .open, !connection.isHeldUp {
            guard messages < Loop.mostMessages else { return leaveUnfinished(connection) }
            guard let event = connection.reader?.next(&bytes, from: &cursor) else { return }
            switch event {
            case .needMore:
                return
            case .message(let kind, let range):
                messages += 1
                deliver(connection, kind, bytes.span.extracting(range))
            case .assembled(let kind):
                messages += 1
                let message = connection.reader?.assembled ?? []
                deliver(connection, kind, message.span)
            case .ping(let range):
                messages += 1
                pong(connection, bytes.span.extracting(range))
            case .pong:
                messages += 1
            case .close(let code, let reason):
                let text = String(decoding: [UInt8](bytes.span.extracting(reason)), as: UTF8.self)
                report(connection, code: code?.rawValue ?? 1005, text)
                finish(connection, code: code, "")
            case .failed(let failure):
                end(connection, code: failure.code, failure.sentence)
            }
        }
    }

    private func deliver(_ connection: Connection, _ kind: MessageKind, _ message: Span<UInt8>) {
        guard let service = connection.service else { return }
        let form: MessageForm = kind == .text ? .text : .binary
        if isDirect(service) {
            service.lane.handleDirectly { $0.receive(connection.handle, form, message) }
            return
        }
        enqueue(service) { $0.append(.message, connection.handle, form: form, message) }
        guard service.lane.isOverloaded(limit: service.limits.queue) else { return }
        connection.isHeldUp = true
        engine.setReceiving(connection.handle.slot, false)
        heldUp[service.number, default: []].append(connection)
    }

    private func pong(_ connection: Connection, _ payload: Span<UInt8>) {
        guard connection.outbox.count <= connection.service?.limits.outbox ?? 0 else {
            return end(connection, code: .tryAgainLater, "too slow")
        }
        var frame: [UInt8] = []
        FrameWriter.append(.pong, payload, to: &frame)
        connection.outbox.append(frame.span, pool: pool)
        touch(connection)
    }

    // MARK: The upgrade

    private func upgrade(_ connection: Connection, _ head: RequestHead) {
        guard let target = connection.listener.targets[head.text(head.path)] else {
            return refuse(connection, head, HTTPFailure(.notFound, "nothing is served at this path"))
        }
        let handshake: Handshake
        switch Handshake.check(head) {
        case .refuse(let failure): return refuse(connection, head, failure)
        case .accept(let accepted): handshake = accepted
        }
        guard allows(handshake.origin.map { head.text($0) }, connection, target.service) else {
            return refuse(connection, head, HTTPFailure(.forbidden, "this origin is not allowed here"))
        }
        switch target.service.counter.add(connection.peer, target.service.limits) {
        case .accepted: break
        case .tooMany:
            return refuse(connection, head, HTTPFailure(.serviceUnavailable, "too many connections"))
        case .tooManyFromAddress:
            return refuse(
                connection,
                head,
                HTTPFailure(.tooManyRequests, "too many connections from this address")
            )
        }
        var bytes: [UInt8] = []
        handshake.appendAnswer(to: &bytes)
        connection.outbox.append(bytes.span, pool: pool)
        touch(connection)
        open(connection, target)
    }

    private func allows(_ origin: String?, _ connection: Connection, _ service: Service) -> Bool {
        let allowed = [connection.listener.origins, service.configuration.settings.origins]
        // No Origin: not a browser, which is whom the list is about.
        guard let origin else { return true }
        let normal = OriginText.normal(origin)
        return allowed.allSatisfy { list in list.isEmpty || normal.map { list.contains($0) } ?? false }
    }

    private func open(_ connection: Connection, _ target: Listener.Target) {
        let service = target.service
        connection.phase = .open
        connection.service = service
        connection.binding = target.binding
        connection.reader = MessageReader(limit: service.limits.message)
        connection.phaseDeadline = nil
        arm(connection)
        let address = Array(connection.peer.hostText.utf8)
        enqueue(service) {
            $0.append(.open, connection.handle, number: UInt16(target.binding), address.span)
        }
    }

    // MARK: Endings

    /// What a request that was understood is refused with. An answer to HEAD has no body: RFC 9110 §9.3.2.
    private func refuse(_ connection: Connection, _ head: RequestHead, _ failure: HTTPFailure) {
        answer(connection, Response(failure), omitsBody: head.isMethod("HEAD"))
    }

    /// A plain answer, after which the connection ends.
    private func answer(_ connection: Connection, _ response: Response, omitsBody: Bool = false) {
        var bytes: [UInt8] = []
        response.append(to: &bytes, date: Int(clock.wall / 1_000_000_000), omitsBody: omitsBody)
        connection.outbox.append(bytes.span, pool: pool)
        conclude(connection)
    }

    /// Ends a WebSocket with a close frame; the service hears of it.
    func end(_ connection: Connection, code: CloseCode, _ reason: String) {
        report(connection, code: code.rawValue, reason)
        finish(connection, code: code, reason)
    }

    private func finish(_ connection: Connection, code: CloseCode?, _ reason: String) {
        var frame: [UInt8] = []
        FrameWriter.appendClose(code, reason: reason, to: &frame)
        connection.outbox.append(frame.span, pool: pool)
        conclude(connection)
    }

    /// Nothing more is read as messages; what is owed leaves, and then our side is shut.
    private func conclude(_ connection: Connection) {
        connection.phase = .ending
        connection.reader = nil
        connection.pending = []
        leaveRooms(connection)
        connection.loginDeadline = nil
        connection.phaseDeadline = now + Loop.endingTime
        arm(connection)
        if connection.isHeldUp || connection.isFull { engine.setReceiving(connection.handle.slot, true) }
        touch(connection)
    }

    /// For a slow peer to take what it is owed, and to close its side.
    private static let endingTime: Int64 = 5_000_000_000

    /// Tells the service, once.
    private func report(_ connection: Connection, code: UInt16, _ reason: String) {
        guard let service = connection.service else { return }
        connection.service = nil
        service.counter.remove(connection.peer)
        let reason = Array(reason.utf8)
        enqueue(service) { $0.append(.close, connection.handle, number: code, reason.span) }
    }

    /// The peer has closed its side, or the connection broke.
    func ended(_ connection: Connection) {
        report(connection, code: 1006, "the peer went away without a close frame")
        remove(connection)
    }

    private func remove(_ connection: Connection) {
        guard connection.phase != .gone else { return }
        connection.phase = .gone
        connection.reader = nil
        connection.head = nil
        connection.pending = []
        leaveRooms(connection)
        if let timer = connection.timer { timers.cancel(timer) }
        engine.remove(connection.handle.slot)
    }

    // MARK: Bytes out

    /// One write of everything that is owed.
    func flush(_ connection: Connection) {
        guard !connection.isWriting, connection.phase != .gone else { return }
        if connection.outbox.count > 0 {
            switch engine.write(connection.handle.slot, connection.outbox) {
            case .written(let count):
                connection.outbox.consume(count, pool: pool)
            case .pending(let count):
                connection.outbox.consume(count, pool: pool)
                connection.isWriting = true
                return
            case .failed:
                connection.outbox.clear(pool: pool)
                if connection.phase == .open { engine.setReceiving(connection.handle.slot, true) }
            }
        }
        guard connection.phase == .ending else { return }
        connection.phase = .draining
        engine.shutdown(connection.handle.slot)
    }

    // MARK: Time

    /// Sees to it that the connection's next deadline is noticed.
    func arm(_ connection: Connection) {
        let deadline = nextDeadline(connection)
        if let timer = connection.timer, let armed = timers.deadline(of: timer) {
            // An earlier one looks again when it fires; that is cheaper than moving it with every message.
            if armed <= deadline { return }
            timers.cancel(timer)
        }
        connection.timer = timers.insert(deadline: deadline, connection.handle)
    }

    private func nextDeadline(_ connection: Connection) -> Int64 {
        var deadline = Int64.max
        if let phase = connection.phaseDeadline { deadline = min(deadline, phase) }
        if let login = connection.loginDeadline { deadline = min(deadline, login) }
        if connection.phase == .open, let limits = connection.service?.limits {
            let silence = connection.pinged.map { $0 + limits.pong.nanoseconds }
            deadline = min(deadline, silence ?? connection.lastHeard + limits.idle.nanoseconds)
        }
        return deadline
    }

    /// Handles the deadlines that have passed. True: there were some.
    func fireTimers() -> Bool {
        var hasFired = false
        while let handle = timers.popDue(now) {
            hasFired = true
            if handle.bits == 0 {
                resumeAccepting()
            } else if let connection = connection(handle), connection.phase != .gone {
                connection.timer = nil
                expire(connection)
                if connection.phase != .gone { arm(connection) }
            }
        }
        return hasFired
    }

    private func expire(_ connection: Connection) {
        if let deadline = connection.phaseDeadline, deadline <= now {
            connection.phaseDeadline = nil
            guard connection.phase == .head else { return remove(connection) }
            let failure = HTTPFailure(.requestTimeout, "the request's head took too long")
            return answer(connection, Response(failure))
        }
        guard connection.phase == .open, let limits = connection.service?.limits else { return }
        if let deadline = connection.loginDeadline, deadline <= now {
            return end(connection, code: .policyViolation, "login timeout")
        }
        if connection.isHeldUp || connection.isFull {
            // It may have sent anything: nobody looks.
            connection.lastHeard = now
            connection.pinged = nil
        } else if let pinged = connection.pinged {
            guard pinged + limits.pong.nanoseconds <= now else { return }
            report(connection, code: 1006, "no answer to a ping")
            remove(connection)
        } else if connection.lastHeard + limits.idle.nanoseconds <= now {
            connection.pinged = now
            var frame: [UInt8] = []
            FrameWriter.appendHeader(.ping, length: 0, to: &frame)
            connection.outbox.append(frame.span, pool: pool)
            touch(connection)
        }
    }
}

extension Duration {
    /// Whole nanoseconds.
    package var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
