import Testing

@testable import Net

/// What carries the connections of a test.
enum Carrier: String, CaseIterable { case tcp, unix, memory }

/// What an engine reported, without its bytes.
enum Report: Equatable {
    case accepted(Int)
    case acceptFailed(Int32)
    case received(Int, count: Int)
    case ended(Int, Int32?)
    case written(Int)
    case removed(Int)
    case detached(Int)
    case woken
}

/// An engine with what is on either side of it: peers, and the slots and outboxes that a loop would have.
///
/// It takes each peer in as it is accepted, keeps what is heard, and forgets what is written.
final class EngineRig {
    let engine: Engine
    let far: any FarSide
    let pool = BlockPool()
    /// Everything that was reported so far.
    private(set) var reports: [Report] = []
    /// What each slot has heard.
    private(set) var heard: [[UInt8]] = []
    private(set) var descriptors: [Int32] = []
    var outboxes: [Outbox] = []
    /// Descriptors that the engine has let go of.
    private(set) var detached: [Int32] = []
    private var isWriting: [Bool] = []
    private var free: [Int] = []

    init(_ carrier: Carrier) throws {
        switch carrier {
        case .tcp, .unix:
            engine = EpollEngine()
            far = try SocketFarSide(isUnix: carrier == .unix)
        case .memory:
            let memory = MemoryEngine()
            engine = memory
            far = MemoryFarSide(memory)
        }
        try far.prepare(engine)
    }

    /// Ends everything. Not in deinit: the engine must go first in some tests.
    func close() {
        for slot in outboxes.indices { outboxes[slot].clear(pool: pool) }
        for slot in outboxes.indices where !free.contains(slot) { engine.remove(slot) }
        far.close()
    }

    // MARK: Turns

    /// The next thing that the engine reports; the rig has done what a loop would do with it.
    func next() -> Report? {
        switch engine.next() {
        case .accepted(_, let descriptor, _): return note(.accepted(adopt(descriptor)))
        case .acceptFailed(_, let error): return note(.acceptFailed(error.code))
        case .received(let slot, let count):
            engine.withInput(count: count, prefix: []) { bytes in
                unsafe bytes.span.withUnsafeBytes { unsafe heard[slot].append(contentsOf: $0) }
            }
            return note(.received(slot, count: count))
        case .ended(let slot, let error): return note(.ended(slot, error?.code))
        case .written(let slot, let count):
            outboxes[slot].consume(count, pool: pool)
            isWriting[slot] = false
            return note(.written(slot))
        case .removed(let slot):
            outboxes[slot].clear(pool: pool)
            free.append(slot)
            return note(.removed(slot))
        case .detached(let slot, let descriptor):
            free.append(slot)
            detached.append(descriptor)
            return note(.detached(slot))
        case .woken: return note(.woken)
        case .none: return nil
        }
    }

    private func note(_ report: Report) -> Report {
        reports.append(report)
        return report
    }

    /// Takes a descriptor in; answers its slot.
    func adopt(_ descriptor: Int32) -> Int {
        let slot = free.popLast() ?? heard.count
        do {
            try engine.adopt(slot, descriptor: descriptor)
        } catch {
            Issue.record("\(error)")
        }
        if slot == heard.count {
            heard.append([])
            outboxes.append(Outbox())
            isWriting.append(false)
            descriptors.append(descriptor)
        }
        heard[slot] = []
        isWriting[slot] = false
        descriptors[slot] = descriptor
        return slot
    }

    /// Takes all that the engine has at this moment; answers what that was.
    @discardableResult
    func turn(waiting nanoseconds: Int64 = 0) -> [Report] {
        engine.wait(nanoseconds: nanoseconds)
        var reports: [Report] = []
        while let report = next() { reports.append(report) }
        return reports
    }

    /// Turns until something is so. False: it was not so within ten seconds, or no time passes here at all.
    func turn(until condition: () -> Bool) -> Bool {
        let clock = Clock()
        let end = clock.monotonic + 10_000_000_000
        while !condition() {
            guard clock.monotonic < end else { return false }
            let isOver = engine is MemoryEngine && turn().isEmpty
            if isOver { return condition() }
            if !(engine is MemoryEngine) { turn(waiting: 10_000_000) }
        }
        return true
    }

    /// Turns until the engine has reported this.
    func turn(until report: Report) -> Bool { turn { reports.contains(report) } }

    // MARK: Connections

    /// A peer connects and is taken in.
    func connect() throws -> (peer: Int32, slot: Int) {
        let peer = try far.connect()
        let before = reports.count
        var slot: Int?
        let isAccepted = turn {
            for case .accepted(let number) in reports[before...] { slot = number }
            return slot != nil
        }
        try #require(isAccepted)
        return (peer, try #require(slot))
    }

    /// The peer sends everything, and the slot hears it.
    func deliver(_ bytes: [UInt8], from peer: Int32, to slot: Int) -> Bool {
        let before = heard[slot].count
        var rest = bytes[...]
        return turn {
            rest = rest.dropFirst(far.send(rest, from: peer))
            return heard[slot].count - before >= bytes.count
        } && Array(heard[slot].dropFirst(before)).isSame(as: bytes)
    }

    /// Whether the slot's last connection is removed and no other is in it.
    func isFree(_ slot: Int) -> Bool { free.contains(slot) }

    /// Owes a slot more.
    func owe(_ bytes: [UInt8], to slot: Int) { outboxes[slot].append(bytes.span, pool: pool) }

    /// Writes what a slot is owed, as a loop does it: never two writes at once.
    @discardableResult
    func flush(_ slot: Int) -> WriteOutcome? {
        guard !isWriting[slot], outboxes[slot].count > 0 else { return nil }
        let outcome = engine.write(slot, outboxes[slot])
        switch outcome {
        case .written(let count): outboxes[slot].consume(count, pool: pool)
        case .pending(let count):
            outboxes[slot].consume(count, pool: pool)
            isWriting[slot] = true
        case .failed: outboxes[slot].clear(pool: pool)
        }
        return outcome
    }

    /// Writes on and turns until the peer has so many bytes, or its end; answers what came.
    func take(_ count: Int, of slot: Int, at peer: Int32) -> [UInt8] {
        var taken: [UInt8] = []
        _ = turn {
            flush(slot)
            taken += far.take(peer)
            return taken.count >= count || far.isOver(peer)
        }
        return taken
    }
}
