import Testing

@testable import Net

/// What every engine promises to the loop above it: no test here may be true of one and not of another.
@Suite struct EngineTests {
    private func withRig(_ carrier: Carrier, _ body: (EngineRig) throws -> Void) throws {
        let rig = try EngineRig(carrier)
        defer { rig.close() }
        try body(rig)
    }

    // MARK: Accepting

    @Test(arguments: Carrier.allCases)
    func `each of a burst of peers is accepted once, and is heard as itself`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let peers = try (0..<100).map { _ in try rig.far.connect() }
            #expect(rig.turn { rig.heard.count == 100 })
            #expect(Set(rig.descriptors).count == 100)
            for (index, peer) in peers.enumerated() { _ = rig.far.send([UInt8(index)], from: peer) }
            #expect(rig.turn { rig.heard.allSatisfy { !$0.isEmpty } })
            #expect(Set(rig.heard) == Set((0..<100).map { [UInt8($0)] }))
            #expect(rig.heard.count == 100)
        }
    }

    @Test(arguments: Carrier.allCases)
    func `while accepting is off peers wait, and are accepted when it is on`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (known, slot) = try rig.connect()
            rig.engine.setAccepting(0, false)
            _ = try rig.far.connect()
            _ = try rig.far.connect()
            #expect(rig.deliver([1], from: known, to: slot))
            #expect(rig.heard.count == 1)
            rig.engine.setAccepting(0, true)
            #expect(rig.turn { rig.heard.count == 3 })
        }
    }

    @Test(arguments: Carrier.allCases)
    func `what a peer sends before it is accepted is heard`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let peer = try rig.far.connect()
            _ = rig.far.send([1, 2, 3], from: peer)
            rig.far.finish(peer)
            #expect(rig.turn(until: .ended(0, nil)))
            #expect(rig.reports.first == .accepted(0))
            #expect(rig.heard == [[1, 2, 3]])
        }
    }

    // MARK: Detaching

    @Test(arguments: Carrier.allCases)
    func `a detached connection is silent until it is adopted again, and nothing is lost`(carrier: Carrier)
        throws
    {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            #expect(rig.deliver([1], from: peer, to: slot))
            rig.engine.detach(slot)
            _ = rig.far.send([2, 3], from: peer)
            #expect(rig.turn(until: .detached(slot)))
            #expect(rig.turn().isEmpty && rig.heard[slot] == [1])
            let next = rig.adopt(try #require(rig.detached.first))
            #expect(rig.turn { rig.heard[next] == [2, 3] })
            rig.owe([4], to: next)
            #expect(rig.flush(next) == .written(1))
            #expect(rig.take(1, of: next, at: peer) == [4])
        }
    }

    // MARK: Receiving

    @Test(arguments: Carrier.allCases)
    func `bytes come in the order in which they were sent, however they were cut`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            #expect(rig.deliver([1, 2], from: peer, to: slot))
            #expect(rig.deliver([3], from: peer, to: slot))
            _ = rig.far.send([4], from: peer)
            _ = rig.far.send([5, 6], from: peer)
            #expect(rig.turn { rig.heard[slot].count == 6 })
            #expect(rig.heard[slot] == [1, 2, 3, 4, 5, 6])
        }
    }

    @Test(arguments: Carrier.allCases)
    func `more than the buffer holds comes in pieces`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            #expect(rig.deliver(pattern(5 * Engine.inputCapacity + 1), from: peer, to: slot))
            let counts = rig.reports.compactMap {
                if case .received(_, let count) = $0 { count } else { nil }
            }
            #expect(counts.allSatisfy { $0 > 0 && $0 <= Engine.inputCapacity })
            #expect(counts.count > 5)
        }
    }

    @Test(arguments: Carrier.allCases)
    func `while receiving is off nothing comes, then all of it`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect(), (other, otherSlot) = try rig.connect()
            rig.engine.setReceiving(slot, false)
            rig.engine.setReceiving(slot, false)
            _ = rig.far.send([1, 2], from: peer)
            rig.far.finish(peer)
            // What the other sends comes after it.
            #expect(rig.deliver([9], from: other, to: otherSlot))
            #expect(rig.heard[slot] == [] && !rig.reports.contains(.ended(slot, nil)))
            rig.engine.setReceiving(slot, true)
            #expect(rig.turn(until: .ended(slot, nil)))
            #expect(rig.heard[slot] == [1, 2])
        }
    }

    @Test(arguments: Carrier.allCases)
    func `receiving may be turned off between two pieces`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect(), (other, otherSlot) = try rig.connect()
            let bytes = pattern(Engine.inputCapacity + 10)
            var rest = bytes[...]
            rig.engine.setReceiving(slot, false)
            for _ in 0..<100 { rest = rest.dropFirst(rig.far.send(rest, from: peer)) }
            rig.engine.setReceiving(slot, true)
            while rig.heard[slot].isEmpty {
                rig.engine.wait(nanoseconds: 1_000_000_000)
                _ = rig.next()
            }
            rig.engine.setReceiving(slot, false)
            let first = rig.heard[slot]
            #expect(rig.deliver([9], from: other, to: otherSlot))
            #expect(rig.heard[slot] == first)
            rig.engine.setReceiving(slot, true)
            #expect(rig.deliver(Array(rest), from: peer, to: slot) || rest.isEmpty)
            #expect(rig.turn { rig.heard[slot].count == bytes.count })
            #expect(rig.heard[slot].isSame(as: bytes))
        }
    }

    @Test(arguments: Carrier.allCases)
    func `receiving that is turned off holds for bytes that wait already`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let ends = try (0..<10).map { _ in try rig.connect() }
            for (peer, _) in ends { _ = rig.far.send([1], from: peer) }
            rig.engine.wait(nanoseconds: 1_000_000_000)
            let first = rig.next()
            let held = ends.map(\.slot).filter { first != .received($0, count: 1) }
            #expect(held.count == 9)
            for slot in held { rig.engine.setReceiving(slot, false) }
            #expect(rig.turn() == [])
            for slot in held { rig.engine.setReceiving(slot, true) }
            #expect(rig.turn { held.allSatisfy { rig.heard[$0] == [1] } })
        }
    }

    // MARK: Writing

    @Test(arguments: Carrier.allCases)
    func `a write that fits is done at once`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            rig.owe([1, 2, 3], to: slot)
            #expect(rig.flush(slot) == .written(3))
            #expect(rig.take(3, of: slot, at: peer) == [1, 2, 3])
            #expect(!rig.turn().contains(.written(slot)))
        }
    }

    @Test(arguments: Carrier.allCases)
    func `nothing owed is written at once`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (_, slot) = try rig.connect()
            #expect(rig.engine.write(slot, rig.outboxes[slot]) == .written(0))
        }
    }

    @Test(arguments: Carrier.allCases, [(8 << 20, 1), (4000, 1000)])
    func `a write that does not fit goes on as the peer takes, piece by piece`(
        carrier: Carrier,
        pieces: (size: Int, count: Int)
    ) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            let bytes = pattern(pieces.size * pieces.count)
            for index in 0..<pieces.count {
                rig.owe(Array(bytes[index * pieces.size..<(index + 1) * pieces.size]), to: slot)
            }
            guard case .pending(let written) = rig.flush(slot) else {
                Issue.record("the write is not pending")
                return
            }
            #expect(written < bytes.count && rig.outboxes[slot].count == bytes.count - written)
            #expect(rig.take(bytes.count, of: slot, at: peer).isSame(as: bytes))
            #expect(rig.outboxes[slot].count == 0)
            #expect(rig.reports.contains(.written(slot)))
        }
    }

    @Test(arguments: Carrier.allCases)
    func `what is owed while a write is under way follows it`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            let bytes = pattern(8 << 20)
            rig.owe(bytes, to: slot)
            rig.flush(slot)
            rig.owe([1, 2], to: slot)
            #expect(rig.flush(slot) == nil)
            rig.owe([3], to: slot)
            #expect(rig.take(bytes.count + 3, of: slot, at: peer).isSame(as: bytes + [1, 2, 3]))
        }
    }

    @Test(arguments: Carrier.allCases)
    func `a peer is heard while a write to it waits, and written to while it is not received`(
        carrier: Carrier
    ) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            let bytes = pattern(8 << 20)
            rig.owe(bytes, to: slot)
            rig.flush(slot)
            #expect(rig.deliver([1], from: peer, to: slot))
            rig.engine.setReceiving(slot, false)
            #expect(rig.take(bytes.count, of: slot, at: peer).isSame(as: bytes))
        }
    }

    // MARK: Endings

    @Test(arguments: Carrier.allCases)
    func `a peer that has sent its last byte can still be written to`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            _ = rig.far.send([1], from: peer)
            rig.far.finish(peer)
            #expect(rig.turn(until: .ended(slot, nil)))
            #expect(rig.heard[slot] == [1])
            rig.owe([2, 3], to: slot)
            #expect(rig.flush(slot) == .written(2))
            #expect(rig.take(2, of: slot, at: peer) == [2, 3])
        }
    }

    @Test(arguments: Carrier.allCases)
    func `after shutdown the peer has everything and its end, and is still heard`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            rig.owe([1, 2], to: slot)
            rig.flush(slot)
            #expect(!rig.far.isOver(peer))
            rig.engine.shutdown(slot)
            #expect(rig.take(.max, of: slot, at: peer) == [1, 2])
            #expect(rig.far.isOver(peer))
            #expect(rig.deliver([3], from: peer, to: slot))
            rig.far.finish(peer)
            #expect(rig.turn(until: .ended(slot, nil)))
        }
    }

    @Test(arguments: Carrier.allCases)
    func `after shutdown nothing can be written`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (_, slot) = try rig.connect()
            rig.engine.shutdown(slot)
            rig.owe([1], to: slot)
            #expect(rig.flush(slot) == .failed)
        }
    }

    @Test(arguments: Carrier.allCases)
    func `an end that nobody could hear yet is reported again`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            rig.far.finish(peer)
            while true {
                rig.engine.wait(nanoseconds: 1_000_000_000)
                if rig.next() == .ended(slot, nil) { break }
            }
            rig.engine.setReceiving(slot, false)
            #expect(rig.turn() == [])
            rig.engine.setReceiving(slot, true)
            rig.engine.wait(nanoseconds: 1_000_000_000)
            #expect(rig.next() == .ended(slot, nil))
        }
    }

    @Test(arguments: Carrier.allCases)
    func `a connection that is removed ends at its peer, once`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            rig.owe([1], to: slot)
            rig.flush(slot)
            rig.engine.remove(slot)
            rig.engine.remove(slot)
            #expect(rig.turn() == [.removed(slot)])
            #expect(rig.take(.max, of: slot, at: peer) == [1])
            #expect(rig.far.isOver(peer))
            #expect(rig.turn() == [])
        }
    }

    @Test(arguments: Carrier.allCases)
    func `a removed connection is heard of no more, whatever waits for it`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let ends = try (0..<10).map { _ in try rig.connect() }
            for (peer, _) in ends { _ = rig.far.send([1], from: peer) }
            rig.engine.wait(nanoseconds: 1_000_000_000)
            let first = rig.next()
            let gone = ends.map(\.slot).filter { first != .received($0, count: 1) }
            #expect(gone.count == 9)
            for slot in gone { rig.engine.remove(slot) }
            let reports = rig.turn()
            #expect(reports.count == 9 && gone.allSatisfy { reports.contains(.removed($0)) })
            #expect(gone.allSatisfy { rig.heard[$0].isEmpty })
        }
    }

    @Test(arguments: Carrier.allCases)
    func `a connection may be removed while a write to it waits`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (peer, slot) = try rig.connect()
            let bytes = pattern(8 << 20)
            rig.owe(bytes, to: slot)
            rig.flush(slot)
            rig.engine.remove(slot)
            #expect(rig.turn() == [.removed(slot)])
            let taken = rig.take(.max, of: slot, at: peer)
            #expect(taken.count > 0 && taken.count < bytes.count && bytes.begins(with: taken))
            #expect(rig.far.isOver(peer))
            #expect(rig.turn() == [])
        }
    }

    @Test(arguments: Carrier.allCases)
    func `the next one in a slot has nothing of the last`(carrier: Carrier) throws {
        try withRig(carrier) { rig in
            let (last, slot) = try rig.connect()
            rig.owe(pattern(8 << 20), to: slot)
            rig.flush(slot)
            rig.engine.setReceiving(slot, false)
            _ = rig.far.send([1, 2], from: last)
            rig.engine.remove(slot)
            #expect(rig.turn().contains(.removed(slot)))
            let (next, again) = try rig.connect()
            #expect(again == slot)
            #expect(rig.deliver([3], from: next, to: slot))
            rig.owe([4], to: slot)
            #expect(rig.flush(slot) == .written(1))
            #expect(rig.take(1, of: slot, at: next) == [4])
        }
    }

    // MARK: Anything

    @Test(arguments: Carrier.allCases, [1, 2, 3] as [UInt64])
    func `whatever is done in whatever order, each side has what the other sent`(
        carrier: Carrier,
        seed: UInt64
    ) throws {
        try withRig(carrier) { rig in
            var random = SplitMix(seed)
            var ends = try (0..<5).map { _ in ModelEnd(try rig.connect()) }
            for _ in 0..<400 {
                let which = Int.random(in: ends.indices, using: &random)
                try step(rig, &ends[which], &random)
                #expect(ends[which].isRight(rig))
            }
            for which in ends.indices { ends[which].settle(rig) }
            #expect(ends.allSatisfy { $0.isSettled(rig) })
        }
    }

    private func step(_ rig: EngineRig, _ end: inout ModelEnd, _ random: inout SplitMix) throws {
        switch random.next() % 12 {
        case 0..<3: end.send(random.bytes(below: 20_000), rig)
        case 3..<5: end.owe(random.bytes(below: 40_000), rig)
        case 5..<7: rig.flush(end.slot)
        case 7: end.take(rig)
        case 8: rig.engine.setReceiving(end.slot, random.next() % 2 == 0)
        case 9 where random.next() % 8 == 0:
            end.settle(rig)
            #expect(end.isSettled(rig))
            rig.engine.remove(end.slot)
            let slot = end.slot
            #expect(rig.turn { rig.isFree(slot) })
            end = ModelEnd(try rig.connect())
        default: rig.turn()
        }
    }
}

/// A connection, and what each of its sides must have.
private struct ModelEnd {
    let peer: Int32
    let slot: Int
    private var sent: [UInt8] = []
    private var owed: [UInt8] = []
    private var taken: [UInt8] = []

    init(_ end: (peer: Int32, slot: Int)) { (peer, slot) = end }

    mutating func send(_ bytes: [UInt8], _ rig: EngineRig) {
        sent += bytes.prefix(rig.far.send(bytes[...], from: peer))
    }

    mutating func owe(_ bytes: [UInt8], _ rig: EngineRig) {
        rig.owe(bytes, to: slot)
        owed += bytes
    }

    mutating func take(_ rig: EngineRig) { taken += rig.far.take(peer) }

    /// Nothing came that was not sent, so far.
    func isRight(_ rig: EngineRig) -> Bool { sent.begins(with: rig.heard[slot]) && owed.begins(with: taken) }

    /// Lets everything under way arrive.
    mutating func settle(_ rig: EngineRig) {
        rig.engine.setReceiving(slot, true)
        taken += rig.take(owed.count - taken.count, of: slot, at: peer)
        _ = rig.turn { rig.heard[slot].count >= sent.count }
    }

    /// Everything has come.
    func isSettled(_ rig: EngineRig) -> Bool { rig.heard[slot].isSame(as: sent) && taken.isSame(as: owed) }
}
