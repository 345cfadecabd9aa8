import Testing

@testable import Core

@Suite struct RoomTableTests {
    private func named(_ byte: Int) -> [UInt8] { [UInt8(byte)] }

    private func peer(_ slot: Int) -> Peer {
        Peer(
            handle: ConnectionHandle(loop: slot % 3, slot: slot, generation: 1),
            binding: 0,
            Peer.Origin([]),
            bucket: nil
        )
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `it knows what sets of members know`(seed: UInt64) throws {
        var random = SplitMix(seed)
        let table = RoomTable()
        var model: [[UInt8]: Set<ConnectionHandle>] = [:]
        let peers = (0..<12).map(peer), names = (0..<6).map { [UInt8]("room \($0)".utf8) }
        for _ in 0..<2000 {
            let peer = peers.randomElement(using: &random) ?? peers[0]
            let name = names.randomElement(using: &random) ?? []
            let wasIn = model[name]?.contains(peer.handle) == true
            #expect(table.contains(name.span, peer) == wasIn)
            if Bool.random(using: &random) {
                let number = table.join(name.span, peer)
                #expect((number == nil) == wasIn)
                model[name, default: []].insert(peer.handle)
            } else if let number = table.number(of: name.span) {
                let hasLeft = table.leave(number, peer)
                #expect(hasLeft == wasIn)
                model[name]?.remove(peer.handle)
            }
            let numbers = names.compactMap { table.number(of: $0.span) }
            try #require(Set(numbers).count == numbers.count && numbers.allSatisfy { $0 < names.count })
        }
        for name in names {
            let number = table.number(of: name.span)
            let expected = model[name] ?? []
            #expect((number == nil) == expected.isEmpty)
            guard let number else { continue }
            #expect(table.count(number) == expected.count && Set(table.members(number)) == expected)
            #expect(table.name(number) == name)
            for peer in peers { #expect(peer.rooms.contains(number) == expected.contains(peer.handle)) }
        }
    }

    @Test func `a room whose last member leaves is gone, and its number is used again`() {
        let table = RoomTable()
        let anna = peer(1), ben = peer(2)
        let numbers = [table.join(named(1).span, anna), table.join(named(2).span, ben)]
        #expect(numbers == [0, 1])
        let hasLeft = table.leave(0, anna)
        #expect(hasLeft)
        #expect(table.number(of: named(1).span) == nil && table.members(0) == [] && table.count(0) == 0)
        let (hasLeftAgain, next) = (table.leave(0, anna), table.join(named(3).span, anna))
        #expect(!hasLeftAgain && next == 0)
    }

    @Test func `a room gets the number that it had if that is free`() {
        let table = RoomTable()
        let anna = peer(1)
        for name in 0..<4 { _ = table.join(named(name).span, anna) }
        for number in 0..<4 { _ = table.leave(number, anna) }
        let numbers = [(1, 1), (0, 1), (2, 0)].map { name, former in
            table.join(named(name).span, anna, former: former)
        }
        #expect(numbers == [1, 2, 0])
    }
}
