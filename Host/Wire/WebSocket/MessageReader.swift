/// Turns one client's bytes into messages. RFC 6455 §5 and §8.1. No I/O, no clock.
///
/// A message that lies whole and unfragmented in the caller's buffer is unmasked there and given as a
/// range: nothing is copied. Any other is put together in `assembled` while it comes, and refused at the
/// first byte that makes it wrong: at its header when it is too long, at the first byte that is not UTF-8.
/// A compressed message is not decompressed here.
package struct MessageReader {
    /// What the bytes held. Ranges are offsets into the caller's bytes, which are unmasked there.
    package enum Event: Equatable {
        /// The cursor stands where reading goes on. The caller keeps `bytes[cursor...]`, at most an
        /// incomplete header or control frame (under 140 bytes), and gives it again with what follows.
        case needMore
        /// A whole message.
        case message(MessageKind, Range<Int>)
        /// A whole message, in `assembled` until the next call of `next`.
        case assembled(MessageKind)
        /// A whole message, compressed: an `Inflater` gives what it says. RFC 7692 §6.
        case deflated(MessageKind, Range<Int>)
        /// A whole message, compressed, in `assembled` until the next call of `next`.
        case assembledDeflated(MessageKind)
        /// To be answered with a pong of the same payload. RFC 6455 §5.5.2.
        case ping(Range<Int>)
        /// An answer to a ping, or unasked. RFC 6455 §5.5.3.
        case pong(Range<Int>)
        /// The client ends the connection; its code may be sent back. All that follows is dropped.
        case close(CloseCode?, reason: Range<Int>)
        /// The client broke the rules; every later call says so again.
        case failed(WebSocketFailure)
    }

    private enum State { case header, payload, closed, failed(WebSocketFailure) }

    /// More capacity than this is given back when a message has been read, so that an idle connection
    /// does not hold on to its longest message.
    private static let keptCapacity = 4096

    /// The message of the last `.assembled`. While one is being put together: what came so far.
    package private(set) var assembled: [UInt8] = []
    private let limit: Int
    /// The longest payload of the message begun or to come, all its fragments together: over the limit while it
    /// is compressed.
    private var longest: Int
    private var missing = 0
    private var mask = Mask(key: 0)
    private var text = UTF8Validator()
    /// The message begun and not ended.
    private var kind: MessageKind?
    private var isCompressed = false
    private let isDeflated: Bool
    private var isFinal = false
    private var isDelivered = false
    private var state = State.header

    /// A reader at the start of a connection.
    ///
    /// - Parameters:
    ///   - limit: the longest message accepted, in bytes, all its fragments together.
    ///   - isDeflated: whether permessage-deflate was agreed on.
    package init(limit: Int, isDeflated: Bool = false) {
        self.limit = limit
        longest = limit
        self.isDeflated = isDeflated
    }

    /// Reads one event from `bytes[cursor...]` and moves `cursor` past what it used.
    package mutating func next(_ bytes: inout MutableSpan<UInt8>, from cursor: inout Int) -> Event {
        if isDelivered { release() }
        while true {
            switch state {
            case .header:
                if let event = readFrame(&bytes, from: &cursor) { return event }
            case .payload:
                if let event = absorb(&bytes, from: &cursor) { return event }
            case .closed:
                cursor = bytes.count
                return .needMore
            case .failed(let failure):
                return .failed(failure)
            }
        }
    }

    /// Reads a header and, where it can be given at once, the whole frame. Nil: a payload follows that
    /// must be absorbed.
    private mutating func readFrame(_ bytes: inout MutableSpan<UInt8>, from cursor: inout Int) -> Event? {
        switch FrameHeader.read(bytes.span, at: cursor, from: .client) {
        case .needMore:
            return .needMore
        case .failed(let failure):
            guard failure == .reservedBits, isDeflated else { return fail(failure) }
            return readDeflatedFrame(&bytes, from: &cursor)
        case .header(let header, let start):
            if header.opcode.isControl {
                guard bytes.count - start >= header.length else { return .needMore }
                cursor = start + header.length
                return control(header, &bytes, in: start..<cursor)
            }
            if let failure = failure(of: header) { return fail(failure) }
            if header.isFinal, kind == nil, bytes.count - start >= header.length {
                cursor = start + header.length
                return message(header, &bytes, in: start..<cursor)
            }
            cursor = start
            begin(header)
            return nil
        }
    }

    private func failure(of header: FrameHeader) -> WebSocketFailure? {
        if header.opcode == .continuation, kind == nil { return .continuationOfNothing }
        if header.opcode != .continuation, kind != nil { return .messageInsideMessage }
        return header.length > longest - assembled.count ? .messageTooBig : nil
    }

    /// As `readFrame`, for the first frame of a compressed message.
    private mutating func readDeflatedFrame(
        _ bytes: inout MutableSpan<UInt8>,
        from cursor: inout Int
    ) -> Event? {
        switch FrameHeader.readDeflated(bytes.span, at: cursor, from: .client) {
        case .needMore:
            return .needMore
        case .failed(let failure):
            return fail(failure)
        case .header(let header, let start):
            guard kind == nil else { return fail(.messageInsideMessage) }
            guard header.length <= deflatedLimit else { return fail(.messageTooBig) }
            guard header.isFinal, bytes.count - start >= header.length else {
                cursor = start
                longest = deflatedLimit
                isCompressed = true
                begin(header)
                return nil
            }
            cursor = start + header.length
            var mask = header.mask
            _ = mask.apply(to: &bytes, in: start..<cursor)
            return .deflated(header.opcode == .text ? .text : .binary, start..<cursor)
        }
    }

    /// What cannot be compressed becomes longer: by an eighth at most, when every byte takes nine bits, and by a
    /// few bytes for each block.
    private var deflatedLimit: Int {
        let (sum, isOver) = limit.addingReportingOverflow(limit / 8 + 256)
        return isOver ? limit : sum
    }

    private mutating func message(
        _ header: FrameHeader,
        _ bytes: inout MutableSpan<UInt8>,
        in range: Range<Int>
    ) -> Event {
        var mask = header.mask
        let isASCII = mask.apply(to: &bytes, in: range)
        guard header.opcode == .text else { return .message(.binary, range) }
        if !isASCII {
            var text = UTF8Validator()
            guard text.accept(bytes.span.extracting(range)), text.isComplete else {
                return fail(.textNotUTF8)
            }
        }
        return .message(.text, range)
    }

    private mutating func control(
        _ header: FrameHeader,
        _ bytes: inout MutableSpan<UInt8>,
        in range: Range<Int>
    ) -> Event {
        var mask = header.mask
        _ = mask.apply(to: &bytes, in: range)
        switch header.opcode {
        case .ping: return .ping(range)
        case .pong: return .pong(range)
        default: return close(bytes.span, in: range)
        }
    }

    private mutating func close(_ bytes: Span<UInt8>, in range: Range<Int>) -> Event {
        guard range.count != 1 else { return fail(.closeOfOneByte) }
        guard range.count >= 2 else {
            end(.closed)
            return .close(nil, reason: range)
        }
        let start = range.lowerBound
        let code = CloseCode(rawValue: UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1]))
        guard code.isSendable else { return fail(.closeCodeNotAllowed) }
        let reason = start + 2..<range.upperBound
        var text = UTF8Validator()
        guard text.accept(bytes.extracting(reason)), text.isComplete else { return fail(.closeReasonNotUTF8) }
        end(.closed)
        return .close(code, reason: reason)
    }

    private mutating func begin(_ header: FrameHeader) {
        if header.opcode != .continuation { kind = header.opcode == .text ? .text : .binary }
        missing = header.length
        mask = header.mask
        isFinal = header.isFinal
        state = .payload
    }

    /// Takes what has come of a frame's payload. Nil: the frame ended, its message did not.
    private mutating func absorb(_ bytes: inout MutableSpan<UInt8>, from cursor: inout Int) -> Event? {
        let range = cursor..<cursor + min(missing, bytes.count - cursor)
        let isASCII = mask.apply(to: &bytes, in: range)
        if kind == .text, !(isASCII && text.isComplete), !isCompressed,
            !text.accept(bytes.span.extracting(range))
        {
            return fail(.textNotUTF8)
        }
        assembled.append(copying: bytes.span.extracting(range))
        cursor = range.upperBound
        missing -= range.count
        guard missing == 0 else { return .needMore }
        state = .header
        guard isFinal, let kind else { return nil }
        guard text.isComplete else { return fail(.textNotUTF8) }
        self.kind = nil
        isDelivered = true
        guard isCompressed else { return .assembled(kind) }
        isCompressed = false
        longest = limit
        return .assembledDeflated(kind)
    }

    private mutating func release() {
        isDelivered = false
        if assembled.capacity > Self.keptCapacity {
            assembled = []
        } else {
            assembled.removeAll(keepingCapacity: true)
        }
    }

    private mutating func fail(_ failure: WebSocketFailure) -> Event {
        end(.failed(failure))
        return .failed(failure)
    }

    private mutating func end(_ last: State) {
        state = last
        assembled = []
    }
}
