/// Splits a server's bytes into frames: the client's side, for tests, the stage and load tools.
/// RFC 6455 §5.2. It checks headers, not messages: neither UTF-8 nor the order of fragments.
package struct ServerFrameReader {
    /// What the bytes held; the payload's range is one of offsets into them.
    package enum Event: Equatable {
        /// The cursor stands at the frame's start: give it again with what follows.
        case needMore
        /// A whole frame.
        case frame(Opcode, isFinal: Bool, payload: Range<Int>)
        /// The same, and the message that it begins is compressed. RFC 7692 §6.
        case deflated(Opcode, isFinal: Bool, payload: Range<Int>)
        /// The server broke the rules; every later call says so again.
        case failed(WebSocketFailure)
    }

    private let limit: Int
    private let isDeflated: Bool
    private var failure: WebSocketFailure?

    /// - Parameters:
    ///   - limit: the longest payload accepted, in bytes.
    ///   - isDeflated: whether permessage-deflate was agreed on.
    package init(limit: Int, isDeflated: Bool = false) {
        self.limit = limit
        self.isDeflated = isDeflated
    }

    /// Reads one event from `bytes[cursor...]` and moves `cursor` past a frame.
    package mutating func next(_ bytes: Span<UInt8>, from cursor: inout Int) -> Event {
        if let failure { return .failed(failure) }
        var reading = FrameHeader.read(bytes, at: cursor, from: .server), isMarked = false
        if isDeflated, reading == .failed(.reservedBits) {
            reading = FrameHeader.readDeflated(bytes, at: cursor, from: .server)
            isMarked = true
        }
        switch reading {
        case .needMore:
            return .needMore
        case .failed(let failure):
            self.failure = failure
            return .failed(failure)
        case .header(let header, let start):
            guard header.length <= limit else {
                failure = .messageTooBig
                return .failed(.messageTooBig)
            }
            guard bytes.count - start >= header.length else { return .needMore }
            cursor = start + header.length
            return isMarked
                ? .deflated(header.opcode, isFinal: header.isFinal, payload: start..<cursor)
                : .frame(header.opcode, isFinal: header.isFinal, payload: start..<cursor)
        }
    }
}
