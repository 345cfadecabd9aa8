import Wire

/// What a connection's owner learns from a MessageReader, without where it learns it from: messages from
/// the buffer and assembled ones are the same here.
enum Seen: Equatable {
    case text([UInt8])
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(CloseCode?, [UInt8])
    case failed(WebSocketFailure)

    static func text(_ text: String) -> Seen { .text(Array(text.utf8)) }

    /// Reads the bytes as they come in pieces that end at the cuts; what is left over is kept as a
    /// connection keeps it, and must be short.
    static func reading(
        _ bytes: [UInt8],
        cuts: [Int] = [],
        limit: Int = 1 << 16,
        isDeflated: Bool = false
    ) -> [Seen] {
        var reader = MessageReader(limit: limit, isDeflated: isDeflated)
        let inflating = Inflating(limit: limit)
        var kept: [UInt8] = [], seen: [Seen] = [], start = 0
        for end in cuts + [bytes.count] {
            kept += bytes[start..<end]
            start = end
            var cursor = 0
            while let event = next(&reader, &kept, &cursor, inflating) {
                seen.append(event)
                if case .failed = event { return seen }
            }
            kept.removeFirst(cursor)
            if kept.count >= 140 { return seen + [.binary([])] }
        }
        return seen
    }

    /// Reads the bytes at once, byte by byte, and cut in two at every place (at 64 places of long ones).
    /// Nil: two of these ways saw something different.
    static func readingEveryWay(
        _ bytes: [UInt8],
        limit: Int = 1 << 16,
        isDeflated: Bool = false
    ) -> [Seen]? {
        let whole = reading(bytes, limit: limit, isDeflated: isDeflated)
        let single = reading(bytes, cuts: Array(bytes.indices), limit: limit, isDeflated: isDeflated)
        guard single == whole else { return nil }
        for cut in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 64))
        where reading(bytes, cuts: [cut], limit: limit, isDeflated: isDeflated) != whole {
            return nil
        }
        return whole
    }

    private static func next(
        _ reader: inout MessageReader,
        _ bytes: inout [UInt8],
        _ cursor: inout Int,
        _ inflating: Inflating
    ) -> Seen? {
        var span = bytes.mutableSpan
        let event = reader.next(&span, from: &cursor)
        return switch event {
        case .needMore: nil
        case .message(.text, let range): .text(Array(bytes[range]))
        case .message(.binary, let range): .binary(Array(bytes[range]))
        case .assembled(.text): .text(reader.assembled)
        case .assembled(.binary): .binary(reader.assembled)
        case .deflated(let kind, let range): inflating.seen(kind, bytes.span.extracting(range))
        case .assembledDeflated(let kind): inflating.seen(kind, reader.assembled.span)
        case .ping(let range): .ping(Array(bytes[range]))
        case .pong(let range): .pong(Array(bytes[range]))
        case .close(let code, let range): .close(code, Array(bytes[range]))
        case .failed(let failure): .failed(failure)
        }
    }
}

/// What a connection does with compressed messages.
private struct Inflating {
    let inflater = Inflater(keepsContext: true)
    let limit: Int

    func seen(_ kind: MessageKind, _ compressed: Span<UInt8>) -> Seen {
        var message: [UInt8] = []
        return switch inflater.inflate(compressed, as: kind, limit: limit, into: &message) {
        case .message: kind == .text ? .text(message) : .binary(message)
        case .failed(let failure): .failed(failure)
        }
    }
}

/// A masked frame, right or wrong: the first byte as given, the length in the shortest form.
func frame(_ first: UInt8, _ payload: [UInt8], mask: UInt32 = 0x3d21_fa37) -> [UInt8] {
    var bytes: [UInt8] = []
    ClientFrameWriter.append(.text, payload.span, mask: mask, to: &bytes)
    bytes[0] = first
    return bytes
}

func frame(_ first: UInt8, _ text: String) -> [UInt8] { frame(first, Array(text.utf8)) }
