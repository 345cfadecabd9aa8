import Wire

/// The requests of one connection, one after the other.
final class Exchange {
    var reader: RequestHeadReader
    /// Of the request being read or answered.
    var head: RequestHead?
    var body: BodyReader?
    var content: [UInt8] = []
    var target: Route.Target?
    /// What follows the path of plugins.conf, in the head's bytes.
    var below = 0..<0
    /// Of a SockJS session, while its body is read.
    var session: SessionRequest?
    /// Of a request for a WebSocket, while its service thinks about it.
    var upgrade: Upgrade?
    /// Its messages wait for the session's pace.
    var isWaiting = false
    /// How frames of a session are received by the response, and which session's they are.
    var transport: SockJSTransport?
    var sessionHandle: ConnectionHandle?
    /// Of a response that is written bit by bit.
    var writer: BodyWriter?
    /// Of the request: an answer says for which it is.
    private(set) var number: UInt32 = 0

    /// The loop that the request is for, while the connection moves there.
    var destination: Int?
    /// The last answer is given, and nothing of a next request has come.
    var isIdle = false

    init(limit: Int) { reader = RequestHeadReader(limit: limit) }

    func begin(_ head: RequestHead) {
        self.head = head
        number &+= 1
    }

    /// Forgets the request, but not how many there were.
    func end() {
        head = nil
        body = nil
        content = []
        target = nil
        session = nil
        upgrade = nil
        isWaiting = false
        transport = nil
        sessionHandle = nil
        writer = nil
    }
}
