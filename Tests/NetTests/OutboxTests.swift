import Glibc
import Testing

@testable import Net

@Suite struct OutboxTests {
    private let pool = BlockPool()

    @Test func `an outbox owes what was appended, in order`() {
        var outbox = Outbox()
        let none: [UInt8] = []
        outbox.append([1, 2].span, pool: pool)
        outbox.append(none.span, pool: pool)
        outbox.append(shared: [3, 4], pool: pool)
        outbox.append([5].span, pool: pool)
        #expect(outbox.copy() == [1, 2, 3, 4, 5])
        #expect(outbox.count == 5)
        outbox.clear(pool: pool)
    }

    @Test(
        arguments: [
            (0, [1, 2, 3, 4, 5, 6]), (1, [2, 3, 4, 5, 6]), (2, [3, 4, 5, 6]), (3, [4, 5, 6]), (5, [6]),
            (6, []),
        ] as [(Int, [UInt8])]
    )
    func `what was consumed is owed no more, wherever it ends in a block`(count: Int, rest: [UInt8]) {
        var outbox = Outbox()
        outbox.append([1, 2].span, pool: pool)
        outbox.append(shared: [3, 4], pool: pool)
        outbox.append([5, 6].span, pool: pool)
        outbox.consume(count, pool: pool)
        #expect(outbox.copy() == rest)
        #expect(outbox.count == rest.count)
        #expect(outbox.gathered() == rest)
        outbox.clear(pool: pool)
    }

    @Test func `small pieces share a block, which fills to its last byte`() {
        var outbox = Outbox()
        let piece = [UInt8](repeating: 1, count: BlockPool.usualCapacity / 8)
        for _ in 0..<8 { outbox.append(piece.span, pool: pool) }
        #expect(outbox.vectors().count == 1)
        outbox.append([2].span, pool: pool)
        #expect(outbox.vectors().map(\.count) == [BlockPool.usualCapacity, 1])
        outbox.clear(pool: pool)
    }

    @Test func `a piece larger than a block is one block of its size`() {
        var outbox = Outbox()
        outbox.append([UInt8](repeating: 1, count: BlockPool.usualCapacity + 1).span, pool: pool)
        outbox.append([2].span, pool: pool)
        #expect(outbox.vectors().map(\.count) == [BlockPool.usualCapacity + 1, 1])
        outbox.clear(pool: pool)
    }

    @Test func `bytes do not move when others are appended or the first are consumed`() {
        var outbox = Outbox()
        outbox.append([1, 2, 3, 4].span, pool: pool)
        let before = outbox.vectors()
        outbox.consume(1, pool: pool)
        outbox.append([5].span, pool: pool)
        let after = outbox.vectors()
        #expect(before.map(\.address) == after.map { $0.address - 1 })
        #expect(after.map(\.count) == [4])
        outbox.clear(pool: pool)
    }

    @Test func `shared bytes lie in one place for all who owe them, and nobody writes behind them`() {
        var one = Outbox(), other = Outbox()
        let shared = SharedBytes([1], [2, 3], pool: pool)
        one.append(shared: shared)
        other.append(shared: shared)
        shared.release(to: pool)
        #expect(one.vectors() == other.vectors())
        one.append([4].span, pool: pool)
        other.append([5].span, pool: pool)
        #expect(one.copy() == [1, 2, 3, 4])
        #expect(other.copy() == [1, 2, 3, 5])
        one.clear(pool: pool)
        #expect(other.copy() == [1, 2, 3, 5])
        other.clear(pool: pool)
    }

    @Test func `nobody writes behind bytes that are still being handed round`() {
        var one = Outbox(), other = Outbox()
        let shared = SharedBytes([1], [2], pool: pool)
        one.append(shared: shared)
        one.append([3].span, pool: pool)
        other.append(shared: shared)
        shared.release(to: pool)
        #expect(one.copy() == [1, 2, 3])
        #expect(other.copy() == [1, 2])
        one.clear(pool: pool)
        other.clear(pool: pool)
    }

    @Test func `one that owes the same bytes twice owes them twice`() {
        var outbox = Outbox()
        let shared = SharedBytes([], [1, 2], pool: pool)
        outbox.append(shared: shared)
        outbox.append(shared: shared)
        shared.release(to: pool)
        outbox.append([3].span, pool: pool)
        outbox.consume(2, pool: pool)
        outbox.append([4].span, pool: pool)
        #expect(outbox.copy() == [1, 2, 3, 4])
        outbox.clear(pool: pool)
    }

    @Test(arguments: [1, 63, 64, 65, 200])
    func `one write takes at most 64 segments, the first ones`(segments: Int) {
        var outbox = Outbox()
        for index in 0..<segments { outbox.append(shared: [UInt8(index)], pool: pool) }
        #expect(outbox.gathered() == (0..<min(segments, 64)).map { UInt8($0) })
        outbox.consume(min(segments, 64), pool: pool)
        #expect(outbox.gathered() == (min(segments, 64)..<min(segments, 128)).map { UInt8($0) })
        outbox.clear(pool: pool)
    }

    @Test func `an outbox that was cleared can be used again`() {
        var outbox = Outbox()
        outbox.append([1, 2, 3].span, pool: pool)
        outbox.consume(1, pool: pool)
        outbox.clear(pool: pool)
        outbox.clear(pool: pool)
        #expect(outbox.count == 0 && outbox.copy().isEmpty && outbox.gathered().isEmpty)
        outbox.append([4].span, pool: pool)
        #expect(outbox.copy() == [4])
        outbox.clear(pool: pool)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `outboxes owe what plain arrays would, and every block comes back once`(seed: UInt64) {
        let stock = BlockStock(pool)
        var random = SplitMix(seed)
        var pairs = [OwedPair](repeating: OwedPair(), count: 4)
        for _ in 0..<1500 {
            let which = Int.random(in: pairs.indices, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3: pairs[which].append(random.bytes(below: 200), pool)
            case 3: pairs[which].append(random.bytes(below: 9000), pool)
            case 4..<6: appendShared(random.bytes(below: 5000), to: &pairs, &random)
            case 6..<9: pairs[which].consume(random.count(upTo: pairs[which].owed.count), pool)
            default: if random.next() % 8 == 0 { pairs[which].clear(pool) }
            }
            #expect(pairs[which].isRight)
        }
        #expect(pairs.allSatisfy { $0.isRight })
        for which in pairs.indices { pairs[which].clear(pool) }
        #expect(stock.isComplete())
    }

    private func appendShared(_ bytes: [UInt8], to pairs: inout [OwedPair], _ random: inout SplitMix) {
        let cut = random.count(upTo: bytes.count)
        let shared = SharedBytes(Array(bytes[..<cut]), Array(bytes[cut...]), pool: pool)
        for which in pairs.indices where random.next() % 2 == 0 {
            pairs[which].outbox.append(shared: shared)
            pairs[which].owed += bytes
        }
        shared.release(to: pool)
    }
}

/// An outbox, and the plain array that it must be equal to.
private struct OwedPair {
    var outbox = Outbox()
    var owed: [UInt8] = []

    var isRight: Bool {
        let gathered = outbox.gathered()
        let isWhole = outbox.vectors().count < Outbox.mostVectors
        return outbox.count == owed.count && outbox.copy().isSame(as: owed)
            && owed.begins(with: gathered) && (!isWhole || gathered.count == owed.count)
    }

    mutating func append(_ bytes: [UInt8], _ pool: BlockPool) {
        outbox.append(bytes.span, pool: pool)
        owed += bytes
    }

    mutating func consume(_ count: Int, _ pool: BlockPool) {
        outbox.consume(count, pool: pool)
        owed.removeFirst(count)
    }

    mutating func clear(_ pool: BlockPool) {
        outbox.clear(pool: pool)
        owed = []
    }
}

/// A segment as the kernel is told of it.
struct Vector: Equatable {
    let address: UInt
    let count: Int
}

extension SharedBytes {
    fileprivate init(_ head: [UInt8], _ body: [UInt8], pool: BlockPool) {
        self.init(head.span, body.span, pool: pool)
    }
}

extension Outbox {
    /// Appends bytes that were made for several.
    mutating func append(shared bytes: [UInt8], pool: BlockPool) {
        let shared = SharedBytes([], bytes, pool: pool)
        append(shared: shared)
        shared.release(to: pool)
    }

    /// What one write would take.
    func vectors() -> [Vector] {
        unsafe withVectors { vectors in
            unsafe vectors.map { unsafe Vector(address: UInt(bitPattern: $0.iov_base), count: $0.iov_len) }
        }
    }

    /// The bytes that one write would take.
    func gathered() -> [UInt8] {
        unsafe withVectors { vectors in
            unsafe vectors.flatMap { vector in
                unsafe [UInt8](UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len))
            }
        }
    }

    private func withVectors<Result>(_ body: (UnsafeMutableBufferPointer<iovec>.SubSequence) -> Result)
        -> Result
    {
        let vectors = UnsafeMutableBufferPointer<iovec>.allocate(capacity: Outbox.mostVectors)
        defer { unsafe vectors.deallocate() }
        let count = unsafe gather(vectors)
        return unsafe body(vectors[..<count])
    }
}
