/// Reads the body of one request from the bytes that follow its head. RFC 9112 §6, §7.1. No I/O, no clock.
///
/// It keeps nothing: the content is given as ranges of the caller's bytes. Everything else (chunk sizes,
/// extensions, the trailer) is checked and dropped.
package struct BodyReader {
    /// What the bytes held.
    package enum Event: Equatable {
        /// All bytes are used.
        case needMore
        /// Given at most once, before any of the body: the client waits until it reads a 100 (Continue),
        /// see `ResponseHead.appendContinue`, or the final answer. Then goes on like `.needMore`.
        case continueAwaited
        /// The next bytes of the content, never empty.
        case part(Range<Int>)
        /// The body has ended; the cursor stands where the next request begins.
        case end
        /// To be answered, and the connection closed; every later call says so again.
        case failed(HTTPFailure)
    }

    private enum State { case content(left: Int), chunkData(left: Int), lines, ended, failed(HTTPFailure) }

    private var state: State
    private var lines: ChunkLines
    private var isContinueAwaited: Bool

    /// A reader at the end of a head.
    ///
    /// Fails at its first call where the head alone tells that the body is not wanted: 417 for an
    /// expectation that nobody knows, 413 for a Content-Length over the limit.
    ///
    /// - Parameter limit: the longest content accepted, in bytes.
    package init(_ head: RequestHead, limit: Int) {
        lines = ChunkLines(limit: limit)
        isContinueAwaited = head.expectation == .continue
        switch head.body {
        case _ where head.expectation == .unknown:
            state = .failed(
                HTTPFailure(.expectationFailed, "the only expectation known here is 100-continue")
            )
        case .none: state = .ended
        case .length(let length) where length > limit: state = .failed(.bodyTooLarge)
        case .length(let length): state = .content(left: length)
        case .chunked: state = .lines
        }
    }

    /// Reads one event from `bytes[cursor...]` and moves `cursor` past what it used.
    package mutating func next(_ bytes: Span<UInt8>, from cursor: inout Int) -> Event {
        while true {
            switch state {
            case .ended: return .end
            case .failed(let failure): return .failed(failure)
            case _ where cursor >= bytes.count: return waiting()
            case .content(let left):
                let part = take(left, of: bytes, from: &cursor)
                state = part.count == left ? .ended : .content(left: left - part.count)
                return .part(part)
            case .chunkData(let left):
                let part = take(left, of: bytes, from: &cursor)
                state = part.count == left ? .lines : .chunkData(left: left - part.count)
                return .part(part)
            case .lines:
                isContinueAwaited = false
                do throws(HTTPFailure) {
                    let outcome = try lines.take(bytes[cursor])
                    cursor += 1
                    switch outcome {
                    case .more: break
                    case .data(let size): state = .chunkData(left: size)
                    case .end: state = .ended
                    }
                } catch {
                    state = .failed(error)
                }
            }
        }
    }

    /// Who sends the body without waiting needs no 100. RFC 9110 §10.1.1.
    private mutating func waiting() -> Event {
        guard isContinueAwaited else { return .needMore }
        isContinueAwaited = false
        return .continueAwaited
    }

    private mutating func take(_ left: Int, of bytes: Span<UInt8>, from cursor: inout Int) -> Range<Int> {
        isContinueAwaited = false
        let part = cursor..<cursor + min(left, bytes.count - cursor)
        cursor = part.upperBound
        return part
    }
}

extension HTTPFailure {
    static let bodyTooLarge = HTTPFailure(.contentTooLarge, "the body is over the limit")
}
