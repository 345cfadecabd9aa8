import Wire

/// Requests as text, with CRLF for every line break, and ways to read them.
enum RequestSample {
    /// What reading every way brought; nil when two ways differ.
    static func readEveryWay(_ text: String, limit: Int = 16384) -> RequestHeadReader.Event? {
        let bytes = Array(text.utf8)
        guard let whole = read(bytes, steps: [bytes.count], limit: limit),
            let single = read(bytes, steps: Array(1...max(bytes.count, 1)), limit: limit), single == whole
        else { return nil }
        for cut in bytes.indices where read(bytes, steps: [cut, bytes.count], limit: limit) != whole {
            return nil
        }
        return whole
    }

    /// The head of a request with these lines after its first one, or its failure.
    static func head(_ lines: [String], first: String = "GET / HTTP/1.1") -> RequestHeadReader.Event? {
        readEveryWay(([first] + lines + ["", ""]).joined(separator: "\r\n"))
    }

    /// Gives the bytes up to each step, as a connection would. Nil: the cursor is not where it should be.
    private static func read(_ bytes: [UInt8], steps: [Int], limit: Int) -> RequestHeadReader.Event? {
        var reader = RequestHeadReader(limit: limit), cursor = 0
        for step in steps where step <= bytes.count {
            let event = reader.next(bytes.span.extracting(first: step), from: &cursor)
            switch event {
            case .needMore: if cursor != 0 && cursor != 2 { return nil }
            case .head(let head):
                return cursor == head.bytes.count || cursor == head.bytes.count + 2 ? event : nil
            case .failed: return event
            }
        }
        return .needMore
    }
}

extension RequestHeadReader.Event {
    /// The head, if it is one.
    var head: RequestHead? {
        if case .head(let head) = self { head } else { nil }
    }

    /// The status of a failure.
    var status: Int? {
        if case .failed(let failure) = self { Int(failure.status.rawValue) } else { nil }
    }
}
