/// An engine without a kernel: peers are byte queues that a test fills and empties, and nothing ever waits.
///
/// With it the real Core runs in one thread, its clock moved by hand.
package final class MemoryEngine: Engine {
    /// What the other side of a connection sees.
    private struct Peer {
        var arriving: [UInt8] = []
        var leaving: [UInt8] = []
        var isReceiving = true
        var hasLeft = false  // the peer closed its side
        var isShut = false  // the server closed its side
        var window = Int.max  // bytes that the peer still takes
        var isWriting = false
        var isBroken = false  // nothing reaches it any more
    }

    private var waiting: [(listener: Int, descriptor: Int32, host: SocketAddress.Host)] = []
    private var paused: Set<Int> = []  // listeners
    private var arrivals: [Int32: Peer] = [:]
    private var slots: [Int: Int32] = [:]
    private var ready: [Int32] = []
    private var removed: [Int] = []
    private var detached: [(slot: Int, descriptor: Int32)] = []
    private var lastDescriptor: Int32 = 0

    override package init() { super.init() }

    // MARK: The other side

    /// A peer connects to a listener; the answer names it from now on.
    package func connect(to listener: Int, from host: SocketAddress.Host = .v4(0x7f00_0001)) -> Int32 {
        lastDescriptor += 1
        arrivals[lastDescriptor] = Peer()
        waiting.append((listener, lastDescriptor, host))
        return lastDescriptor
    }

    /// The peer sends bytes.
    package func send(_ bytes: [UInt8], from peer: Int32) {
        arrivals[peer]?.arriving += bytes
        ready.append(peer)
    }

    /// The peer closes its side; what is written to it still arrives.
    package func leave(_ peer: Int32) {
        arrivals[peer]?.hasLeft = true
        ready.append(peer)
    }

    /// What is written to the peer from now on fails.
    package func breakOff(_ peer: Int32) { arrivals[peer]?.isBroken = true }

    /// From now on the peer takes so many bytes more.
    package func setWindow(_ peer: Int32, _ bytes: Int) {
        arrivals[peer]?.window = bytes
        ready.append(peer)
    }

    /// Takes what the server sent to the peer since the last time.
    package func take(_ peer: Int32) -> [UInt8] {
        defer { arrivals[peer]?.leaving.removeAll() }
        return arrivals[peer]?.leaving ?? []
    }

    /// Whether the server has closed the connection, or its side of it.
    package func isClosed(_ peer: Int32) -> Bool { arrivals[peer]?.isShut ?? true }

    /// Forgets a peer that the test has done with.
    package func forget(_ peer: Int32) { arrivals[peer] = nil }

    // MARK: The loop's side

    override package func setAccepting(_ listener: Int, _ isOn: Bool) {
        if isOn { paused.remove(listener) } else { paused.insert(listener) }
    }

    override package func adopt(_ slot: Int, descriptor: Int32) throws(SystemError) {
        slots[slot] = descriptor
        ready.append(descriptor)
    }

    override package func setReceiving(_ slot: Int, _ isOn: Bool) {
        guard let descriptor = slots[slot] else { return }
        arrivals[descriptor]?.isReceiving = isOn
        ready.append(descriptor)
    }

    override package func write(_ slot: Int, _ outbox: borrowing Outbox) -> WriteOutcome {
        guard let descriptor = slots[slot], let peer = arrivals[descriptor], !peer.isShut, !peer.isBroken
        else { return .failed }
        let bytes = outbox.copy()
        let count = min(bytes.count, peer.window)
        arrivals[descriptor]?.leaving += bytes.prefix(count)
        arrivals[descriptor]?.window -= count
        guard count < bytes.count else { return .written(count) }
        arrivals[descriptor]?.isWriting = true
        return .pending(written: count)
    }

    override package func shutdown(_ slot: Int) {
        guard let descriptor = slots[slot] else { return }
        arrivals[descriptor]?.isShut = true
    }

    override package func detach(_ slot: Int) {
        guard let descriptor = slots.removeValue(forKey: slot) else { return }
        detached.append((slot, descriptor))
    }

    override package func remove(_ slot: Int) {
        shutdown(slot)
        guard slots.removeValue(forKey: slot) != nil else { return }
        removed.append(slot)
    }

    override package func next() -> Completion {
        if let index = waiting.firstIndex(where: { !paused.contains($0.listener) }) {
            let (listener, descriptor, host) = waiting.remove(at: index)
            let peer = SocketAddress(host: host, port: UInt16(truncatingIfNeeded: descriptor))
            return .accepted(listener: listener, descriptor: descriptor, peer: peer)
        }
        while let descriptor = ready.first {
            guard let slot = slots.first(where: { $0.value == descriptor })?.key,
                let completion = completion(slot, descriptor)
            else {
                ready.removeFirst()
                continue
            }
            return completion
        }
        if let slot = removed.popLast() { return .removed(slot: slot) }
        if let (slot, descriptor) = detached.popLast() {
            return .detached(slot: slot, descriptor: descriptor)
        }
        return .none
    }

    private func completion(_ slot: Int, _ descriptor: Int32) -> Completion? {
        guard let peer = arrivals[descriptor] else { return nil }
        if peer.isWriting, peer.window > 0 {
            arrivals[descriptor]?.isWriting = false
            return .written(slot: slot, count: 0)
        }
        guard peer.isReceiving else { return nil }
        if !peer.arriving.isEmpty {
            let count = fill(from: peer.arriving.span)
            arrivals[descriptor]?.arriving.removeFirst(count)
            return .received(slot: slot, count: count)
        }
        guard peer.hasLeft else { return nil }
        ready.removeFirst()
        return .ended(slot: slot, nil)
    }
}
