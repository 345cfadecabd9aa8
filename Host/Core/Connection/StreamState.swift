import Wire

/// The frames of a connection that is no WebSocket.
final class StreamState {
    let framing: Framing
    /// Nil: the plugin divides the stream itself.
    var reader: StreamReader?
    private let framer: Framer?
    /// No frame has come yet.
    var isFirst = true

    private let limit: Int

    init(_ framing: Framing, _ framer: Framer?, limit: Int) {
        self.framing = framing
        self.framer = framer
        self.limit = limit
        reader = StreamReader(framing, limit: limit)
    }

    /// What stands around a message of the plugin's own frames is not longer.
    private static let longestEnvelope = 4096

    /// Reads one event from `bytes[cursor...]`; see `StreamReader`.
    func next(_ bytes: Span<UInt8>, from cursor: inout Int) -> StreamReader.Event {
        guard reader == nil else { return reader?.next(bytes, from: &cursor) ?? .needMore }
        guard let framer, cursor < bytes.count else { return .needMore }
        switch framer.read(bytes.extracting(cursor...)) {
        case .message(let range, let used):
            let start = cursor
            cursor += used
            guard range.count <= limit else { return .failed(.tooLong) }
            return .frame(start + range.lowerBound..<start + range.upperBound)
        case .needMore:
            return bytes.count - cursor > limit + Self.longestEnvelope ? .failed(.tooLong) : .needMore
        case .wrong:
            return .failed(.notAFrame)
        }
    }
}
