import Net
import Synchronization

/// A connection on its way to another loop, which has it alone from then on.
struct Moved: @unchecked Sendable {
    let connection: Connection
    let descriptor: Int32
}

// A request may be for something that another loop has: the connection goes there, as it is.
extension Loop {
    /// Moves a connection whose request has just been read, once what it is owed has left.
    func move(_ connection: Connection, to loop: Int) {
        connection.phase = .moving
        connection.exchange?.destination = loop
        connection.phaseDeadline = now + Loop.movingTime
        arm(connection)
        touch(connection)
    }

    /// For a peer to take what it is owed from before.
    private static let movingTime: Int64 = 30_000_000_000

    /// The engine has let go of the connection.
    func sendAway(_ slot: Int, _ descriptor: Int32) {
        guard let connection = connections[slot], let loop = connection.exchange?.destination else { return }
        if let timer = connection.timer { timers.cancel(timer) }
        forgetPostponed(connection)
        connections[slot] = nil
        free.append(slot)
        load.subtract(1, ordering: .relaxed)
        peers[loop].load.add(1, ordering: .relaxed)
        let moved = Moved(connection: connection, descriptor: descriptor)
        peers[loop].submit { $0.moved.append(moved) }
    }

    /// Goes on where the other loop stopped: with the request.
    func takeIn(_ moved: Moved) {
        let connection = moved.connection
        guard let handle = place(moved.descriptor) else {
            if connection.isCounted { connection.listener.counter.remove(connection.peer) }
            return
        }
        connection.move(to: handle)
        connections[handle.slot] = connection
        connection.phase = .head
        connection.phaseDeadline = nil
        connection.isFull = false
        if connection.isSlowed { engine.setReceiving(handle.slot, false) }
        arm(connection)
        guard isAccepting, let exchange = connection.exchange, let head = exchange.head else {
            return ended(connection)
        }
        begin(connection, exchange, head)
        // Even without another byte: the request may be whole.
        var rest = connection.pending
        connection.pending = []
        var span = rest.mutableSpan
        read(connection, &span)
        throttle(connection)
        hearClosedSession(connection)
    }
}
