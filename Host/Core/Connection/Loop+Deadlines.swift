import Net
import Wire

// What a connection must have done by when.
extension Loop {
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
        var deadline = connection.session?.session.deadline ?? .max
        if let phase = connection.runningDeadline { deadline = min(deadline, phase) }
        if let resumption = connection.allowance?.resumption { deadline = min(deadline, resumption) }
        if let login = connection.loginDeadline { deadline = min(deadline, login) }
        if connection.phase == .open, connection.hasPings, let limits = connection.service?.limits {
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
        if let resumption = connection.allowance?.resumption, resumption <= now {
            return readOn(connection)
        }
        if let deadline = connection.runningDeadline, deadline <= now {
            connection.phaseDeadline = nil
            return expirePhase(connection)
        }
        if let session = connection.session { passTime(connection, session) }
        guard connection.phase == .open, let limits = connection.service?.limits else { return }
        if let deadline = connection.loginDeadline, deadline <= now {
            return endLogin(connection, "no login in time")
        }
        guard connection.hasPings else { return }
        if connection.isHeldUp || connection.isFull || connection.isSlowed {
            // It may have sent anything: nobody looks.
            connection.lastHeard = now
            connection.pinged = nil
        } else if let pinged = connection.pinged {
            guard pinged + limits.pong.nanoseconds <= now else { return }
            note(.noPong, connection, "no answer to a ping")
            report(connection, code: 1006, "no answer to a ping")
            remove(connection)
        } else if connection.lastHeard + limits.idle.nanoseconds <= now {
            ping(connection)
        }
    }

    /// In the words of the endpoint, as the generation in force has them.
    private func endLogin(_ connection: Connection, _ sentence: String) {
        note(.loginTimeout, connection, sentence)
        let timeout = connection.service?.traits(of: connection.binding).loginTimeout ?? LoginTimeout()
        end(connection, code: timeout.code, timeout.reason)
    }

    private func ping(_ connection: Connection) {
        connection.pinged = now
        var frame: [UInt8] = []
        FrameWriter.appendHeader(.ping, length: 0, to: &frame)
        connection.outbox.append(frame.span, pool: pool)
        touch(connection)
        if connection.encoding == .sockJS { appendFrame(connection, .text, "h".utf8.span) }
    }

    private func expirePhase(_ connection: Connection) {
        switch connection.phase {
        case .head where connection.exchange == nil:
            let isTLS = connection.secure != nil
            note(isTLS ? .tlsTimeout : .proxyTimeout, connection, "the handshake took too long")
            remove(connection)
        case .open where connection.stream?.isFirst == true:
            endLogin(connection, "no frame in time")
        case .open:
            break
        case .leaving:
            concludeLeaving(connection)
        case .head where connection.exchange?.isIdle == true:
            conclude(connection)
        case .head:
            refuse(connection, HTTPFailure(.requestTimeout, "the request's head took too long"))
        case .body:
            refuse(connection, HTTPFailure(.requestTimeout, "the request's body took too long"))
        case .answering:
            abandon(connection)
            report(connection, code: 1006, "the service did not answer in time")
            refuse(connection, HTTPFailure(.gatewayTimeout, "the service did not answer in time"))
        default:
            remove(connection)
        }
    }
}

extension Connection {
    /// Whether silence is asked about; a session has heartbeats instead, and a stream nothing.
    fileprivate var hasPings: Bool { stream == nil && session == nil }
}

extension Duration {
    /// Whole nanoseconds.
    package var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
