import Testing

@testable import Core

@Suite struct PeerTableTests {
    private func peer(_ loop: Int, _ slot: Int, _ generation: UInt32 = 1) -> Peer {
        Peer(
            handle: ConnectionHandle(loop: loop, slot: slot, generation: generation),
            binding: 0,
            Peer.Origin([]),
            bucket: nil
        )
    }

    @Test(
        arguments: [(0, 0, 1), (255, 0, 1), (0, (1 << 24) - 1, 1), (255, (1 << 24) - 1, .max)]
            as [(Int, Int, UInt32)]
    )
    func `a handle keeps its parts`(loop: Int, slot: Int, generation: UInt32) {
        let handle = ConnectionHandle(loop: loop, slot: slot, generation: generation)
        #expect(handle.loop == loop && handle.slot == slot)
        #expect(handle.bits >> 32 == UInt64(generation))
    }

    @Test func `a peer is found by its handle alone`() {
        let table = PeerTable(loops: 3)
        let anna = peer(0, 3), ben = peer(2, 3, 7)
        table.insert(anna)
        table.insert(ben)
        #expect(table[anna.handle] === anna && table[ben.handle] === ben && table.count == 2)
        let strangers = [(0, 3, 2), (0, 3, 0), (1, 3, 1), (0, 2, 1), (0, 4, 1), (2, 3, 1), (255, 0, 1)]
        for (loop, slot, generation) in strangers {
            let handle = ConnectionHandle(loop: loop, slot: slot, generation: UInt32(generation))
            #expect(table[handle] == nil, "\(loop) \(slot) \(generation)")
        }
        #expect(table.all.map(\.handle) == [anna.handle, ben.handle])
    }

    @Test func `a stale handle reaches nobody who has its place now`() {
        let table = PeerTable(loops: 3)
        let old = peer(0, 5, 1), new = peer(0, 5, 2)
        table.insert(old)
        table.remove(old)
        #expect(table.count == 0)
        table.insert(new)
        #expect(table[old.handle] == nil)
        table.remove(old)
        #expect(table[new.handle] === new && table.count == 1)
    }

    @Test func `it counts each place once`() {
        let table = PeerTable(loops: 3)
        table.insert(peer(0, 0, 1))
        table.insert(peer(0, 0, 2))
        #expect(table.count == 1)
        let last = peer(0, 0, 2)
        table.remove(last)
        table.remove(last)
        #expect(table.count == 0 && table.all.isEmpty)
    }
}
