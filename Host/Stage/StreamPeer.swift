import Wire

/// A peer's side of a stream: bytes in, frames out, divided as the service divides them. No I/O.
struct StreamPeer: StageClient {
    var messages: [StageMessage] = []
    var ending: StageEnding?
    private(set) var isOver = false

    private let framing: Framing
    private var reader: StreamReader?  // nil: the plugin divides the stream itself
    private var arrived: [UInt8] = []  // and not read yet
    private var whole: [UInt8] = []  // what was read of a frame that is not whole
    private var outgoing: [UInt8]
    private var side = Side.open

    /// Its own.
    private enum Side { case open, closing, closed }

    /// - Parameter preface: what a proxy says before the first byte.
    init(_ framing: Framing, preface: String = "") {
        self.framing = framing
        reader = StreamReader(framing.takingEmpty, limit: 1 << 30)
        outgoing = Array(preface.utf8)
    }

    var fragment: [UInt8] { whole + arrived }
    var isWaiting: Bool { false }

    func check(_ need: StageNeed) throws(Deviation) {
        switch need {
        case .text, .bytes:
            guard framing == .plugin else { return }
            throw Deviation(
                expected: "a stream in frames",
                found: "one that the plugin divides itself, on which >raw and <raw work"
            )
        case .raw, .side: break
        case .code:
            throw Deviation(
                expected: "a WebSocket",
                found: "a stream, which has no close codes; use ends, disconnects and < closed"
            )
        }
    }

    // MARK: To the server

    var hasSomethingToSay: Bool { !outgoing.isEmpty || side == .closing }

    mutating func takeOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    mutating func takeEnd() -> Bool {
        guard side == .closing else { return false }
        side = .closed
        return true
    }

    mutating func say(_ text: [UInt8]) throws(Deviation) { try send(text) }

    mutating func send(_ bytes: [UInt8]) throws(Deviation) {
        try check(.bytes)
        try checkSide()
        do throws(Framing.Refusal) {
            try framing.append(bytes.span, to: &outgoing)
        } catch {
            throw Deviation(expected: "what fits into a frame", found: error.sentence)
        }
    }

    mutating func sendRaw(_ bytes: [UInt8]) throws(Deviation) {
        try checkSide()
        outgoing += bytes
    }

    mutating func closeSide() throws(Deviation) {
        try checkSide()
        side = .closing
    }

    private func checkSide() throws(Deviation) {
        guard side != .open else { return }
        throw Deviation(expected: "a side that is open", found: "one that the play has ended")
    }

    // MARK: From the server

    mutating func receive(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        guard reader != nil else { return keep(bytes) }
        arrived += bytes
        var cursor = 0
        while !isOver, readFrame(&cursor) {}
        arrived.removeFirst(cursor)
    }

    /// All that has come is one message.
    private mutating func keep(_ bytes: [UInt8]) {
        guard case .bytes(let earlier)? = messages.popLast() else { return messages = [.bytes(bytes)] }
        messages = [.bytes(earlier + bytes)]
    }

    private mutating func readFrame(_ cursor: inout Int) -> Bool {
        let bytes = arrived
        let start = cursor
        let event = reader?.next(bytes.span, from: &cursor) ?? .needMore
        whole += bytes[start..<cursor]
        switch event {
        case .needMore: return false
        case .frame(let payload): append(Array(bytes[payload]))
        case .assembled:
            let payload = reader?.assembled ?? []
            append(payload)
        case .failed(let failure): end("the service's frame is wrong: \(failure.sentence)")
        }
        return true
    }

    private mutating func append(_ payload: [UInt8]) {
        messages.append(.frame(payload, whole: whole))
        whole = []
    }

    mutating func receiveEnd() { end("") }

    private mutating func end(_ reason: String) {
        ending =
            ending ?? StageEnding(code: nil, reason: reason, isExpected: side == .closed && reason.isEmpty)
        isOver = true
    }
}

extension Framing {
    /// The same, but that no frame is too short: a play tells what came.
    fileprivate var takingEmpty: Framing {
        switch self {
        case .length(var prefix):
            prefix.empty = .given
            return .length(prefix)
        case .delimiter(var delimiter):
            delimiter.empty = .given
            return .delimiter(delimiter)
        case .plugin: return .plugin
        }
    }
}

extension Framing.Refusal {
    fileprivate var sentence: String {
        switch self {
        case .overPrefix: "more than its length can say"
        case .holdsDelimiter: "what would end the frame too early"
        }
    }
}
