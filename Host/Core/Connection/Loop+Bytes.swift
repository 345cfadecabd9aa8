import Net
import TLS
import Wire

// What a peer sends, on its way to whoever reads it; and what it is owed, on its way out.
extension Loop {
    func received(_ connection: Connection, count: Int) {
        connection.lastHeard = now
        connection.pinged = nil
        connection.traffic.received += count
        guard connection.phase.takesBytes else { return }
        take(connection, count: count)
        spend(connection, count)
        throttle(connection)
    }

    private func take(_ connection: Connection, count: Int) {
        if connection.secure != nil || connection.proxy != nil {
            return engine.withInput(count: count, prefix: []) { bytes in receivedBelow(connection, &bytes) }
        }
        let pending = connection.pending
        if pending.count <= Engine.headroom, !connection.mustWait {
            connection.pending = []
            engine.withInput(count: count, prefix: pending) { bytes in read(connection, &bytes) }
        } else {
            engine.withInput(count: count, prefix: []) { bytes in connection.pending.append(bytes.span) }
            if !connection.mustWait { proceed(connection) }
        }
    }

    /// Bytes that are not yet those of the listener's protocol.
    func receivedBelow(_ connection: Connection, _ bytes: inout MutableSpan<UInt8>) {
        if connection.proxy != nil {
            readProxy(connection, &bytes)
        } else if let secure = connection.secure {
            unseal(connection, secure, bytes.span)
        } else {
            read(connection, &bytes)
        }
    }

    /// Takes nothing more in from a connection that has sent far ahead of what is taken from it.
    func throttle(_ connection: Connection) {
        let isFull = connection.mustWait && connection.pending.count > Engine.headroom
        // Of a receiver of a session nothing more is expected; were it not read, nobody would hear of its end.
        if isFull, connection.exchange?.sessionHandle != nil {
            note(.tooMuch, connection, "a receiver sends while it receives")
            return remove(connection)
        }
        guard isFull != connection.isFull else { return }
        connection.isFull = isFull
        if !connection.isHeldUp, !connection.isSlowed { engine.setReceiving(connection.handle.slot, !isFull) }
    }

    /// The peer's last byte has come, but what it sent before is not all handled: its end is reported again.
    func hearLater(_ connection: Connection) {
        connection.isFull = true
        engine.setReceiving(connection.handle.slot, false)
    }

    /// Goes on with bytes that were put aside.
    func proceed(_ connection: Connection) {
        guard connection.phase.takesBytes, !connection.mustWait, !connection.pending.isEmpty else { return }
        var bytes = connection.pending
        connection.pending = []
        var span = bytes.mutableSpan
        read(connection, &span)
    }

    /// Reads as far as it goes, and keeps the rest.
    func read(_ connection: Connection, _ bytes: inout MutableSpan<UInt8>) {
        var cursor = 0
        while connection.phase == .head || connection.phase == .body, !connection.mustWait {
            guard readRequest(connection, bytes.span, &cursor) else { break }
        }
        if connection.phase == .open {
            if let stream = connection.stream {
                readFrames(connection, stream, bytes.span, &cursor)
            } else {
                readMessages(connection, &bytes, &cursor)
            }
        }
        guard cursor < bytes.count, connection.phase.takesBytes else { return }
        connection.pending.append(bytes.span.extracting(cursor...))
    }

    // MARK: Out

    /// One write of everything that is owed.
    func flush(_ connection: Connection) {
        guard !connection.isWriting, connection.phase != .gone else { return }
        if let session = connection.session { return flush(connection, session) }
        if let secure = connection.secure {
            guard writeSealed(connection, secure) != .waits else { return }
        } else if connection.outbox.count > 0 {
            guard write(connection, &connection.outbox) != .waits else { return }
        }
        if connection.isFollowed {
            connection.isFollowed = false
            if let session = connection.exchange?.sessionHandle.flatMap({ self.connection($0) }) {
                touch(session)
            }
        }
        if connection.isClogged {
            connection.isClogged = false
            leaveUnfinished(connection)
        }
        if connection.phase == .moving { return engine.detach(connection.handle.slot) }
        guard connection.phase == .ending else { return }
        connection.phase = .draining
        engine.shutdown(connection.handle.slot)
        if connection.isFull { engine.setReceiving(connection.handle.slot, true) }
    }
}

extension Loop {
    /// How far a write came.
    private enum Progress { case done, waits, broken }

    /// Submits what an outbox holds.
    private func write(_ connection: Connection, _ outbox: inout Outbox) -> Progress {
        switch engine.write(connection.handle.slot, outbox) {
        case .written(let count):
            outbox.consume(count, pool: pool)
            connection.traffic.sent += count
            return .done
        case .pending(let count):
            outbox.consume(count, pool: pool)
            connection.traffic.sent += count
            connection.isWriting = true
            return .waits
        case .failed:
            outbox.clear(pool: pool)
            if connection.phase.takesBytes { engine.setReceiving(connection.handle.slot, true) }
            return .broken
        }
    }

    /// Seals and writes by turns.
    private func writeSealed(_ connection: Connection, _ secure: SecureLayer) -> Progress {
        repeat {
            seal(connection, secure)
            guard secure.outbox.count > 0 else { return .done }
            let progress = write(connection, &secure.outbox)
            if progress == .broken { connection.outbox.clear(pool: pool) }
            guard progress == .done else { return progress }
        } while connection.outbox.count > 0
        return .done
    }
}

extension Connection {
    /// What was submitted and is written now.
    func consumeWritten(_ count: Int, pool: BlockPool) {
        if let secure { secure.outbox.consume(count, pool: pool) } else { outbox.consume(count, pool: pool) }
    }

    /// Whether something is still to leave.
    var isOwed: Bool { outbox.count > 0 || secure.map { $0.outbox.count > 0 } ?? false }

    /// Whether the peer has ended its TLS session.
    var hasClosedSession: Bool { secure?.session?.isClosed ?? false }

    /// Whether what it sent waits for something else than more bytes.
    var mustWait: Bool {
        isUnfinished || isClogged || isHeldUp || phase == .answering || phase == .moving
    }
}
