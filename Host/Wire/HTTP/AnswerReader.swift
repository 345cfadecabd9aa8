/// Reads what a server answers to one request. RFC 9112 §4 to §7. No I/O, no clock.
///
/// As strict as the reader of requests: what two readers could understand in two ways is refused. Answers that come before
/// the last one (1xx) are passed over, but for 101, for which nobody has asked.
package struct AnswerReader {
    /// What the bytes held.
    package enum Event: Equatable {
        /// Give the bytes from the cursor on again, with what follows; `ended` when nothing follows.
        case needMore
        case head(AnswerHead)
        /// The next bytes of the content, never empty.
        case part(Range<Int>)
        /// The answer has ended; the cursor stands behind it.
        case end
        /// It is none, and why: a sentence in ASCII without a full stop. Every later call says so again.
        case failed(String)
    }

    private enum State {
        case head
        case content(left: Int)
        case rest  // until the end of the connection
        case chunkData(left: Int)
        case lines
        case ended
        case failed(String)
    }

    /// How many answers may come before the last one.
    static let mostInterim = 16

    private let headLimit: Int
    private let limit: Int
    private let isBodiless: Bool
    private var state = State.head
    private var lines: ChunkLines
    private var interim = 0
    private var taken = 0  // of `rest`
    // The offsets below count from the cursor.
    private var searched = 0
    private var lineStart = 0
    private var line: StatusLine?
    private var places: [HeadFields.Place] = []

    /// A reader at the start of an answer.
    ///
    /// - Parameters:
    ///   - head: the longest head accepted, in bytes, its empty line included.
    ///   - limit: the longest content accepted, in bytes.
    ///   - isBodiless: the answer ends with its head, as one to HEAD does.
    package init(head: Int, limit: Int, isBodiless: Bool = false) {
        headLimit = head
        self.limit = limit
        self.isBodiless = isBodiless
        lines = ChunkLines(limit: limit)
    }

    /// Reads one event from `bytes[cursor...]` and moves `cursor` past what it used.
    package mutating func next(_ bytes: Span<UInt8>, from cursor: inout Int) -> Event {
        do throws(HTTPFailure) {
            return try read(bytes, from: &cursor)
        } catch {
            places = []
            return fail(error.sentence)
        }
    }

    /// The server has ended the connection: the end of an answer that lasts until then, otherwise a failure.
    package mutating func ended() -> Event {
        switch state {
        case .rest: state = .ended
        case .ended, .failed: break
        case .head: return fail("the connection ended before the answer's head was whole")
        case .content, .chunkData, .lines: return fail("the connection ended inside the answer's body")
        }
        if case .failed(let sentence) = state { return .failed(sentence) }
        return .end
    }

    private mutating func fail(_ sentence: String) -> Event {
        state = .failed(sentence)
        return .failed(sentence)
    }

    private mutating func read(_ bytes: Span<UInt8>, from cursor: inout Int) throws(HTTPFailure) -> Event {
        while true {
            switch state {
            case .ended: return .end
            case .failed(let sentence): return .failed(sentence)
            case .head:
                guard let head = try readHead(bytes, from: &cursor) else { return .needMore }
                try begin(head)
                return .head(head)
            case _ where cursor >= bytes.count: return .needMore
            case .content(let left):
                let part = take(left, of: bytes, from: &cursor)
                state = part.count == left ? .ended : .content(left: left - part.count)
                return .part(part)
            case .rest:
                let part = take(bytes.count, of: bytes, from: &cursor)
                taken += part.count
                guard taken <= limit else { throw HTTPFailure.bodyTooLarge }
                return .part(part)
            case .chunkData(let left):
                let part = take(left, of: bytes, from: &cursor)
                state = part.count == left ? .lines : .chunkData(left: left - part.count)
                return .part(part)
            case .lines:
                let outcome = try lines.take(bytes[cursor])
                cursor += 1
                switch outcome {
                case .more: break
                case .data(let size): state = .chunkData(left: size)
                case .end: state = .ended
                }
            }
        }
    }

    private mutating func take(_ left: Int, of bytes: Span<UInt8>, from cursor: inout Int) -> Range<Int> {
        let part = cursor..<cursor + min(left, bytes.count - cursor)
        cursor = part.upperBound
        return part
    }

    private mutating func begin(_ head: AnswerHead) throws(HTTPFailure) {
        switch head.body {
        case .none: state = .ended
        case .length(let length):
            guard length <= limit else { throw HTTPFailure.bodyTooLarge }
            state = .content(left: length)
        case .chunked: state = .lines
        case .untilEnd: state = .rest
        }
    }

    // MARK: The head

    /// Nil: it is not whole.
    private mutating func readHead(_ bytes: Span<UInt8>, from cursor: inout Int) throws(HTTPFailure)
        -> AnswerHead?
    {
        while true {
            let window = bytes.extracting(cursor..<min(bytes.count, cursor + headLimit))
            guard let end = try HeadLines.end(of: window, searched: &searched) else {
                guard window.count < headLimit else {
                    throw HTTPFailure(.headTooLarge, "the head is over the limit")
                }
                return nil
            }
            let range = lineStart..<end
            lineStart = end + 2
            searched = lineStart
            guard let line else {
                self.line = try StatusLine.read(window, range)
                continue
            }
            guard range.isEmpty else {
                places.append(try HeadLines.field(window, range))
                continue
            }
            cursor += lineStart
            let head = try finish(window.extracting(first: lineStart), line)
            if head.status.rawValue >= 200 { return head }
            interim += 1
            guard head.status != .switchingProtocols, interim <= Self.mostInterim else {
                throw HTTPFailure(.badRequest, "an answer before the answer that nobody has asked for")
            }
        }
    }

    private mutating func finish(_ head: Span<UInt8>, _ line: StatusLine) throws(HTTPFailure) -> AnswerHead {
        var copy: [UInt8] = []
        copy.reserveCapacity(head.count)
        copy.append(copying: head)
        let fields = HeadFields(bytes: copy, places: places)
        (searched, lineStart, self.line, places) = (0, 0, nil, [])
        return try AnswerHead(fields, line: line, isBodiless: isBodiless)
    }
}
