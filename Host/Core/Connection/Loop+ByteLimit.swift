import Net

// `limit bytes`: what comes too fast stays in the kernel, which makes the peer wait.
extension Loop {
    /// The service that the connection is for is known: its limit holds from here on.
    func limitBytes(_ connection: Connection, _ limits: Limits) {
        guard connection.allowance?.perSecond != limits.bytesPerSecond else { return }
        readOn(connection)
        connection.allowance = limits.bytesPerSecond.map { ByteAllowance(perSecond: $0, now: now) }
    }

    /// Counts bytes that came, and stops reading when they were too many.
    func spend(_ connection: Connection, _ count: Int) {
        guard connection.phase.takesBytes, connection.allowance?.spend(count, now: now) == true else {
            return
        }
        engine.setReceiving(connection.handle.slot, false)
        arm(connection)
    }

    /// Reads again what was not read because of too many bytes.
    func readOn(_ connection: Connection) {
        guard connection.isSlowed, let pause = connection.allowance?.resume(now: now) else { return }
        if connection.phase == .head || connection.phase == .body {
            connection.phaseDeadline = connection.phaseDeadline.map { $0 + pause }
        }
        if !connection.isHeldUp, !connection.isFull { engine.setReceiving(connection.handle.slot, true) }
    }
}
