import Wire

/// What one connection's bytes hold: requests with their bodies, one after the other.
enum RequestScript {
    /// A line for each request: method, target and content; `…` where more must come; a refusal's status at
    /// the end. Nil: read at once, byte by byte and cut at every place, it was not the same.
    static func readEveryWay(_ text: String, head: Int = 300, body: Int = 100) -> [String]? {
        let bytes = Array(text.utf8)
        let whole = read(bytes, cuts: [], head: head, body: body)
        guard read(bytes, cuts: Array(bytes.indices), head: head, body: body) == whole else { return nil }
        for cut in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 400))
        where read(bytes, cuts: [cut], head: head, body: body) != whole {
            return nil
        }
        return whole
    }

    /// The body of a POST with these lines in its head and these bytes after it, and one more request.
    static func body(_ lines: [String], _ bytes: String, limit: Int = 100) -> [String]? {
        let head = ["POST /a HTTP/1.1", "Host: h"] + lines + ["", ""]
        return readEveryWay(head.joined(separator: "\r\n") + bytes, body: limit)
    }

    /// Keeps what a connection keeps: nothing but what the cursor did not pass.
    static func read(_ bytes: [UInt8], cuts: [Int], head limit: Int, body bodyLimit: Int) -> [String] {
        var heads = RequestHeadReader(limit: limit), body: BodyReader?
        var kept: [UInt8] = [], seen: [String] = [], content: [UInt8] = [], start = 0, isAwaited = false
        for end in cuts + [bytes.count] {
            kept += bytes[start..<end]
            start = end
            var cursor = 0
            reading: while true {
                if body == nil {
                    switch heads.next(kept.span, from: &cursor) {
                    case .needMore: break reading
                    case .failed(let failure): return seen + ["\(failure.status.rawValue)"]
                    case .head(let head):
                        seen.append("\(head.text(head.method)) \(head.text(head.target)) ")
                        body = BodyReader(head, limit: bodyLimit)
                        content = []
                        isAwaited = false
                    }
                }
                switch body?.next(kept.span, from: &cursor) {
                case .needMore where cursor != kept.count: return ["needMore with bytes left"]
                case .needMore, nil: break reading
                case .continueAwaited where isAwaited: return ["continueAwaited twice"]
                case .continueAwaited: isAwaited = true
                case .part(let range): content += kept[range]
                case .end:
                    seen[seen.count - 1] += String(decoding: content, as: UTF8.self)
                    body = nil
                case .failed(let failure):
                    seen[seen.count - 1] += String(decoding: content, as: UTF8.self)
                    return seen + ["\(failure.status.rawValue)"]
                }
            }
            kept.removeFirst(cursor)
        }
        guard body != nil else { return seen + (kept.isEmpty ? [] : ["…"]) }
        seen[seen.count - 1] += String(decoding: content, as: UTF8.self) + "…"
        return seen
    }
}
