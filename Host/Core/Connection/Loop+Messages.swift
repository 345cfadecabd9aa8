import Net
import Wire

// A WebSocket's messages on their way in.
extension Loop {
    func readMessages(
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
                messages += take(connection, kind, bytes.span.extracting(range))
            case .assembled(let kind):
                let message = connection.reader?.assembled ?? []
                messages += take(connection, kind, message.span)
            case .deflated(let kind, let range):
                messages += inflate(connection, kind, bytes.span.extracting(range))
            case .assembledDeflated(let kind):
                let message = connection.reader?.assembled ?? []
                messages += inflate(connection, kind, message.span)
            case .ping(let range):
                messages += 1
                pong(connection, bytes.span.extracting(range))
            case .pong:
                messages += 1
            case .close(let code, let reason):
                let text = String(decoding: [UInt8](bytes.span.extracting(reason)), as: UTF8.self)
                depart(connection, code: code?.rawValue ?? 1005, text, farewell: (code, ""))
            case .failed(let failure):
                fail(connection, failure)
            }
        }
    }

    private func fail(_ connection: Connection, _ failure: WebSocketFailure) {
        note(.webSocket(failure), connection, failure.sentence)
        let farewell = (code: failure.code as CloseCode?, reason: failure.sentence)
        depart(connection, code: failure.code.rawValue, failure.sentence, farewell: farewell)
    }

    /// Nothing more is read. What came before is answered first, where the service has not handled it yet.
    func depart(
        _ connection: Connection,
        code: UInt16,
        _ reason: String,
        farewell: (code: CloseCode?, reason: String)
    ) {
        if let service = connection.service, !isDirect(service) {
            connection.farewell = farewell
            return leave(connection, code: code, reason)
        }
        report(connection, code: code, reason)
        finish(connection, code: farewell.code, farewell.reason)
    }

    /// Answers how many messages it was.
    private func inflate(_ connection: Connection, _ kind: MessageKind, _ compressed: Span<UInt8>) -> Int {
        guard let compression = connection.compression, let limit = connection.service?.limits.message else {
            return 1
        }
        var message = takeScratch()
        defer { giveScratch(&message) }
        let inflater = codecs.inflater(compression)
        switch inflater.inflate(compressed, as: kind, limit: limit, into: &message) {
        case .message: return take(connection, kind, message.span)
        case .failed(let failure): fail(connection, failure)
        }
        return 1
    }

    /// A WebSocket's message, which may hold several of SockJS, or none. Answers how many it was, at least one.
    private func take(_ connection: Connection, _ kind: MessageKind, _ message: Span<UInt8>) -> Int {
        if connection.encoding == .sockJS { return max(1, takeSockJS(connection, message)) }
        deliver(connection, kind, message)
        return 1
    }

    /// Hands a message to the connection's service, and reads no more where that has too much.
    func deliver(_ connection: Connection, _ kind: MessageKind, _ message: Span<UInt8>) {
        guard let service = connection.service, !hand(connection, service, kind, message) else { return }
        holdUp(connection, service)
    }

    /// True: it has been handled; else it waits for the lane.
    func hand(_ connection: Connection, _ service: Service, _ kind: MessageKind, _ message: Span<UInt8>)
        -> Bool
    {
        let form: MessageForm = kind == .text ? .text : .binary
        if isDirect(service) {
            service.lane.handleDirectly { $0.receive(connection.handle, form, message) }
            return true
        }
        enqueue(service) { $0.append(.message, connection.handle, form: form, message) }
        return false
    }

    /// Reads nothing more for a lane that has more than it can do.
    func holdUp(_ connection: Connection, _ service: Service) {
        guard service.lane.isOverloaded(limit: service.limits.queue) else { return }
        connection.isBehind = true
        engine.setReceiving(connection.handle.slot, false)
        heldUp[service.number, default: []].append(connection)
    }

    private func pong(_ connection: Connection, _ payload: Span<UInt8>) {
        guard connection.outbox.count <= connection.outboxLimit else {
            return endSlow(connection)
        }
        var frame: [UInt8] = []
        FrameWriter.append(.pong, payload, to: &frame)
        connection.outbox.append(frame.span, pool: pool)
        touch(connection)
    }
}
