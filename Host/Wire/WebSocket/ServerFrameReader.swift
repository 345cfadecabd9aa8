/// Splits a server's bytes into frames: the client's side, for tests, the stage and load tools.
/// RFC 6455 §5.2. It checks headers, not messages: neither UTF-8 nor the order of fragments.
package struct ServerFrameReader {
    /// What the bytes held; the payload's range is one of offsets into them.
    package enum Event: Equatable {
        /// The cursor stands at the frame's start: give it again with what follows.
        case needMore
        /// A whole frame.
        case frame(Opcode, isFinal: Bool, payload: Range<Int>)
        /// The server broke the rules; every later call says so again.
        case failed(WebSocketFailure)
    }

    private let limit: Int
    private var failure: WebSocketFailure?

    /// - Parameter limit: the longest payload accepted, in bytes.
    package init(limit: Int) { self.limit = limit }

    /// Reads one event from `bytes[cursor...]` and moves `cursor` past a frame.
    package mutating func next(_ bytes: Span<UInt8>, from cursor: inout Int) -> Event {
        if let failure { return .failed(failure) }
        switch FrameHeader.read(bytes, at: cursor, from: .server) {
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
            return .frame(header.opcode, isFinal: header.isFinal, payload: start..<cursor)
        }
    }
}
