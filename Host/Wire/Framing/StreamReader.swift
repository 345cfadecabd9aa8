/// Divides one connection's bytes into frames. No I/O, no clock.
///
/// A frame that lies whole in the caller's buffer is given as a range: nothing is copied. Any other is put
/// together in `assembled` while it comes, and refused as soon as it is known to be wrong: at its length, or
/// at the first byte over the limit.
package struct StreamReader {
    /// What the bytes held. Ranges are offsets into the caller's bytes.
    package enum Event: Equatable {
        /// The cursor stands where reading goes on. The caller keeps `bytes[cursor...]`, at most an
        /// incomplete length (under 4 bytes), and gives it again with what follows.
        case needMore
        /// The payload of a whole frame.
        case frame(Range<Int>)
        /// A whole payload, in `assembled` until the next call of `next`.
        case assembled
        /// The peer broke the rules; every later call says so again.
        case failed(StreamFailure)
    }

    /// Where a frame behind a length is; a line is begun when there is something assembled.
    private enum State { case start, payload(missing: Int), trailer }

    /// More capacity than this is given back when a frame has been read, so that an idle connection
    /// does not hold on to its longest frame.
    private static let keptCapacity = 4096

    /// The payload of the last `.assembled`. While one is being put together: what came so far.
    package private(set) var assembled: [UInt8] = []
    private let framing: Framing
    private let limit: Int
    private var isDelivered = false
    private var state = State.start
    private var failure: StreamFailure?

    /// A reader at the start of a connection. Nil: the plugin reads its stream itself.
    ///
    /// - Parameter limit: the longest payload accepted, in bytes. A length that a peer means to be negative
    ///   is an enormous one here, and over any limit below 2 GiB.
    package init?(_ framing: Framing, limit: Int) {
        guard framing != .plugin else { return nil }
        self.framing = framing
        self.limit = limit
    }

    /// Reads one event from `bytes[cursor...]` and moves `cursor` past what it used.
    package mutating func next(_ bytes: Span<UInt8>, from cursor: inout Int) -> Event {
        if let failure { return .failed(failure) }
        if isDelivered { release() }
        do throws(StreamFailure) {
            while true {
                if let event = try step(bytes, &cursor) { return event }
            }
        } catch {
            failure = error
            assembled = []
            return .failed(error)
        }
    }

    /// Goes one state further. Nil: and then on.
    private mutating func step(_ bytes: Span<UInt8>, _ cursor: inout Int) throws(StreamFailure) -> Event? {
        switch framing {
        case .length(let prefix): try frame(prefix, bytes, &cursor)
        case .delimiter(let delimiter): try line(delimiter, bytes, &cursor)
        case .plugin: .needMore  // has no reader
        }
    }

    private mutating func frame(
        _ prefix: Framing.LengthPrefix,
        _ bytes: Span<UInt8>,
        _ cursor: inout Int
    ) throws(StreamFailure) -> Event? {
        switch state {
        case .start: try begin(prefix, bytes, &cursor)
        case .payload(let missing): absorb(missing, bytes, &cursor)
        case .trailer: try end(prefix, bytes, &cursor)
        }
    }

    /// Reads a length and, where it lies whole in the bytes, the frame.
    private mutating func begin(
        _ prefix: Framing.LengthPrefix,
        _ bytes: Span<UInt8>,
        _ cursor: inout Int
    ) throws(StreamFailure) -> Event? {
        guard bytes.count - cursor >= prefix.width.rawValue else { return .needMore }
        let length = prefix.payload(bytes, at: cursor)
        guard length >= 0 else { throw .lengthTooSmall }
        guard length <= limit else { throw .tooLong }
        guard length > 0 || prefix.empty != .refused else { throw .empty }
        cursor += prefix.width.rawValue
        let start = cursor
        guard bytes.count - start >= length + (prefix.trailer == nil ? 0 : 1) else {
            state = .payload(missing: length)
            return nil
        }
        cursor += length
        try check(prefix.trailer, bytes, &cursor)
        return length == 0 && prefix.empty == .skipped ? nil : .frame(start..<start + length)
    }

    /// Takes what has come of a payload.
    private mutating func absorb(_ missing: Int, _ bytes: Span<UInt8>, _ cursor: inout Int) -> Event? {
        let range = cursor..<cursor + min(missing, bytes.count - cursor)
        assembled.append(copying: bytes.extracting(range))
        cursor = range.upperBound
        let isWhole = range.count == missing
        state = isWhole ? .trailer : .payload(missing: missing - range.count)
        return isWhole ? nil : .needMore
    }

    /// Ends a frame that was put together.
    private mutating func end(
        _ prefix: Framing.LengthPrefix,
        _ bytes: Span<UInt8>,
        _ cursor: inout Int
    ) throws(StreamFailure) -> Event? {
        guard prefix.trailer == nil || cursor < bytes.count else { return .needMore }
        try check(prefix.trailer, bytes, &cursor)
        state = .start
        return deliver(unless: prefix.empty == .skipped)
    }

    private func check(
        _ trailer: Framing.Trailer?,
        _ bytes: Span<UInt8>,
        _ cursor: inout Int
    ) throws(StreamFailure) {
        guard let trailer else { return }
        guard bytes[cursor] == trailer.byte || !trailer.isChecked else { throw .wrongTrailer }
        cursor += 1
    }

    /// Reads up to a delimiter, or takes what there is of a payload.
    private mutating func line(
        _ delimiter: Framing.Delimiter,
        _ bytes: Span<UInt8>,
        _ cursor: inout Int
    ) throws(StreamFailure) -> Event? {
        let start = cursor
        guard let found = bytes.firstIndex(of: delimiter.byte, in: start..<bytes.count) else {
            try grow(delimiter, bytes.extracting(start...))
            cursor = bytes.count
            return .needMore
        }
        cursor = found + 1
        if !assembled.isEmpty {
            try grow(delimiter, bytes.extracting(start..<found))
            if delimiter.dropsReturn, assembled.last == 0x0d { assembled.removeLast() }
            try check(assembled.count, delimiter)
            return deliver(unless: delimiter.empty == .skipped)
        }
        let hasReturn = delimiter.dropsReturn && found > start && bytes[found - 1] == 0x0d
        let range = start..<(hasReturn ? found - 1 : found)
        try check(range.count, delimiter)
        return range.isEmpty && delimiter.empty == .skipped ? nil : .frame(range)
    }

    /// Adds to a line. One byte over the limit may still turn out to be the CR before the delimiter.
    private mutating func grow(
        _ delimiter: Framing.Delimiter,
        _ bytes: Span<UInt8>
    ) throws(StreamFailure) {
        guard bytes.count > 0 else { return }
        let count = assembled.count + bytes.count
        let isReturn = delimiter.dropsReturn && bytes[bytes.count - 1] == 0x0d
        guard count <= (isReturn ? limit + 1 : limit) else { throw .tooLong }
        assembled.append(copying: bytes)
    }

    private func check(_ count: Int, _ delimiter: Framing.Delimiter) throws(StreamFailure) {
        guard count <= limit else { throw .tooLong }
        guard count > 0 || delimiter.empty != .refused else { throw .empty }
    }

    private mutating func deliver(unless isSkipped: Bool) -> Event? {
        if isSkipped, assembled.isEmpty { return nil }
        isDelivered = true
        return .assembled
    }

    private mutating func release() {
        isDelivered = false
        if assembled.capacity > Self.keptCapacity {
            assembled = []
        } else {
            assembled.removeAll(keepingCapacity: true)
        }
    }
}
