import Net
import Wire

/// One peer on its loop: its bytes, where they are in the protocol, and what is owed to it.
final class Connection {
    /// Where the connection is in its life.
    enum Phase: Equatable {
        case head  // a request is being read
        case open  // a WebSocket: messages go to the service
        case ending  // everything is said; what is owed leaves, then our side is shut
        case draining  // our side is shut; the peer's last bytes are read and dropped
        case gone  // the engine has not let go of it yet
    }

    /// The room's mirror, and the connection's place among its members.
    struct Membership {
        let key: RoomKey
        let room: LoopRoom
        var place: Int
    }

    let handle: ConnectionHandle
    let listener: Listener
    let peer: SocketAddress
    var phase = Phase.head
    var head: RequestHeadReader?
    var reader: MessageReader?
    var service: Service?
    var binding = 0
    var outbox = Outbox()
    var memberships: [Membership] = []
    /// Bytes that were received and not used yet.
    var pending: [UInt8] = []
    var isWriting = false  // a write is under way
    var isTouched = false  // is in the loop's list of those to be flushed
    var isHeldUp = false  // its lane has more than it can do: nothing is read
    var isUnfinished = false  // gave as many messages as one batch takes, and has more
    var isFull = false  // has so much of that in hand that nothing is read

    // Times are the clock's nanoseconds.
    var lastHeard: Int64
    var phaseDeadline: Int64?  // of the head, and of the end
    var loginDeadline: Int64?
    var pinged: Int64?  // when a ping went out that nothing answered
    var timer: TimerHeap<ConnectionHandle>.Id?

    init(handle: ConnectionHandle, listener: Listener, peer: SocketAddress, now: Int64) {
        self.handle = handle
        self.listener = listener
        self.peer = peer
        lastHeard = now
    }
}

/// A loop's part of a room.
final class LoopRoom {
    var members: [Connection] = []
}
