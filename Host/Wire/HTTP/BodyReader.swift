package struct BodyReader {
    package enum Event: Equatable {
        case needMore
        case bytes(Range<Int>)
        case end
        case failed(HTTPFailure)
    }
    private var left: Int
    package init(_ body: RequestHead.Body, limit: Int) {
        if case .length(let count) = body { left = count } else { left = 0 }
    }
    package mutating func next(_ bytes: Span<UInt8>, from cursor: inout Int) -> Event {
        guard left > 0 else { return .end }
        guard cursor < bytes.count else { return .needMore }
        let count = min(left, bytes.count - cursor)
        defer { cursor += count; left -= count }
        return .bytes(cursor..<cursor + count)
    }
}
