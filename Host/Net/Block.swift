/// A piece of memory that holds bytes on their way out, shared by all the outboxes that owe them.
///
/// Blocks belong to one loop: counting and pooling take no locks. They never move, so bytes may be appended
/// behind those that a write in flight is reading.
@safe struct Block {
    private struct Header {
        var references: Int32
        var count: Int32
        var capacity: Int32
    }

    private static let headerSize = 16
    private let memory: UnsafeMutableRawPointer

    init(capacity: Int) {
        unsafe memory = UnsafeMutableRawPointer.allocate(
            byteCount: Block.headerSize + capacity,
            alignment: 16
        )
        unsafe header.initialize(to: Header(references: 1, count: 0, capacity: Int32(capacity)))
    }

    private var header: UnsafeMutablePointer<Header> { unsafe memory.assumingMemoryBound(to: Header.self) }

    var bytes: UnsafeMutableRawPointer { unsafe memory + Block.headerSize }
    var count: Int { Int(unsafe header.pointee.count) }
    var capacity: Int { Int(unsafe header.pointee.capacity) }
    var room: Int { capacity - count }
    var isShared: Bool { unsafe header.pointee.references > 1 }

    func append(_ source: UnsafeRawBufferPointer) {
        guard let base = source.baseAddress else { return }
        precondition(source.count <= room, "a block was given more than it holds")
        unsafe (bytes + count).copyMemory(from: base, byteCount: source.count)
        unsafe header.pointee.count += Int32(source.count)
    }

    func retain() { unsafe header.pointee.references += 1 }

    /// True when that was the last reference: the caller frees it or puts it into its pool.
    func release() -> Bool {
        unsafe header.pointee.references -= 1
        return unsafe header.pointee.references == 0
    }

    func reuse() { unsafe header.initialize(to: Header(references: 1, count: 0, capacity: Int32(capacity))) }

    func free() { unsafe memory.deallocate() }
}

/// A loop's blocks: those of the usual size are kept for the next use, newest first, while they are few.
package final class BlockPool {
    static let usualCapacity = 4096 - 16
    private static let kept = 1024
    private var idle: [Block] = []

    package init() {}

    deinit { for block in idle { block.free() } }

    func take(_ capacity: Int) -> Block {
        guard capacity <= BlockPool.usualCapacity else { return Block(capacity: capacity) }
        guard let block = idle.popLast() else { return Block(capacity: BlockPool.usualCapacity) }
        block.reuse()
        return block
    }

    func release(_ block: Block) {
        guard block.release() else { return }
        if block.capacity == BlockPool.usualCapacity, idle.count < BlockPool.kept {
            idle.append(block)
        } else {
            block.free()
        }
    }
}
