import Net
import Wire

// How connections end.
extension Loop {
    /// Ends an open connection, a WebSocket with a close frame; the service hears of it.
    func end(_ connection: Connection, code: CloseCode, _ reason: String) {
        report(connection, code: code.rawValue, reason)
        finish(connection, code: code, reason)
    }

    /// Ends a connection that takes too little of what it is owed.
    func endSlow(_ connection: Connection) {
        note(.tooSlow, connection, "the peer takes too little of what it is owed")
        end(connection, code: .tryAgainLater, "too slow")
    }

    /// Says the last word and concludes.
    ///
    /// - Parameter saysWhy: to SockJS in a WebSocket too, which has a frame of its own for that.
    func finish(_ connection: Connection, code: CloseCode?, _ reason: String, saysWhy: Bool = true) {
        if let session = connection.session { close(connection, session, code, reason) }
        if connection.reader != nil {
            if connection.encoding == .sockJS, saysWhy, let code {
                var frame: [UInt8] = []
                SockJSFrame.appendClose(code.rawValue, reason: reason, to: &frame)
                appendFrame(connection, .text, frame.span)
            }
            var frame: [UInt8] = []
            FrameWriter.appendClose(code, reason: reason, to: &frame)
            connection.outbox.append(frame.span, pool: pool)
        }
        conclude(connection)
    }

    /// Nothing more is read; what is owed leaves, and then our side is shut.
    func conclude(_ connection: Connection) {
        guard connection.phase != .gone else { return }
        connection.phase = .ending
        if let session = connection.exchange?.sessionHandle { interrupt(session) }
        connection.reader = nil
        connection.compression = nil
        connection.stream = nil
        connection.exchange = nil
        connection.pending = []
        leaveRooms(connection)
        connection.loginDeadline = nil
        if connection.session != nil { return concludeSession(connection) }
        connection.phaseDeadline = now + Loop.endingTime
        arm(connection)
        if connection.isHeldUp || connection.isFull || connection.isSlowed {
            engine.setReceiving(connection.handle.slot, true)
        }
        connection.allowance = nil
        touch(connection)
    }

    /// A session stays for a while, to tell its client why it has ended.
    private func concludeSession(_ connection: Connection) {
        connection.phaseDeadline = nil
        connection.isPaced = false
        if connection.session?.senders.isEmpty == false { leaveUnfinished(connection) }
        arm(connection)
        touch(connection)
    }

    /// For a slow peer to take what it is owed, and to close its side.
    private static let endingTime: Int64 = 5_000_000_000

    /// Tells the service, once.
    func report(_ connection: Connection, code: UInt16, _ reason: String) {
        guard let service = connection.service else { return }
        connection.service = nil
        service.counter.remove(connection.peer)
        let reason = Array(reason.utf8)
        enqueue(service) { $0.append(.close, connection.handle, number: code, reason.span) }
    }

    /// The peer will send nothing more. What it sent before is handled first, and what it is owed leaves.
    func endedByPeer(_ connection: Connection) {
        if connection.exchange?.sessionHandle != nil { return ended(connection) }
        if connection.mustWait || connection.isHeldUp { return hearLater(connection) }
        if connection.phase == .open, connection.stream != nil { return leave(connection) }
        // The last word of TLS is answered by our own.
        if connection.phase.takesBytes, connection.isOwed || connection.hasClosedSession {
            report(connection, code: 1006, Loop.withoutClose)
            conclude(connection)
        }
        if connection.phase == .leaving || connection.phase == .ending { return hearLater(connection) }
        ended(connection)
    }

    /// The same of a peer whose last word was not the end of its bytes: nothing else reports it again.
    func hearClosedSession(_ connection: Connection) {
        guard connection.phase.takesBytes, connection.hasClosedSession else { return }
        endedByPeer(connection)
    }

    private static let withoutClose = "the peer went away without a close frame"

    /// The peer has closed its side, or the connection broke.
    func ended(_ connection: Connection) {
        report(connection, code: 1006, Loop.withoutClose)
        remove(connection)
    }

    func remove(_ connection: Connection) {
        guard connection.phase != .gone else { return }
        abandon(connection)
        if let session = connection.exchange?.sessionHandle { interrupt(session) }
        connection.phase = .gone
        connection.proxy = nil
        connection.reader = nil
        connection.stream = nil
        connection.exchange = nil
        connection.pending = []
        leaveRooms(connection)
        if let timer = connection.timer { timers.cancel(timer) }
        if connection.isCounted { connection.listener.counter.remove(connection.peer) }
        if let session = connection.session {
            forget(connection, session)
            release(connection.handle.slot)
        } else {
            engine.remove(connection.handle.slot)
        }
    }

    /// Nobody waits any more for the answer to the request that a service has.
    func abandon(_ connection: Connection) {
        guard connection.phase == .answering, let service = connection.exchange?.target?.service else {
            return
        }
        let nothing: [UInt8] = []
        enqueue(service) { $0.append(.abandon, connection.handle, nothing.span) }
    }
}
