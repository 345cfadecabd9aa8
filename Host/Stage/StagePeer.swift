import Wire

/// A peer's side of a connection: bytes in, messages out. It answers pings and close frames by itself. No I/O.
struct StagePeer {
    enum Message: Equatable { case text([UInt8]), binary([UInt8]) }

    /// How the connection ended.
    struct Ending: Equatable {
        let code: Int  // 1006: without a close frame
        let reason: String
        /// The play has said so, or the peer has closed first: no line need ask for it.
        var isExpected: Bool
    }

    private enum Phase { case handshake, open, over }

    /// Messages that no line has asked for yet.
    var messages: [Message] = []
    var ending: Ending?
    /// Why there is no WebSocket.
    private(set) var refusal: String?

    private let handshake: ClientHandshake
    private var frames = ServerFrameReader(limit: 1 << 30)
    private var phase = Phase.handshake
    private var isClosing = false  // a close frame has been sent
    private var arrived: [UInt8] = []  // and not understood yet
    private var fragments: (opcode: Opcode, payload: [UInt8])?
    private var outgoing: [UInt8] = []
    private var pings: UInt8 = 0
    private var isPinging = false

    /// A peer that wants to connect to a path.
    init(path: String) {
        handshake = ClientHandshake(host: "127.0.0.1", path: path)
        handshake.appendRequest(to: &outgoing)
    }

    /// Nothing will come any more.
    var isOver: Bool { phase == .over }

    /// The server's answer to the handshake, to a ping or to a close frame is still to come.
    var isWaiting: Bool { phase == .handshake || phase == .open && (isPinging || isClosing) }

    // MARK: To the server

    var hasSomethingToSay: Bool { !outgoing.isEmpty }

    mutating func takeOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    mutating func send(_ opcode: Opcode, _ payload: [UInt8]) {
        // Any mask will do; one that repeats makes a failure repeat.
        ClientFrameWriter.append(opcode, payload.span, mask: 0x5a17_c3e9, to: &outgoing)
    }

    mutating func close(code: Int) {
        guard !isClosing else { return }
        isClosing = true
        send(.close, [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)])
    }

    /// Asks for a sign that the server has read everything so far, and that all it has sent so far has come.
    mutating func ping() {
        guard phase == .open, !isClosing else { return }
        pings &+= 1
        isPinging = true
        send(.ping, [pings])
    }

    // MARK: From the server

    mutating func receive(_ bytes: [UInt8]) {
        arrived += bytes
        var cursor = 0
        if phase == .handshake { readAnswer(&cursor) }
        while phase == .open, readFrame(&cursor) {}
        arrived.removeFirst(cursor)
    }

    /// The server has closed its side.
    mutating func receiveEnd() {
        if phase == .handshake { refusal = "the server closed the connection" }
        if phase == .open { end(code: 1006, "") }
        phase = .over
    }

    private mutating func readAnswer(_ cursor: inout Int) {
        switch handshake.check(arrived.span, from: &cursor) {
        case .needMore: break
        case .accepted: phase = .open
        case .refused(let status, _):
            phase = .over
            refusal = "HTTP \(status.rawValue): \(String(decoding: arrived[cursor...], as: UTF8.self))"
            cursor = arrived.count
        }
    }

    private mutating func readFrame(_ cursor: inout Int) -> Bool {
        let bytes = arrived
        switch frames.next(bytes.span, from: &cursor) {
        case .needMore: return false
        case .frame(let opcode, let isFinal, let range): read(opcode, isFinal, Array(bytes[range]))
        case .deflated: break  // is not offered
        case .failed(let failure):
            end(code: 1006, "the server's frame is wrong: \(failure.sentence)")
        }
        return true
    }

    private mutating func read(_ opcode: Opcode, _ isFinal: Bool, _ payload: [UInt8]) {
        switch opcode {
        case .ping: if !isClosing { send(.pong, payload) }
        case .pong: if payload == [pings] { isPinging = false }
        case .close: readClose(payload)
        case .text, .binary, .continuation:
            let whole = (fragments?.payload ?? []) + payload
            let first = fragments?.opcode ?? opcode
            fragments = isFinal ? nil : (first, whole)
            if isFinal { messages.append(first == .binary ? .binary(whole) : .text(whole)) }
        }
    }

    private mutating func readClose(_ payload: [UInt8]) {
        let code = payload.count < 2 ? 1005 : Int(payload[0]) << 8 | Int(payload[1])
        end(code: code, String(decoding: payload.dropFirst(2), as: UTF8.self))
        if !isClosing { send(.close, Array(payload.prefix(2))) }
    }

    private mutating func end(code: Int, _ reason: String) {
        ending = ending ?? Ending(code: code, reason: reason, isExpected: isClosing)
        phase = .over
    }
}
