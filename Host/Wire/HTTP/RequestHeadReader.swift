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
            guard let end = try HeadLines.end(of: window, searched: &searched) else {
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
                    places.append(try HeadLines.field(window, range))
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

    /// Some clients send an empty line after a body; one is passed over. RFC 9112 §2.2.
    private mutating func skipLine(_ cursor: inout Int) throws(HTTPFailure) {
        guard !hasSkippedLine else { throw HTTPFailure(.badRequest, "empty lines instead of a request") }
        hasSkippedLine = true
        cursor += lineStart
        lineStart = 0
        searched = 0
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
