/// What happened, as an engine reports it.
package enum Completion {
    /// A peer connected; `adopt` or `refuse` its descriptor.
    case accepted(listener: Int, descriptor: Int32, peer: SocketAddress)
    /// The listener cannot accept for want of descriptors or memory, and is paused.
    case acceptFailed(listener: Int, SystemError)
    /// Bytes are in the engine's buffer: see `withInput`.
    case received(slot: Int, count: Int)
    /// The peer sent its last byte (nil) or the connection failed.
    case ended(slot: Int, SystemError?)
    /// The write of `slot` is done: so many bytes are out, and another write may be submitted.
    case written(slot: Int, count: Int)
    /// Nothing of `slot` is in flight any more: its outbox may be cleared and the slot used again.
    case removed(slot: Int)
    /// The descriptor that `detach` let go of, for another engine to adopt; the slot may be used again.
    case detached(slot: Int, descriptor: Int32)
    /// Another thread called `wake`.
    case woken
    /// Nothing more at the moment.
    case none
}

/// What became of a submitted write.
package enum WriteOutcome: Equatable {
    /// So many bytes are out; when that is all, another write may follow at once.
    case written(Int)
    /// The rest, or all, waits: `Completion.written` tells when another write may be submitted.
    case pending(written: Int)
    /// The connection is broken; `Completion.ended` follows.
    case failed
}

/// A loop's door to its peers, shaped by completions: bytes arrived in the loop's buffer; a write is done.
///
/// A base class rather than a protocol, so that the loop calls it through one table and no existential.
/// An engine belongs to one thread; only `wake` may be called from others.
@safe package class Engine {  // its buffer is given out as spans only
    /// Bytes in front of what was received that belong to the loop: it puts there what was left over.
    package static let headroom = 20 << 10
    /// The most bytes that one completion brings.
    package static let inputCapacity = 64 << 10

    /// Headroom, then received bytes.
    let input: UnsafeMutableRawBufferPointer

    package init() {
        unsafe input = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Engine.headroom + Engine.inputCapacity,
            alignment: 64
        )
    }

    deinit { unsafe input.deallocate() }

    /// Calls `body` with `prefix` followed by the `count` bytes received last, to be read and changed.
    package final func withInput<Result>(
        count: Int,
        prefix: [UInt8],
        _ body: (inout MutableSpan<UInt8>) -> Result
    ) -> Result {
        precondition(prefix.count <= Engine.headroom, "what was left over does not fit the headroom")
        let start = Engine.headroom - prefix.count
        unsafe prefix.withUnsafeBytes { left in
            guard let base = left.baseAddress, let target = unsafe input.baseAddress else { return }
            unsafe (target + start).copyMemory(from: base, byteCount: left.count)
        }
        let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: input[start..<Engine.headroom + count])
        let typed = unsafe bytes.bindMemory(to: UInt8.self)
        var span = unsafe typed.mutableSpan
        return body(&span)
    }

    /// Puts bytes where received ones go, for engines without a kernel; answers how many fitted.
    package final func fill(from source: Span<UInt8>) -> Int {
        let count = min(source.count, Engine.inputCapacity)
        unsafe source.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let target = unsafe input.baseAddress else { return }
            unsafe (target + Engine.headroom).copyMemory(from: base, byteCount: count)
        }
        return count
    }

    /// Accepts on a listening descriptor from now on; `listener` comes back in completions.
    package func listen(_ listener: Int, descriptor: Int32) throws(SystemError) {}
    /// Stops or goes on accepting.
    package func setAccepting(_ listener: Int, _ isOn: Bool) {}
    /// Takes a connected descriptor in as `slot` and starts to receive.
    package func adopt(_ slot: Int, descriptor: Int32) throws(SystemError) {}
    /// Stops or goes on receiving; while stopped the kernel makes the peer wait.
    package func setReceiving(_ slot: Int, _ isOn: Bool) {}
    /// Has the kernel find out when a silent peer is gone.
    package func keepAlive(_ slot: Int) {}
    /// Submits everything owed. At most one write of a slot is under way.
    package func write(_ slot: Int, _ outbox: borrowing Outbox) -> WriteOutcome { .failed }
    /// Says that nothing will be sent any more, keeping the connection to hear what the peer still says.
    package func shutdown(_ slot: Int) {}
    /// Lets go of a connection of which nothing is being written, without ending it: `Completion.detached` follows.
    package func detach(_ slot: Int) {}
    /// Ends the connection; `Completion.removed` follows.
    package func remove(_ slot: Int) {}
    /// The next completion, or `.none`.
    package func next() -> Completion { .none }
    /// Waits until something happened or the time passed; nil waits for ever.
    package func wait(nanoseconds: Int64?) {}
    /// Ends a `wait` of the loop's thread from another. [any thread]
    package func wake() {}
}
