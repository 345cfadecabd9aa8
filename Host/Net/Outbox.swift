import Glibc

/// Bytes to be sent to several connections of one loop; made once, held by `Outbox.append(shared:)`.
///
/// `release` must be called exactly once when the last connection has been given it.
package struct SharedBytes {
    fileprivate let block: Block

    /// A copy of `head` followed by `body`.
    package init(_ head: Span<UInt8>, _ body: Span<UInt8>, pool: BlockPool) {
        block = pool.take(head.count + body.count)
        unsafe head.withUnsafeBytes { unsafe block.append($0) }
        unsafe body.withUnsafeBytes { unsafe block.append($0) }
    }

    package func release(to pool: BlockPool) { pool.release(block) }
}

/// The bytes owed to one connection, in order. What was written stays in place until `consume`.
package struct Outbox {
    private struct Segment {
        var block: Block
        var start: Int
        var end: Int
    }

    /// The most segments that one write takes.
    static let mostVectors = 64

    private var segments: [Segment] = []
    private var first = 0

    /// Bytes that were appended and not yet consumed.
    package private(set) var count = 0

    package init() {}

    /// Appends copies; bytes go behind what the last block holds where it is this outbox's alone.
    package mutating func append(_ bytes: Span<UInt8>, pool: BlockPool) {
        unsafe bytes.withUnsafeBytes { unsafe append($0, pool: pool) }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer, pool: BlockPool) {
        guard unsafe !bytes.isEmpty else { return }
        count += bytes.count
        let last = segments.count - 1
        if last >= first {
            let block = segments[last].block
            if !block.isShared, block.room >= bytes.count, segments[last].end == block.count {
                unsafe block.append(bytes)
                segments[last].end = block.count
                return
            }
        }
        let block = pool.take(bytes.count)
        unsafe block.append(bytes)
        segments.append(Segment(block: block, start: 0, end: block.count))
    }

    /// Appends bytes that other connections get too, without copying them.
    package mutating func append(shared: SharedBytes) {
        shared.block.retain()
        segments.append(Segment(block: shared.block, start: 0, end: shared.block.count))
        count += shared.block.count
    }

    /// Forgets the first `written` bytes.
    package mutating func consume(_ written: Int, pool: BlockPool) {
        var left = written
        count -= written
        while left > 0 {
            let size = segments[first].end - segments[first].start
            guard left >= size else {
                segments[first].start += left
                break
            }
            left -= size
            pool.release(segments[first].block)
            first += 1
        }
        if first > Outbox.mostVectors, first * 2 > segments.count {
            segments.removeFirst(first)
            first = 0
        }
        guard first == segments.count else { return }
        // A connection that once owed much gives its table back. One by one: there is one, mostly.
        if segments.capacity <= 8 { while segments.popLast() != nil {} } else { segments = [] }
        first = 0
    }

    /// Forgets everything; must be called before the outbox goes.
    package mutating func clear(pool: BlockPool) {
        for segment in segments[first...] { pool.release(segment.block) }
        segments = []
        first = 0
        count = 0
    }

    /// Fills `vectors` with the first segments; answers how many.
    func gather(_ vectors: UnsafeMutableBufferPointer<iovec>) -> Int {
        let count = min(segments.count - first, vectors.count)
        for index in 0..<count {
            let segment = segments[first + index]
            unsafe vectors[index] = iovec(
                iov_base: segment.block.bytes + segment.start,
                iov_len: segment.end - segment.start
            )
        }
        return count
    }

    /// Appends a copy of the first bytes, at most so many, to `buffer`; `consume` forgets them.
    package func copy(_ most: Int, to buffer: inout [UInt8]) {
        var left = most
        for segment in segments[first...] {
            guard left > 0 else { return }
            let count = min(segment.end - segment.start, left)
            left -= count
            unsafe buffer.append(
                contentsOf: UnsafeRawBufferPointer(start: segment.block.bytes + segment.start, count: count)
            )
        }
    }

    /// A copy of everything owed; for engines without a kernel.
    package func copy() -> [UInt8] {
        var bytes: [UInt8] = []
        for segment in segments[first...] {
            unsafe bytes.append(
                contentsOf: UnsafeRawBufferPointer(
                    start: segment.block.bytes + segment.start,
                    count: segment.end - segment.start
                )
            )
        }
        return bytes
    }
}
