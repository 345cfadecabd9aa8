import Wire

/// What a connection's owner learns from a StreamReader: frames from the buffer and assembled ones are the same here.
enum StreamSample: Equatable {
    case frame([UInt8])
    case failed(StreamFailure)

    static func frame(_ text: String) -> StreamSample { .frame(Array(text.utf8)) }

    /// Reads the bytes as they come in pieces that end at the cuts. Nil: more than an incomplete length was left over.
    static func reading(
        _ bytes: [UInt8],
        as framing: Framing,
        cuts: [Int] = [],
        limit: Int = 1 << 16
    ) -> [StreamSample]? {
        guard var reader = StreamReader(framing, limit: limit) else { return nil }
        var kept: [UInt8] = [], seen: [StreamSample] = [], start = 0
        for end in cuts + [bytes.count] {
            kept += bytes[start..<end]
            start = end
            var cursor = 0
            reading: while true {
                switch reader.next(kept.span, from: &cursor) {
                case .needMore: break reading
                case .frame(let range): seen.append(.frame(Array(kept[range])))
                case .assembled: seen.append(.frame(reader.assembled))
                case .failed(let failure): return seen + [.failed(failure)]
                }
            }
            kept.removeFirst(cursor)
            if kept.count >= 4 { return nil }
        }
        return seen
    }

    /// Reads the bytes at once, byte by byte, and cut in two at every place. Nil: two of these ways saw something
    /// different.
    static func readingEveryWay(
        _ bytes: [UInt8],
        as framing: Framing,
        limit: Int = 1 << 16
    ) -> [StreamSample]? {
        let whole = reading(bytes, as: framing, limit: limit)
        guard reading(bytes, as: framing, cuts: Array(bytes.indices), limit: limit) == whole else {
            return nil
        }
        for cut in bytes.indices where reading(bytes, as: framing, cuts: [cut], limit: limit) != whole {
            return nil
        }
        return whole
    }
}
