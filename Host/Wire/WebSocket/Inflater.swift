/// How a compressed message ended.
package enum InflateOutcome: Equatable {
    /// It is whole, and valid UTF-8 if it is a text.
    case message
    /// The connection fails: it is over the limit, not UTF-8, or no DEFLATE.
    case failed(WebSocketFailure)
}

/// Decompresses messages, each whole. RFC 7692 §7.2.2.
///
/// One that keeps no context serves all connections whose client keeps none: what such a client sends is read
/// with a window of 15 bits, whatever was agreed on. One that keeps it belongs to a connection.
///
/// It takes 7 KB and, from the first message on, the window: 0.5 KB at 9 bits, 4 KB at 12, 32 KB at 15.
package final class Inflater {
    private static let tail: [UInt8] = [0x00, 0x00, 0xff, 0xff]

    private let stream: InflateStream
    private let keepsContext: Bool

    /// - Parameters:
    ///   - windowBits: 8 to 15, at least as many as the sender's.
    ///   - keepsContext: whether a message may refer to those before it.
    package init(windowBits: UInt8 = 15, keepsContext: Bool = false) {
        stream = InflateStream(windowBits: windowBits)
        self.keepsContext = keepsContext
    }

    /// Decompresses a message.
    ///
    /// - Parameters:
    ///   - compressed: its payload, all fragments together.
    ///   - limit: the longest message accepted, in bytes. Nothing is decompressed beyond it, however much the
    ///     payload would give.
    ///   - message: is emptied, and then holds it; of no meaning after a failure.
    package func inflate(
        _ compressed: Span<UInt8>,
        as kind: MessageKind,
        limit: Int,
        into message: inout [UInt8]
    ) -> InflateOutcome {
        message.removeAll(keepingCapacity: true)
        let failure = failure(compressed, kind, limit, &message)
        if !keepsContext || failure != nil { stream.reset() }
        return failure.map { .failed($0) } ?? .message
    }

    private func failure(
        _ compressed: Span<UInt8>,
        _ kind: MessageKind,
        _ limit: Int,
        _ message: inout [UInt8]
    ) -> WebSocketFailure? {
        var ending = stream.decode(compressed, limit: limit, into: &message)
        // A sender should put an empty block after one with BFINAL set (RFC 7692 §7.2.3.4). One that does not has
        // said all the same that its message is over, and the tail would begin a block that never ends.
        if ending == .taken, !stream.isAtEnd {
            ending = stream.decode(Self.tail.span, limit: limit, into: &message)
            if ending == .taken, !stream.isBetweenBlocks { ending = .wrong }
        }
        switch ending {
        case .tooMuch: return .messageTooBig
        case .wrong: return .notDeflate
        case .taken: break
        }
        guard kind == .text else { return nil }
        var text = UTF8Validator()
        return text.accept(message.span) && text.isComplete ? nil : .textNotUTF8
    }
}
