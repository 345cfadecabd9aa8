import Core
import Synchronization
import Wire

// What each line does.
extension Player {
    mutating func perform(_ step: Transcript.Step) throws(Deviation) {
        switch step {
        case .option, .limit, .backEnds, .serves, .answers, .streams: break  // the server was started with it
        case .connects(let who, let path, let address, let headers):
            try connect(who, path ?? defaultPath, from: address, filled(headers))
        case .connectsStream(let who, let endpoint, let address):
            try connectStream(who, endpoint, from: address)
        case .sends(let who, let text):
            let signed = try TranscriptSignature.filled(text, with: captures)
            let text = Array(TranscriptMatch.filled(signed, with: captures).utf8)
            try say(who) { peer throws(Deviation) in try peer.say(text) }
        case .sendsBytes(let who, let bytes):
            try say(who) { peer throws(Deviation) in try peer.send(bytes) }
        case .sendsRaw(let who, let segments): try send(who, segments: segments)
        case .gets(let who, let expected): try get(who, expected)
        case .getsBytes(let who, let bytes): try get(who, bytes)
        case .getsRaw(let who, let bytes): try get(who, raw: bytes)
        case .getsNothing(let who): try getNothing(who)
        case .getsClosed(let who, let code, let reason): try getClosed(who, code, reason)
        case .disconnects(let who): try disconnect(who)
        case .closes(let who, let code):
            try say(who) { peer throws(Deviation) in try peer.close(code: code) }
        case .ends(let who): try say(who) { peer throws(Deviation) in try peer.closeSide() }
        case .requests(_, let request): try self.request(request)
        case .has: break  // belongs to the request before
        case .calls(let command, let arguments): try call(command, arguments)
        case .prints(let expected): try checkAnswer(expected)
        case .fails(let expected): try checkError(expected)
        case .waits(let duration): try wait(duration)
        case .reloads: try reload()
        case .restarts: try restart()
        }
    }

    // MARK: Coming and going

    /// Whoever is refused is not there; the next line says with what.
    private mutating func connect(
        _ who: String,
        _ path: String,
        from address: String?,
        _ headers: [Transcript.Header]
    ) throws(Deviation) {
        try makeRoom(for: who)
        connectionCount += 1
        let peer = StagePeer(
            path: path,
            from: address,
            headers: headers,
            by: transport,
            session: "\(connectionCount)"
        )
        actors.append(Actor(name: who, peer: peer, line: try ground.connect(to: .web)))
        try settle()
        answer = .opened
        guard let peer = actors.last?.peer, let refusal = peer.refusal else { return }
        actors.removeLast()
        let deviation = Deviation(expected: "a WebSocket at \(path)", found: refusal)
        guard let given = peer.answer else { throw deviation }
        answer = .refusal(given, deviation)
    }

    /// Nobody has two connections of one name.
    mutating func makeRoom(for who: String) throws(Deviation) {
        if let index = actors.firstIndex(where: { $0.name == who }) {
            guard actors[index].line == nil else {
                throw Deviation(expected: "\(who) without a connection", found: "one that is open")
            }
            try checkLeftovers(actors[index])
            actors.remove(at: index)
        }
    }

    private mutating func disconnect(_ who: String) throws(Deviation) {
        let index = try indexOfConnected(who)
        try checkLeftovers(actors[index])
        let actor = actors.remove(at: index)
        if let line = actor.line { ground.leave(line) }
        try settle()
    }

    mutating func say(
        _ who: String,
        _ words: (inout any StageClient) throws(Deviation) -> Void
    ) throws(Deviation) {
        let index = try indexOfConnected(who)
        try words(&actors[index].peer)
        try settle()
    }

    private func indexOfConnected(_ who: String) throws(Deviation) -> Int {
        let index = try index(of: who)
        guard let ending = actors[index].peer.ending else { return index }
        throw Deviation(expected: "\(who) with an open connection", found: ending.description)
    }

    private func index(of who: String) throws(Deviation) -> Int {
        if let index = actors.firstIndex(where: { $0.name == who }) { return index }
        throw Deviation(expected: "\(who) with a connection", found: "none; write before: \(who) connects")
    }

    // MARK: What came

    private mutating func get(_ who: String, _ expected: String) throws(Deviation) {
        switch try nextMessage(who, .text, expected) {
        case .text(let text), .frame(let text, _):
            let mismatch = TranscriptMatch.mismatch(expected: expected, actual: text, captures: &captures)
            if let mismatch { throw Deviation(mismatch, in: text) }
        case let message: throw Deviation(expected: expected, found: message.description)
        }
    }

    private mutating func get(_ who: String, _ bytes: [UInt8]) throws(Deviation) {
        let expected = StageMessage.hexadecimal(bytes)
        let found =
            switch try nextMessage(who, .bytes, expected) {
            case .binary(bytes), .frame(bytes, _): expected
            case .frame(let payload, _): StageMessage.hexadecimal(payload)
            case let message: message.description
            }
        guard found != expected else { return }
        throw Deviation(expected: expected, found: found)
    }

    mutating func nextMessage(
        _ who: String,
        _ need: StageNeed,
        _ expected: String
    ) throws(Deviation) -> StageMessage {
        let index = try index(of: who)
        let peer = actors[index].peer
        try peer.check(need)
        guard peer.messages.isEmpty else { return actors[index].peer.messages.removeFirst() }
        throw Deviation(expected: expected, found: peer.unread ?? peer.ending?.description ?? "nothing")
    }

    mutating func putBack(_ who: String, _ message: StageMessage) throws(Deviation) {
        actors[try index(of: who)].peer.messages.insert(message, at: 0)
    }

    private func getNothing(_ who: String) throws(Deviation) {
        guard let found = actors[try index(of: who)].peer.leftover else { return }
        throw Deviation(expected: "nothing", found: found)
    }

    private mutating func getClosed(_ who: String, _ code: Int?, _ reason: String?) throws(Deviation) {
        let index = try index(of: who)
        if code != nil { try actors[index].peer.check(.code) }
        let parts = ["closed", code.map { "\($0)" }, reason].compactMap(\.self)
        let expected = parts.joined(separator: " ")
        if let unread = actors[index].peer.unread { throw Deviation(expected: expected, found: unread) }
        guard let ending = actors[index].peer.ending else {
            throw Deviation(expected: expected, found: "an open connection")
        }
        let isReason = reason.map { TranscriptWildcard($0).matches(Array(ending.reason.utf8)) } ?? true
        guard isReason, code ?? ending.code == ending.code else {
            throw Deviation(expected: expected, found: ending.description)
        }
        actors[index].peer.ending?.isExpected = true
    }

    /// A message that no line asked for is a deviation.
    func checkLeftovers(_ actor: Actor) throws(Deviation) {
        guard let found = actor.peer.leftover else { return }
        throw Deviation(expected: "nothing more for \(actor.name)", found: found)
    }

    // MARK: Calls

    private mutating func call(_ command: String, _ arguments: [Transcript.Argument]) throws(Deviation) {
        let filled = arguments.map { ($0.name, TranscriptMatch.filled($0.value, with: captures)) }
        let answer = Mutex<Result<[UInt8], CallError>?>(nil)
        try onLane { service in
            service.call(command, filled) { result in answer.withLock { $0 = result } }
        }
        self.answer = .call(answer.withLock { $0 })
    }

    private mutating func checkAnswer(_ expected: String) throws(Deviation) {
        switch answer {
        case .call(.success(let text)):
            let mismatch = TranscriptMatch.mismatch(expected: expected, actual: text, captures: &captures)
            if let mismatch { throw Deviation(mismatch, in: text) }
        case .call: throw Deviation(expected: expected, found: answer.description)
        case .request(let answer), .refusal(let answer, _): try check(answer, expected)
        case .opened: throw Deviation(expected: expected, found: answer.description)
        }
    }

    private mutating func checkError(_ expected: String) throws(Deviation) {
        guard case .call(.failure(let error)) = answer else {
            throw Deviation(expected: "the error \(expected)", found: answer.description)
        }
        let text = Array(error.description.utf8)
        let mismatch = TranscriptMatch.mismatch(expected: expected, actual: text, captures: &captures)
        if let mismatch { throw Deviation(mismatch, in: text) }
    }
}
