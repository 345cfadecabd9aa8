import Net
import TLS
import Wire

// Frames over plain TCP, or over TLS.
extension Loop {
    /// The connection is the listener's service's from its first byte on.
    func openStream(_ connection: Connection, _ target: Route.Target) {
        let service = target.service
        guard service.counter.add(connection.peer, service.limits) == .accepted else {
            note(.tooManyFromAddress, connection, "too many connections of this service or from this address")
            return remove(connection)
        }
        let traits = service.traits(of: target.binding)
        connection.stream = StreamState(
            traits.framing ?? .lines,
            traits.framer,
            limit: traits.maximum ?? service.limits.message
        )
        connection.encoding = .stream
        open(connection, target, certificate: connection.secure?.session?.clientName ?? "")
        connection.phaseDeadline = now + (service.limits.login ?? Limits.usualLogin).nanoseconds
        arm(connection)
        engine.keepAlive(connection.handle.slot)
    }

    func readFrames(
        _ connection: Connection,
        _ stream: StreamState,
        _ bytes: Span<UInt8>,
        _ cursor: inout Int
    ) {
        var frames = 0
        while connection.phase == .open, !connection.isHeldUp {
            guard frames < Loop.mostMessages else { return leaveUnfinished(connection) }
            frames += 1
            switch stream.next(bytes, from: &cursor) {
            case .needMore:
                return
            case .frame(let range):
                deliver(connection, stream, bytes.extracting(range))
            case .assembled:
                let frame = stream.reader?.assembled ?? []
                deliver(connection, stream, frame.span)
            case .failed(let failure):
                note(.stream(failure), connection, failure.sentence)
                let code = failure == .tooLong ? CloseCode.messageTooBig : .protocolError
                depart(connection, code: code.rawValue, failure.sentence, farewell: (code, failure.sentence))
            }
        }
    }

    private func deliver(_ connection: Connection, _ stream: StreamState, _ frame: Span<UInt8>) {
        if stream.isFirst {
            stream.isFirst = false
            connection.phaseDeadline = nil
        }
        deliver(connection, .binary, frame)
    }

    /// Puts a message into its frame. False: the frame cannot hold it.
    func appendFrame(_ connection: Connection, _ stream: StreamState, _ message: Span<UInt8>) -> Bool {
        do throws(Framing.Refusal) {
            let envelope = try stream.framing.envelope(of: message)
            connection.outbox.append(envelope.head.span.extracting(first: envelope.headCount), pool: pool)
            connection.outbox.append(message, pool: pool)
            if let tail = envelope.tail {
                let last: InlineArray<1, UInt8> = [tail]
                connection.outbox.append(last.span, pool: pool)
            }
            return true
        } catch {
            log.write(
                .error,
                "a message does not fit the frames of the stream: \(error)",
                ["service": connection.service?.name ?? ""]
            )
            end(connection, code: .internalError, "a message does not fit the frames of the stream")
            return false
        }
    }

    /// The peer has said its last word; the service may still answer what came before.
    func leave(
        _ connection: Connection,
        code: UInt16 = 1000,
        _ reason: String = "the peer closed its side"
    ) {
        guard let service = connection.service else { return remove(connection) }
        connection.phase = .leaving
        connection.allowance = nil
        connection.service = nil
        service.counter.remove(connection.peer)
        connection.loginDeadline = nil
        connection.phaseDeadline = now + Loop.leavingTime
        arm(connection)
        hearLater(connection)
        let reason = Array(reason.utf8)
        enqueue(service) { $0.append(.leave, connection.handle, number: code, reason.span) }
    }

    /// The service has said what it had to say, or takes too long.
    func concludeLeaving(_ connection: Connection) {
        guard let farewell = connection.farewell else { return conclude(connection) }
        connection.farewell = nil
        finish(connection, code: farewell.code, farewell.reason)
    }

    /// For the service to say what it has to say.
    private static let leavingTime: Int64 = 60_000_000_000
}
