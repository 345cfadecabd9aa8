import Testing

@testable import Net

@Suite struct BlockPoolTests {
    @Test func `a block that came back is the next one given, empty and unshared`() {
        let pool = BlockPool()
        let first = pool.take(10)
        unsafe [1, 2, 3].withUnsafeBytes { unsafe first.append($0) }
        first.retain()
        pool.release(first)
        pool.release(first)
        let second = pool.take(BlockPool.usualCapacity)
        #expect(second.address == first.address)
        #expect(second.count == 0 && second.room == BlockPool.usualCapacity && !second.isShared)
        pool.release(second)
    }

    @Test func `a block is kept back as long as anybody holds it`() {
        let pool = BlockPool()
        let held = pool.take(1)
        held.retain()
        #expect(held.isShared)
        pool.release(held)
        #expect(!held.isShared)
        let other = pool.take(1)
        #expect(other.address != held.address)
        pool.release(held)
        pool.release(other)
    }

    @Test(arguments: [(1, 4080), (4080, 4080), (4081, 4081), (1 << 20, 1 << 20)])
    func `a block holds the usual or, if that is too little, exactly what was asked for`(
        asked: Int,
        held: Int
    ) {
        let pool = BlockPool()
        let block = pool.take(asked)
        #expect(block.capacity == held && block.room == held)
        pool.release(block)
    }

    @Test func `only blocks of the usual size are kept`() {
        let pool = BlockPool()
        let stock = BlockStock(pool)
        pool.release(pool.take(BlockPool.usualCapacity + 1))
        #expect(stock.isComplete())
    }

    @Test func `a burst larger than what is kept is freed`() {
        let pool = BlockPool()
        let blocks = (0..<1500).map { _ in pool.take(1) }
        for block in blocks { pool.release(block) }
        // Newest first, as far as they were kept: the 1024th to come back is the first to go out again.
        let again = pool.take(1)
        #expect(again.address == blocks[1023].address)
        pool.release(again)
    }

    @Test func `a block that is given more than it holds stops the process`() async {
        await #expect(processExitsWith: .failure) {
            let block = Block(capacity: 4)
            unsafe [1, 2, 3, 4, 5].withUnsafeBytes { unsafe block.append($0) }
        }
    }
}

/// A pool's blocks, all known by their places: shows that what was taken has come back, each once.
struct BlockStock {
    private static let count = 1000
    private let pool: BlockPool
    private let places: Set<UInt>

    /// Fills the pool with more blocks than a test will use at a time.
    init(_ pool: BlockPool) {
        self.pool = pool
        places = BlockStock.places(pool)
    }

    /// A block that was not given back would be missing here; one that was freed twice would be here twice.
    func isComplete() -> Bool { places.count == BlockStock.count && BlockStock.places(pool) == places }

    private static func places(_ pool: BlockPool) -> Set<UInt> {
        let blocks = (0..<count).map { _ in pool.take(1) }
        for block in blocks { pool.release(block) }
        return Set(blocks.map(\.address))
    }
}

extension Block {
    var address: UInt { unsafe UInt(bitPattern: bytes) }
}
