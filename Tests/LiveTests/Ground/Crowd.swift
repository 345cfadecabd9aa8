import Glibc
import Wire

/// Many clients of one endpoint on the test's own thread, each with the numbers that it heard.
final class Crowd {
    /// One of them.
    struct Member {
        let socket: PeerSocket
        var reader = ServerFrameReader(limit: 1 << 20)
        var left: [UInt8] = []
        var heard: [Int] = []
        var ending: String?  // why it hears nothing any more
    }

    private(set) var members: [Member] = []
    /// The number in a message; nil: the message is none of the crowd's.
    private let number: (Span<UInt8>) -> Int?
    private var entries: [pollfd] = []
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(number: @escaping (Span<UInt8>) -> Int? = Crowd.decimal) { self.number = number }

    /// As many open files as the test may have.
    static func raiseFileLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// A message that is a number and nothing else.
    static func decimal(_ payload: Span<UInt8>) -> Int? {
        var number = 0
        for index in payload.indices {
            guard payload[index] >= 0x30, payload[index] <= 0x39 else { return nil }
            number = number * 10 + Int(payload[index] - 0x30)
        }
        return payload.isEmpty ? nil : number
    }

    // MARK: Coming

    /// One more, who is a WebSocket already; what it was told before is over.
    func add(_ client: WebSocketClient) {
        members.append(Member(socket: client.socket))
        entries.append(pollfd(fd: client.socket.descriptor, events: Int16(POLLIN), revents: 0))
    }

    // MARK: Talking

    func send(_ text: String, from member: Int) {
        members[member].socket.write(WebSocketClient.frame(.text, Array(text.utf8)))
    }

    /// Waits until all are in the room: whoever is heard by everybody speaks after all have come. What was heard
    /// is forgotten.
    func waitForRoom(_ deadline: Deadline = Deadline(seconds: 60)) throws {
        send("0", from: members.count - 1)
        while fewest < 1 { try turn(deadline) }
        for index in members.indices { members[index].heard = [] }
    }

    /// Waits until something has come for somebody, or for `other`, and takes in what came for them. True: for
    /// `other`.
    @discardableResult
    func turn(_ deadline: Deadline, other: Int32 = -1) throws -> Bool {
        let all = entries + [pollfd(fd: other, events: Int16(POLLIN), revents: 0)]
        entries = all
        defer { entries.removeLast() }
        guard unsafe poll(&entries, nfds_t(entries.count), deadline.milliseconds) > 0 else {
            throw Unexpected(
                "nothing comes; heard so far: \(fewest) to \(members.map(\.heard.count).max() ?? 0)"
            )
        }
        for index in members.indices where entries[index].revents != 0 { read(index) }
        return entries[members.count].revents != 0
    }

    /// What the one who heard the least has heard.
    var fewest: Int { members.reduce(Int.max) { min($0, $1.heard.count) } }

    /// Those whose connection has ended, and why.
    var endings: [String] { members.compactMap(\.ending) }

    private func read(_ index: Int) {
        let descriptor = members[index].socket.descriptor
        let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else {
            if count < 0, errno == EAGAIN { return }
            return end(index, count == 0 ? "ended" : "broken")
        }
        let bytes = members[index].left + buffer[..<count]
        var cursor = 0
        reading: while true {
            switch members[index].reader.next(bytes.span, from: &cursor) {
            case .needMore:
                break reading
            case .frame(.text, _, let payload):
                if let number = number(bytes.span.extracting(payload)) { members[index].heard.append(number) }
            case .frame(.close, _, let payload):
                end(index, "closed: \(Array(bytes[payload]))")
                break reading
            case .frame, .deflated:
                continue
            case .failed(let failure):
                end(index, failure.sentence)
                break reading
            }
        }
        members[index].left = Array(bytes[cursor...])
    }

    private func end(_ index: Int, _ reason: String) {
        if members[index].ending == nil { members[index].ending = reason }
        entries[index].fd = -1
    }
}
