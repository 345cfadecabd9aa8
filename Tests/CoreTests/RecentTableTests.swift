import Testing

@testable import Core

@Suite struct RecentTableTests {
    @Test func `the value that was put longest ago goes first`() {
        var table = RecentTable<Int, String>(most: 2)
        table.put("a", for: 1)
        table.put("b", for: 2)
        table.put("A", for: 1)
        #expect(table.oldest?.key == 2)
        table.put("c", for: 3)
        #expect([table[1], table[2], table[3]] == ["A", nil, "c"])
    }

    @Test func `a value that is changed is not more recent`() {
        var table = RecentTable<Int, String>(most: 2)
        table.put("a", for: 1)
        table.put("b", for: 2)
        table.change(1) { $0 += "!" }
        table.change(7) { $0 += "!" }
        #expect(table[1] == "a!" && table.count == 2)
        table.put("c", for: 3)
        #expect(table[1] == nil && table[2] == "b")
    }

    /// Against a list of the same, which is slow and plainly right.
    @Test(arguments: [1, 2, 7] as [UInt64])
    func `it holds what a list of the most recent would`(seed: UInt64) {
        var random = SplitMix(seed)
        var table = RecentTable<UInt64, Int>(most: 8), list: [(key: UInt64, value: Int)] = []
        for step in 0..<2_000 {
            let key = random.next() % 12
            list.removeAll { $0.key == key }
            if random.next() % 3 == 0 {
                table.remove(key)
            } else {
                table.put(step, for: key)
                list.append((key, step))
                if list.count > 8 { list.removeFirst() }
            }
            #expect(table.count == list.count && table.oldest?.key == list.first?.key)
            #expect((0..<12).allSatisfy { key in table[key] == list.first { $0.key == key }?.value })
        }
    }
}
