import Net
import TLS
import Wire

// TLS between the socket and everything else.
extension Loop {
    func beginTLS(_ connection: Connection, _ context: TLSContext) {
        connection.secure = SecureLayer(context)
        connection.phaseDeadline = now + connection.listener.limits.handshake.nanoseconds
        arm(connection)
    }

    /// Opens what came, answers what TLS itself wants answered, and hands on the rest.
    func unseal(_ connection: Connection, _ secure: SecureLayer, _ bytes: Span<UInt8>) {
        guard let session = secure.session else { return }
        let wasEstablished = session.isEstablished
        var opened = takeScratch(), sealed = takeScratch()
        let outcome = session.receive(bytes, plain: &opened, sealed: &sealed)
        secure.outbox.append(sealed.span, pool: pool)
        if !sealed.isEmpty { touch(connection) }
        giveScratch(&sealed)
        if !wasEstablished, session.isEstablished { beginProtocol(connection) }
        if !opened.isEmpty, connection.phase.takesBytes { take(connection, &opened) }
        giveScratch(&opened)
        guard secure.outbox.count <= 2 * Loop.mostSealed else { return removeSlow(connection) }
        switch outcome {
        case .goesOn: break
        case .closed: endedByPeer(connection)
        case .failed(let failure): fail(connection, secure, failure)
        }
    }

    /// What a session opened is read like what a socket brings.
    private func take(_ connection: Connection, _ opened: inout [UInt8]) {
        if connection.mustWait || !connection.pending.isEmpty {
            connection.pending.append(opened.span)
            proceed(connection)
        } else {
            var span = opened.mutableSpan
            read(connection, &span)
        }
    }

    /// TLS answers some of what peers send, such as wishes for new keys, and one may send them without end.
    private func removeSlow(_ connection: Connection) {
        guard connection.phase != .gone else { return }
        note(.tooSlow, connection, "the peer takes none of the answers of TLS")
        report(connection, code: 1006, "too slow")
        remove(connection)
    }

    private func fail(_ connection: Connection, _ secure: SecureLayer, _ failure: TLSFailure) {
        guard connection.phase != .gone else { return }
        note(.tls(failure), connection, failure.sentence)
        if failure == .plainHTTP {
            connection.secure = nil
            connection.exchange = Exchange(limit: 0)
            let sentence = "this port speaks TLS: use https:// or wss:// instead"
            return answer(connection, Response(HTTPFailure(.badRequest, sentence)), mayGoOn: false)
        }
        report(connection, code: 1006, failure.sentence)
        // The alert leaves, and nothing of what was owed besides.
        connection.outbox.clear(pool: pool)
        secure.session = nil
        conclude(connection)
    }

    /// Seals what is owed, as much as a write may take; at the end the last word too.
    func seal(_ connection: Connection, _ secure: SecureLayer) {
        guard let session = secure.session, session.isEstablished else { return }
        while connection.outbox.count > 0, secure.outbox.count < Loop.mostSealed {
            var clear = takeScratch(), sealed = takeScratch()
            connection.outbox.copy(Loop.longestRecord, to: &clear)
            connection.outbox.consume(clear.count, pool: pool)
            // A session that has failed says so when it receives; what it was to send is lost.
            _ = session.send(clear.span, sealed: &sealed)
            secure.outbox.append(sealed.span, pool: pool)
            giveScratch(&clear)
            giveScratch(&sealed)
        }
        guard connection.phase == .ending, connection.outbox.count == 0 else { return }
        var sealed = takeScratch()
        session.close(sealed: &sealed)
        secure.outbox.append(sealed.span, pool: pool)
        giveScratch(&sealed)
    }

    /// Bytes that are sealed before the socket has taken those before them.
    private static let mostSealed = 64 << 10
    /// Of one record: RFC 8446 §5.1.
    private static let longestRecord = 16 << 10

    /// A buffer to be given back at the end of what it is for.
    func takeScratch() -> [UInt8] { scratch.popLast() ?? [] }

    func giveScratch(_ buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: buffer.capacity <= 256 << 10)
        scratch.append(buffer)
        buffer = []
    }
}
