import Net

// `limit queries`: a connection whose messages wait in its service is not read.
extension Loop {
    func setPaced(_ handle: ConnectionHandle, _ isPaced: Bool) {
        guard let connection = connection(handle), connection.isPaced != isPaced else { return }
        connection.isPaced = isPaced
        if !isPaced { readAgain(connection) }
        guard isPaced, connection.phase.takesBytes, connection.session == nil else { return }
        engine.setReceiving(connection.handle.slot, false)
    }

    /// Reads on in a connection that nothing holds up any more, and in the requests for a session.
    func readAgain(_ connection: Connection) {
        guard !connection.isHeldUp else { return }
        if connection.session != nil { return leaveUnfinished(connection) }
        guard connection.phase.takesBytes else { return }
        connection.isFull = connection.pending.count > Engine.headroom
        engine.setReceiving(connection.handle.slot, !connection.isFull && !connection.isSlowed)
        leaveUnfinished(connection)
    }
}
