import Wire

/// Reads any bytes as requests with their bodies on one connection: however they are cut, the same requests
/// and the same end.
func fuzzRequests(_ bytes: [UInt8]) {
    let whole = requests(bytes, step: bytes.count)
    precondition(requests(bytes, step: 1) == whole, "byte by byte, other requests")
    precondition(requests(bytes, step: 7) == whole, "in sevens, other requests")
    for request in whole {
        precondition(request.content.count <= mostContent, "a body over the limit")
        if let head = request.head { check(head) }
    }
}

/// Reads any bytes as a client's frames: however they are cut, the same events and little kept.
func fuzzMessageReader(_ bytes: [UInt8]) {
    let limit = 300
    let whole = messages(bytes, step: bytes.count, limit: limit)
    precondition(messages(bytes, step: 1, limit: limit) == whole, "byte by byte, other messages")
    precondition(messages(bytes, step: 5, limit: limit) == whole, "in fives, other messages")
    for case .message(let kind, let payload) in whole {
        precondition(payload.count <= limit, "a message over the limit")
        let isText = String(validating: payload, as: UTF8.self) != nil
        precondition(kind == .binary || isText, "a text that is not UTF-8")
    }
}

/// Reads any bytes as a client's frames with deflate, as a message's payload, and as a message to be compressed:
/// however they are cut, the same messages, none over the limit, and what was compressed comes back.
func fuzzDeflate(_ bytes: [UInt8]) {
    let limit = 2000
    let whole = messages(bytes, step: bytes.count, limit: limit, isDeflated: true)
    precondition(
        messages(bytes, step: 1, limit: limit, isDeflated: true) == whole,
        "byte by byte, other messages"
    )
    precondition(
        messages(bytes, step: 5, limit: limit, isDeflated: true) == whole,
        "in fives, other messages"
    )
    for case .message(_, let payload) in whole { precondition(payload.count <= limit, "over the limit") }
    let window = 8 + UInt8(bytes.count % 8)
    let inflater = Inflater(windowBits: window, keepsContext: true)
    let deflater = Deflater(windowBits: window, keepsContext: true)
    for part in [bytes, Array(bytes.dropFirst(bytes.count / 2)), bytes] {
        var message: [UInt8] = [], compressed: [UInt8] = []
        deflater.deflate(part.span, into: &compressed)
        let outcome = inflater.inflate(compressed.span, as: .binary, limit: part.count, into: &message)
        precondition(outcome == .message && message == part, "something else came back")
    }
    let shared = Inflater()
    let first = inflated(bytes, shared, limit)
    precondition(first.count <= limit + 1, "more than the limit")
    precondition(inflated(bytes, shared, limit) == first, "another message the second time")
}

private func inflated(_ compressed: [UInt8], _ inflater: Inflater, _ limit: Int) -> [UInt8] {
    var message: [UInt8] = []
    _ = inflater.inflate(compressed.span, as: .text, limit: limit, into: &message)
    precondition(message.capacity < 3 * limit, "memory for more than the limit")
    return message
}

private let mostContent = 64

private struct Request: Equatable {
    var head: RequestHead?
    var content: [UInt8] = []
    var failure: HTTPFailure?
}

/// Keeps of the bytes what the cursor did not pass, as a connection does.
private func requests(_ bytes: [UInt8], step: Int) -> [Request] {
    var heads = RequestHeadReader(limit: 512), body: BodyReader?
    var kept: [UInt8] = [], end = 0, seen: [Request] = []
    while end < bytes.count {
        let start = end
        end = min(end + max(step, 1), bytes.count)
        kept += bytes[start..<end]
        var cursor = 0
        while read(&heads, &body, kept, &cursor, &seen) {}
        if seen.last?.failure != nil { return seen }
        kept.removeFirst(cursor)
        precondition(body == nil || kept.isEmpty, "a body keeps bytes")
    }
    return seen
}

/// One event. False: nothing more can be read.
private func read(
    _ heads: inout RequestHeadReader,
    _ body: inout BodyReader?,
    _ bytes: [UInt8],
    _ cursor: inout Int,
    _ seen: inout [Request]
) -> Bool {
    defer { precondition(cursor <= bytes.count, "read past the end") }
    switch body?.next(bytes.span, from: &cursor) {
    case nil:
        switch heads.next(bytes.span, from: &cursor) {
        case .needMore: return false
        case .head(let head):
            seen.append(Request(head: head))
            body = BodyReader(head, limit: mostContent)
        case .failed(let failure):
            seen.append(Request(failure: failure))
            return false
        }
    case .needMore: return false
    case .continueAwaited: break
    case .part(let range): seen[seen.count - 1].content += bytes[range]
    case .end: body = nil
    case .failed(let failure):
        seen[seen.count - 1].failure = failure
        return false
    }
    return true
}

private let page = StaticAnswer(
    [UInt8](repeating: 0x61, count: 300),
    contentType: "text/plain",
    cacheControl: "no-cache",
    modified: 784_111_777
)

/// Every range must lie within the head, and say what the head says; whatever it asks is answered.
private func check(_ head: RequestHead) {
    _ = [head.method, head.target, head.path].map(head.text)
    _ = [head.query, head.host].compactMap { $0 }.map(head.text)
    for index in 0..<head.fields.count {
        let (name, value) = head.fields[index]
        precondition(head.fields.first(head.text(name)) != nil, "a field that is not found")
        precondition(value.lowerBound > name.upperBound, "a value before its colon")
    }
    head.fields.forEachCookie { name, value in
        precondition(head.fields.cookie(head.text(name)) != nil, "a cookie that is not found")
        precondition(value.lowerBound > name.upperBound, "a value before its name")
    }
    if let query = head.query { URLEncoding.forEachPair(head.bytes.span, query) { _, _ in } }
    if let path = URLEncoding.decode(head.bytes.span, head.path) {
        precondition(path.count <= head.path.count, "a path that grew")
    }
    _ = page.answer(head)
    if case .accept(let handshake) = Handshake.check(head) {
        var answer: [UInt8] = []
        handshake.appendAnswer(to: &answer, deflate: handshake.agree(.on(keepsContext: true)))
        precondition(answer.count > 100, "no answer")
    }
}

private enum Seen: Equatable {
    case message(MessageKind, [UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(CloseCode?, [UInt8])
    case failed(WebSocketFailure)
}

private func messages(_ bytes: [UInt8], step: Int, limit: Int, isDeflated: Bool = false) -> [Seen] {
    var reader = MessageReader(limit: limit, isDeflated: isDeflated)
    let inflater = isDeflated ? Inflater(keepsContext: true) : nil
    var kept: [UInt8] = [], end = 0, seen: [Seen] = []
    while end < bytes.count {
        let start = end
        end = min(end + max(step, 1), bytes.count)
        kept += bytes[start..<end]
        var cursor = 0
        while let event = next(&reader, &kept, &cursor, inflater, limit) {
            seen.append(event)
            if case .failed = event { return seen }
        }
        kept.removeFirst(cursor)
        precondition(kept.count < 140, "more than a header or control frame was left")
    }
    return seen
}

private func next(
    _ reader: inout MessageReader,
    _ bytes: inout [UInt8],
    _ cursor: inout Int,
    _ inflater: Inflater?,
    _ limit: Int
) -> Seen? {
    var span = bytes.mutableSpan
    let event = reader.next(&span, from: &cursor)
    return switch event {
    case .needMore: nil
    case .message(let kind, let range): .message(kind, Array(bytes[range]))
    case .assembled(let kind): .message(kind, reader.assembled)
    case .deflated(let kind, let range): seen(kind, Array(bytes[range]), inflater, limit)
    case .assembledDeflated(let kind): seen(kind, reader.assembled, inflater, limit)
    case .ping(let range): .ping(Array(bytes[range]))
    case .pong(let range): .pong(Array(bytes[range]))
    case .close(let code, let range): .close(code, Array(bytes[range]))
    case .failed(let failure): .failed(failure)
    }
}

private func seen(_ kind: MessageKind, _ compressed: [UInt8], _ inflater: Inflater?, _ limit: Int) -> Seen {
    var message: [UInt8] = []
    guard let outcome = inflater?.inflate(compressed.span, as: kind, limit: limit, into: &message) else {
        preconditionFailure("a compressed message without agreement")
    }
    return switch outcome {
    case .message: .message(kind, message)
    case .failed(let failure): .failed(failure)
    }
}
