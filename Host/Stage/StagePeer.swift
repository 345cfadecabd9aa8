import JSON
import Wire

/// A peer's side of a connection: bytes in, messages out. It answers pings and close frames by itself. No I/O.
///
/// By requests of SockJS it is who receives; what it says, a `SessionSender` sends.
struct StagePeer: StageClient {
    private enum Phase { case handshake, open, over }

    var messages: [StageMessage] = []
    var ending: StageEnding?
    private(set) var refusal: String?
    private(set) var answer: StageRequester.Answer?

    private let transport: StageTransport
    /// Of a session of SockJS.
    private let path: String
    /// Where it says that it comes from, and what else it says.
    private let origin: [ResponseField]
    private let handshake: ClientHandshake
    private var responses = ResponseReader()
    private var frame: [UInt8] = []  // of SockJS, as far as it has come
    /// What a sender is to send.
    private var words: [[UInt8]] = []
    private var isReceiving = false  // the head of the response has come
    private var frames = ServerFrameReader(limit: 1 << 30)
    private var phase = Phase.handshake
    private var isClosing = false  // a close frame has been sent
    private var arrived: [UInt8] = []  // and not understood yet
    private var fragments: (opcode: Opcode, payload: [UInt8])?
    private var outgoing: [UInt8] = []
    private var pings: UInt8 = 0
    private var isPinging = false

    /// A peer that wants to connect to a path.
    ///
    /// - Parameters:
    ///   - address: where it says that it comes from, as a proxy does; nil: nothing.
    ///   - headers: others of its request, or of all of its session's.
    ///   - session: its name, where it is one of SockJS.
    init(
        path: String,
        from address: String? = nil,
        headers: [Transcript.Header] = [],
        by transport: StageTransport = .webSocket,
        session: String = ""
    ) {
        self.transport = transport
        origin =
            (address.map { [ResponseField("X-Forwarded-For", $0)] } ?? [])
            + headers.map { ResponseField($0.name, $0.value) }
        self.path = "\(StageTransport.prefix(of: path))/stage/\(session)"
        handshake = ClientHandshake(
            host: "127.0.0.1",
            path: transport.isSockJS ? "\(self.path)/websocket" : path,
            fields: origin
        )
        if transport == .sockJSRequests { askForFrames() } else { handshake.appendRequest(to: &outgoing) }
    }

    /// Nothing will come any more.
    var isOver: Bool { phase == .over }

    /// The server's answer to the handshake, to a ping or to a close frame is still to come.
    var isWaiting: Bool {
        if transport == .sockJSRequests { return phase == .handshake || phase == .open && !isReceiving }
        return phase == .handshake || phase == .open && (isPinging || isClosing)
    }

    func check(_ need: StageNeed) throws(Deviation) {
        switch need {
        case .text, .code: break
        case .bytes:
            guard transport.isSockJS else { return }
            throw Deviation(expected: "a WebSocket", found: "SockJS, which carries texts alone")
        case .raw, .side:
            let name = transport.isSockJS ? "SockJS" : "a WebSocket"
            throw Deviation(
                expected: "a stream",
                found: "\(name), which has messages and close codes: >, >hex, <, <hex and closes"
            )
        }
    }

    // MARK: To the server

    var hasSomethingToSay: Bool { !outgoing.isEmpty || !words.isEmpty }

    mutating func takeOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    mutating func takeWords() -> SessionSender? {
        guard !words.isEmpty else { return nil }
        var sender = SessionSender(path: path, origin)
        for text in words { sender.send(text) }
        words = []
        return sender
    }

    mutating func say(_ text: [UInt8]) {
        switch transport {
        case .webSocket: send(.text, text)
        case .sockJSRequests: words.append(text)
        case .sockJSWebSocket:
            var frame: [UInt8] = [UInt8(ascii: "[")]
            SockJSFrame.appendQuoted(text.span, to: &frame)
            send(.text, frame + [UInt8(ascii: "]")])
        }
    }

    mutating func send(_ bytes: [UInt8]) throws(Deviation) {
        try check(.bytes)
        send(.binary, bytes)
    }

    private mutating func send(_ opcode: Opcode, _ payload: [UInt8]) {
        // Any mask will do; one that repeats makes a failure repeat.
        ClientFrameWriter.append(opcode, payload.span, mask: 0x5a17_c3e9, to: &outgoing)
    }

    mutating func close(code: Int) {
        guard !isClosing else { return }
        isClosing = true
        // Requests have no word for it: whoever goes away just goes.
        if transport == .sockJSRequests { return end(code: code, "") }
        send(.close, [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)])
    }

    /// Asks for frames, once more if need be.
    private mutating func askForFrames() {
        isReceiving = false
        outgoing += StageRequest.post("\(path)/xhr_streaming", origin)
    }

    /// Asks for a sign that the server has read everything so far, and that all it has sent so far has come.
    mutating func ping() {
        guard phase == .open, !isClosing, transport != .sockJSRequests else { return }
        pings &+= 1
        isPinging = true
        send(.ping, [pings])
    }

    // MARK: From the server

    mutating func receive(_ bytes: [UInt8]) {
        if transport == .sockJSRequests { return receiveResponses(bytes) }
        arrived += bytes
        var cursor = 0
        if phase == .handshake { readAnswer(&cursor) }
        while phase == .open, readFrame(&cursor) {}
        arrived.removeFirst(cursor)
    }

    mutating func lose(_ refusal: String) { if phase == .open { end(code: 1006, refusal) } }

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
            let head = cursor
            cursor = 0
            responses = ResponseReader()
            responses.receive(arrived)
            while let event = responses.next() {
                guard readRefusal(event) else { continue }
                refusal = "HTTP \(status.rawValue): \(String(decoding: arrived[head...], as: UTF8.self))"
                cursor = arrived.count
                break
            }
        }
    }

    /// What the server answers instead of opening. True: that was all of it.
    private mutating func readRefusal(_ event: ResponseReader.Event) -> Bool {
        switch event {
        case .head(let status, let fields): answer = StageRequester.Answer(status: status, fields: fields)
        case .part(let part): answer?.body += part
        case .end:
            if answer?.body.last == 0x0a { answer?.body.removeLast() }
            let reason = String(decoding: answer?.body ?? [], as: UTF8.self)
            ending = StageEnding(code: answer?.status, reason: reason, isExpected: false)
            phase = .over
            return true
        }
        return false
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
            guard isFinal else { return }
            if transport.isSockJS { return read(frame: whole) }
            messages.append(first == .binary ? .binary(whole) : .text(whole))
        }
    }

    private mutating func readClose(_ payload: [UInt8]) {
        let code = payload.count < 2 ? 1005 : Int(payload[0]) << 8 | Int(payload[1])
        end(code: code, String(decoding: payload.dropFirst(2), as: UTF8.self))
        if !isClosing { send(.close, Array(payload.prefix(2))) }
    }

    private mutating func end(code: Int, _ reason: String) {
        ending = ending ?? StageEnding(code: code, reason: reason, isExpected: isClosing)
        phase = .over
    }

    // MARK: SockJS

    private mutating func receiveResponses(_ bytes: [UInt8]) {
        responses.receive(bytes)
        while phase != .over, let event = responses.next() {
            if phase == .handshake, isRefused(event) {
                if readRefusal(event) { refusal = "HTTP \(answer?.status ?? 0)" }
                continue
            }
            switch event {
            case .head(let status, _):
                isReceiving = true
                if status != 200 { (refusal, phase) = ("HTTP \(status)", .over) }
            case .part(let part):
                frame += part
                while let end = frame.firstIndex(of: 0x0a) {
                    let line = Array(frame[..<end])
                    frame.removeFirst(end + 1)
                    read(frame: line)
                }
            case .end:
                askForFrames()
            }
        }
    }

    /// Whether it belongs to an answer that is no stream of frames.
    private func isRefused(_ event: ResponseReader.Event) -> Bool {
        if case .head(let status, _) = event { status != 200 } else { answer != nil }
    }

    private mutating func read(frame: [UInt8]) {
        switch frame.first {
        case UInt8(ascii: "o"): if phase == .handshake { phase = .open }
        case UInt8(ascii: "a"): for text in texts(of: frame) { messages.append(.text(text)) }
        // In a WebSocket its close frame says it again.
        case UInt8(ascii: "c") where transport == .sockJSRequests: readEnd(frame)
        default: break
        }
    }

    private func texts(of frame: [UInt8]) -> [[UInt8]] {
        let bytes = Array(frame.dropFirst())
        var texts: [[UInt8]] = []
        (try? JSONValue.read(bytes.span))?.forEachElement(in: bytes.span) { element in
            var text: [UInt8] = []
            _ = element.appendUnescaped(in: bytes.span, to: &text)
            texts.append(text)
            return true
        }
        return texts
    }

    private mutating func readEnd(_ frame: [UInt8]) {
        let reason = texts(of: frame).last ?? []
        let digits = frame.dropFirst(2).prefix { $0 != UInt8(ascii: ",") }
        end(code: Int(String(decoding: digits, as: UTF8.self)) ?? 0, String(decoding: reason, as: UTF8.self))
    }
}
