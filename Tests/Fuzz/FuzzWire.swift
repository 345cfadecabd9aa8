import Wire

/// Reads any bytes as requests on one connection: however they are cut, the same heads and the same end.
func fuzzRequestHead(_ bytes: [UInt8]) {
    let limit = 512
    let whole = heads(bytes, step: bytes.count, limit: limit)
    precondition(heads(bytes, step: 1, limit: limit) == whole, "byte by byte, other requests")
    precondition(heads(bytes, step: 7, limit: limit) == whole, "in sevens, other requests")
    for case .head(let head) in whole { checkRanges(head) }
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

private func heads(_ bytes: [UInt8], step: Int, limit: Int) -> [RequestHeadReader.Event] {
    var reader = RequestHeadReader(limit: limit), cursor = 0, end = 0, seen: [RequestHeadReader.Event] = []
    while end < bytes.count {
        end = min(end + max(step, 1), bytes.count)
        reading: while true {
            let event = reader.next(bytes.span.extracting(first: end), from: &cursor)
            precondition(cursor <= end, "read past the end")
            switch event {
            case .needMore: break reading
            case .head: seen.append(event)
            case .failed: return seen + [event]
            }
        }
    }
    return seen
}

/// Every range must lie within the head, and say what the head says.
private func checkRanges(_ head: RequestHead) {
    _ = [head.method, head.target, head.path].map(head.text)
    _ = [head.query, head.host].compactMap { $0 }.map(head.text)
    for index in 0..<head.fields.count {
        let (name, value) = head.fields[index]
        precondition(head.fields.first(head.text(name)) != nil, "a field that is not found")
        precondition(value.lowerBound > name.upperBound, "a value before its colon")
    }
    if case .accept(let handshake) = Handshake.check(head) {
        var answer: [UInt8] = []
        handshake.appendAnswer(to: &answer)
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

private func messages(_ bytes: [UInt8], step: Int, limit: Int) -> [Seen] {
    var reader = MessageReader(limit: limit), kept: [UInt8] = [], end = 0, seen: [Seen] = []
    while end < bytes.count {
        let start = end
        end = min(end + max(step, 1), bytes.count)
        kept += bytes[start..<end]
        var cursor = 0
        while let event = next(&reader, &kept, &cursor) {
            seen.append(event)
            if case .failed = event { return seen }
        }
        kept.removeFirst(cursor)
        precondition(kept.count < 140, "more than a header or control frame was left")
    }
    return seen
}

private func next(_ reader: inout MessageReader, _ bytes: inout [UInt8], _ cursor: inout Int) -> Seen? {
    var span = bytes.mutableSpan
    let event = reader.next(&span, from: &cursor)
    return switch event {
    case .needMore: nil
    case .message(let kind, let range): .message(kind, Array(bytes[range]))
    case .assembled(let kind): .message(kind, reader.assembled)
    case .ping(let range): .ping(Array(bytes[range]))
    case .pong(let range): .pong(Array(bytes[range]))
    case .close(let code, let range): .close(code, Array(bytes[range]))
    case .failed(let failure): .failed(failure)
    }
}
