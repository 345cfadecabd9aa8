/// Splits what a server answers into responses; lenient, for it is our own server that answers.
struct ResponseReader {
    enum Event {
        case head(status: Int, fields: [Transcript.Header])
        case part([UInt8])
        case end
    }

    private enum State {
        case head
        case bytes(left: Int)
        case chunkSize
        case chunkEnd
    }

    private var arrived: [UInt8] = []
    private var state = State.head

    /// Whether the answer ends with its head, as one to HEAD does.
    private let isBodiless: Bool

    init(isBodiless: Bool = false) { self.isBodiless = isBodiless }

    mutating func receive(_ bytes: [UInt8]) { arrived += bytes }

    /// Nil: more bytes are needed.
    mutating func next() -> Event? {
        switch state {
        case .head: readHead()
        case .bytes(0): end()
        case .bytes(let left): take(left)
        case .chunkSize: readChunk()
        case .chunkEnd: readChunkEnd()
        }
    }

    private var isChunked = false

    private mutating func readHead() -> Event? {
        guard let end = arrived.firstPlace(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: arrived[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        arrived.removeFirst(end.upperBound)
        let words = lines[0].split(separator: " ")
        let status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        let length = lines.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) }
        isChunked = lines.contains("Transfer-Encoding: chunked")
        state = isChunked ? .chunkSize : .bytes(left: length ?? 0)
        if isBodiless || status == 304 { state = .bytes(left: 0) }
        return .head(status: status, fields: lines.dropFirst().map(Self.field))
    }

    private static func field(_ line: Substring) -> Transcript.Header {
        let name = line.prefix { $0 != ":" }
        return Transcript.Header(name: String(name), value: String(line.dropFirst(name.count + 1).trimmed))
    }

    private mutating func end() -> Event? {
        state = .head
        return .end
    }

    private mutating func take(_ left: Int) -> Event? {
        guard !arrived.isEmpty else { return nil }
        let part = Array(arrived.prefix(left))
        arrived.removeFirst(part.count)
        state = isChunked && part.count == left ? .chunkEnd : .bytes(left: left - part.count)
        return .part(part)
    }

    private mutating func readChunk() -> Event? {
        guard let end = arrived.firstPlace(of: [0x0d, 0x0a]) else { return nil }
        let size = Int(String(decoding: arrived[..<end.lowerBound], as: UTF8.self), radix: 16) ?? 0
        if size > 0 {
            arrived.removeFirst(end.upperBound)
            state = .bytes(left: size)
            return next()
        }
        guard arrived.count >= end.upperBound + 2 else { return nil }
        arrived.removeFirst(end.upperBound + 2)
        return self.end()
    }

    private mutating func readChunkEnd() -> Event? {
        guard arrived.count >= 2 else { return nil }
        arrived.removeFirst(2)
        state = .chunkSize
        return readChunk()
    }
}

extension [UInt8] {
    /// Where `part` stands first.
    fileprivate func firstPlace(of part: [UInt8]) -> Range<Int>? {
        let start = indices.first { self[$0...].starts(with: part) }
        return start.map { $0..<$0 + part.count }
    }
}
