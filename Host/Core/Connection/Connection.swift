import Net
import Wire

/// One peer on its loop: its bytes, where they are in the protocol, and what is owed to it.
final class Connection {
    /// Where the connection is in its life.
    enum Phase: Equatable {
        case head  // a request is being read, or awaited
        case body  // its head has been read
        case moving  // to the loop that its request is for
        case answering  // somebody has the request; what follows it waits
        case open  // messages go to the service
        case leaving  // the peer has closed its side: what the service still says is sent
        case ending  // everything is said; what is owed leaves, then our side is shut
        case draining  // our side is shut; the peer's last bytes are read and dropped
        case gone  // the engine has not let go of it yet

        /// Whether the peer's bytes are of any use.
        var takesBytes: Bool {
            switch self {
            case .head, .body, .moving, .answering, .open: true
            case .leaving, .ending, .draining, .gone: false
            }
        }

        /// Whether messages to the peer are sent.
        var takesMessages: Bool { self == .open || self == .leaving }
    }

    /// The room's mirror, and the connection's place among its members.
    struct Membership {
        let key: RoomKey
        let room: LoopRoom
        var place: Int
    }

    private(set) var handle: ConnectionHandle
    let listener: Listener
    /// Who it is: the socket's peer, or whom a trusted proxy names.
    var peer: SocketAddress
    var phase = Phase.head
    /// The proxy's header that it begins with, until that is read.
    var proxy: ProxyPreface?
    /// TLS, where the listener has it: bytes pass through it both ways.
    var secure: SecureLayer?
    /// The requests on it, until it becomes something else.
    var exchange: Exchange?
    /// How messages are written.
    var encoding = Encoding.webSocket
    var reader: MessageReader?
    /// What was agreed on, of a WebSocket.
    var compression: Compression?
    /// A SockJS session over requests: then it is a connection for its service, and has no socket of its own.
    var session: SessionState?
    /// The frames of a stream.
    var stream: StreamState?
    var service: Service?
    var binding = 0
    var outbox = Outbox()
    /// Bytes that may be owed before the next message; the service's limit.
    var outboxLimit = 0
    var memberships: [Membership] = []
    /// Of bytes that it may send, where its service limits them.
    var allowance: ByteAllowance?
    /// Bytes that have come from the socket, and that it has taken.
    var traffic = (received: 0, sent: 0)
    /// Bytes that were received and not used yet.
    var pending: [UInt8] = []
    var isWriting = false  // a write is under way
    var isTouched = false  // is in the loop's list of those to be flushed
    var isBehind = false  // its lane has more than it can do: nothing is read
    var isPaced = false  // its messages wait for their pace: nothing is read
    var isPostponed = false  // is in the list of those to be flushed in a later turn
    var isUnfinished = false  // gave as many messages as one batch takes, and has more
    var isFull = false  // has so much of that in hand that nothing is read
    var isClogged = false  // asks on without taking the answers
    var isFollowed = false  // a session has more for it when it has taken what it is owed
    var isCounted = false  // by its listener

    // Times are the clock's nanoseconds.
    var lastHeard: Int64
    var phaseDeadline: Int64?  // of the request and its answer, and of the end
    var loginDeadline: Int64?
    /// What a WebSocket that is leaving is told at last.
    var farewell: (code: CloseCode?, reason: String)?
    var pinged: Int64?  // when a ping went out that nothing answered
    var timer: TimerHeap<ConnectionHandle>.Id?

    init(handle: ConnectionHandle, listener: Listener, peer: SocketAddress, now: Int64) {
        self.handle = handle
        self.listener = listener
        self.peer = peer
        lastHeard = now
    }

    /// Nothing is read because of its service.
    var isHeldUp: Bool { isBehind || isPaced }

    /// Its service thinks about whether it opens.
    var isShown: Bool { phase == .answering && service != nil }

    /// The connection is another loop's now.
    func move(to handle: ConnectionHandle) {
        self.handle = handle
        timer = nil
        isTouched = false
    }
}

/// How messages are put on a connection's wire.
enum Encoding {
    case webSocket
    case deflated  // frames of a WebSocket, compressed from a length on
    case sockJS  // SockJS in the frames of a WebSocket
    case session  // SockJS over requests
    case stream
}

/// A loop's part of a room.
final class LoopRoom {
    var members: [Connection] = []
}
