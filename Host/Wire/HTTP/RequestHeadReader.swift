/// Reads request heads from the bytes of one connection. RFC 9112 §2 to §5. No I/O, no clock.
///
/// Strict: what two readers could understand in two ways is refused, line by line as it comes.
package struct RequestHeadReader {
    /// What the bytes held.
    package enum Event: Equatable {
        /// The cursor stands at the head's first byte: give the same bytes again with what follows.
        /// Lines once read are not read again.
        case needMore
        /// A head; the cursor stands after its empty line, where its body or the next request begins.
        case head(RequestHead)
        /// To be answered, and the connection closed; every later call says so again.
        case failed(HTTPFailure)
    }

    private let limit: Int
    // The offsets below count from the cursor.
    private var searched = 0
    private var lineStart = 0
    private var hasSkippedLine = false
    private var line: RequestLine?
    private var places: [HeadFields.Place] = []
    private var failure: HTTPFailure?

    /// A reader at the start of a connection.
    ///
    /// - Parameter limit: the longest head accepted, in bytes, its empty line included.
    package init(limit: Int) { self.limit = limit }

    /// Reads one head from `bytes[cursor...]`.
    package mutating func next(_ bytes: Span<UInt8>, from cursor: inout Int) -> Event {
        if let failure { return .failed(failure) }
        do throws(HTTPFailure) {
            return try read(bytes, from: &cursor)
        } catch {
            failure = error
            places = []
            return .failed(error)
        }
    }

    private mutating func read(_ bytes: Span<UInt8>, from cursor: inout Int) throws(HTTPFailure) -> Event {
        while true {
            let window = bytes.extracting(cursor..<min(bytes.count, cursor + limit))
            guard let end = try endOfLine(window) else {
                guard window.count >= limit else { return .needMore }
                throw line == nil
                    ? HTTPFailure(.targetTooLong, "the request line does not end within the limit of a head")
                    : HTTPFailure(.headTooLarge, "the head is over the limit")
            }
            let range = lineStart..<end
            lineStart = end + 2
            searched = lineStart
            if let line {
                guard range.isEmpty else {
                    places.append(try field(window, range))
                    continue
                }
                cursor += lineStart
                return .head(try finish(window.extracting(first: lineStart), line))
            }
            if range.isEmpty {
                try skipLine(&cursor)
            } else {
                line = try RequestLine.read(window, range)
                places.reserveCapacity(16)
            }
        }
    }

    /// Where the line's CR is. Nil: it has not come. Every byte before it is checked to be no control.
    private mutating func endOfLine(_ head: Span<UInt8>) throws(HTTPFailure) -> Int? {
        while true {
            searched = head.endOfPrintable(from: searched)
            guard searched < head.count else { return nil }
            switch head[searched] {
            case 0x0d:
                guard searched + 1 < head.count else { return nil }
                guard head[searched + 1] == 0x0a else {
                    throw HTTPFailure(.badRequest, "a CR without its LF in the head")
                }
                return searched
            case 0x09:
                searched += 1
            case 0x0a:
                throw HTTPFailure(.badRequest, "a LF without its CR in the head: lines end with CRLF")
            default:
                throw HTTPFailure(.badRequest, "a control byte in the head")
            }
        }
    }

    /// Some clients send an empty line after a body; one is passed over. RFC 9112 §2.2.
    private mutating func skipLine(_ cursor: inout Int) throws(HTTPFailure) {
        guard !hasSkippedLine else { throw HTTPFailure(.badRequest, "empty lines instead of a request") }
        hasSkippedLine = true
        cursor += lineStart
        lineStart = 0
        searched = 0
    }

    private func field(_ head: Span<UInt8>, _ line: Range<Int>) throws(HTTPFailure) -> HeadFields.Place {
        guard head[line.lowerBound] != 0x20, head[line.lowerBound] != 0x09 else {
            throw HTTPFailure(.badRequest, "a folded line in the head: a field must stand on one line")
        }
        guard let colon = head.firstIndex(of: UInt8(ascii: ":"), in: line) else {
            throw HTTPFailure(.badRequest, "a field without a colon")
        }
        let name = line.lowerBound..<colon
        guard head.consists(name, of: Grammar.isToken) else {
            throw HTTPFailure(.badRequest, "a field name must be a token, with nothing before its colon")
        }
        return HeadFields.Place(name: name, value: head.trimmed(colon + 1..<line.upperBound))
    }

    private mutating func finish(_ head: Span<UInt8>, _ line: RequestLine) throws(HTTPFailure) -> RequestHead
    {
        var copy: [UInt8] = []
        copy.reserveCapacity(head.count)
        copy.append(copying: head)
        let fields = HeadFields(bytes: copy, places: places)
        self = RequestHeadReader(limit: limit)
        return try RequestHead(fields, line: line)
    }
}
