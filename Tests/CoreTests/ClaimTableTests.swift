import Testing

@testable import Core

@Suite struct ClaimTableTests {
    private static func handle(_ slot: Int) -> ConnectionHandle {
        ConnectionHandle(loop: slot % 3, slot: slot, generation: 1)
    }

    private static func bytes(_ name: String) -> [UInt8] { Array(name.utf8) }

    /// A table and its model, and what both do.
    private struct Walk {
        static let modes: [ClaimTable.Mode] = [.probe, .deny, .replace, .probe]
        var random: SplitMix
        let table = ClaimTable()
        var model = ClaimModel(kinds: modes.count)
        var now: Int64 = 0
        var challenges: Int64 = 0
        var changes: [ClaimTable.Change] = []
        let people = (1...6).map(ClaimTableTests.handle)
        let names = ["a", "ab", "b", "c", "\u{e9}"]

        init(seed: UInt64) {
            random = SplitMix(seed)
            for kind in Walk.modes.indices { _ = table.kind([UInt8(kind)]) }
        }

        mutating func step() throws {
            let kind = Int.random(in: 0..<4, using: &random), mode = Walk.modes[kind]
            let who = people[Int.random(in: 0..<6, using: &random)]
            let name = names[Int.random(in: 0..<5, using: &random)], bytes = ClaimTableTests.bytes(name)
            now += Int64.random(in: 0...2, using: &random)
            switch Int.random(in: 0..<21, using: &random) {
            case 0..<11:
                // No two are over at the same time: taking back may change which of them comes first.
                challenges += 1
                let deadline = (now * 100 + Int64.random(in: 0..<1000, using: &random)) << 20 + challenges
                let answer = table.claim(kind, mode, bytes.span, who, deadline: deadline)
                let expected = model.claim(kind, mode, name, who, deadline: deadline)
                #expect(answer == expected)
            case 11..<13:
                let (one, other) = (table.release(kind, bytes.span, who), model.release(kind, name, who))
                #expect(one == other)
            case 13..<15:
                let (one, other) = (table.confirm(kind, bytes.span, who), model.confirm(kind, name, who))
                #expect(one == other)
            case 15:
                let held = Walk.modes.indices.map { kind in
                    Array(table.names(kind, of: who).map { String(decoding: $0, as: UTF8.self) }.reversed())
                }
                table.releaseAll(who)
                model.releaseAll(who, held)
            case 16..<18:
                guard let deadline = table.nextDeadline, deadline <= now * 100 << 20 else { break }
                let lost = table.expire(now: now * 100 << 20, again: deadline)
                let expected = model.expire(now: now * 100 << 20)
                #expect(lost.map { String(decoding: $0.name, as: UTF8.self) } == expected?.name)
                #expect(lost?.kind == expected?.kind && lost?.holder == expected?.holder)
            case 20:
                #expect(table.leaveQueues(kind, who) == model.leaveQueues(kind, who))
            default:
                let absent = people[Int.random(in: 0..<6, using: &random)]
                let granted = table.fill { $1 != absent }
                let expected = model.fill { $0 != absent }
                #expect(granted.map { String(decoding: $0.name, as: UTF8.self) } == expected?.name)
                #expect(granted?.kind == expected?.kind && granted?.holder == expected?.holder)
            }
            changes += table.noted
            table.forgetNoted()
            try compare()
        }

        func compare() throws {
            try #require(table.vacancyCount == model.vacancyCount && table.nextDeadline == model.nextDeadline)
            for kind in Walk.modes.indices {
                let none: [UInt8] = []
                let held = table.held(kind, prefix: none.span, most: .max)
                let expected = model.held(kind).map { (ClaimTableTests.bytes($0.key), $0.value) }
                    .sorted { $0.0.lexicographicallyPrecedes($1.0) }
                try #require(held.map(\.name) == expected.map(\.0) && held.map(\.holder) == expected.map(\.1))
                for who in people {
                    let names = table.names(kind, of: who)
                    try #require(Set(names) == Set(expected.filter { $0.1 == who }.map(\.0)))
                }
                for name in names {
                    let bytes = ClaimTableTests.bytes(name)
                    try #require(table.holder(kind, bytes.span) == model.held(kind)[name])
                }
            }
        }

        /// A batch of changes, taken back half of the time.
        mutating func batch() throws {
            let before = model
            table.isNoting = true
            for _ in 0..<Int.random(in: 1...30, using: &random) { try step() }
            if Bool.random(using: &random) {
                for change in changes.reversed() { table.takeBack(change) }
                model = before
                try compare()
            }
            changes = []
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `it does what its model does, also when batches are taken back`(seed: UInt64) throws {
        var walk = Walk(seed: seed)
        for _ in 0..<60 { try walk.batch() }
    }

    @Test func `what is not noted cannot be taken back, and is kept nowhere`() {
        let table = ClaimTable()
        let kind = table.kind([1]), name: [UInt8] = [65]
        _ = table.claim(kind, .deny, name.span, ClaimTableTests.handle(1), deadline: 0)
        #expect(table.noted.isEmpty && table.count == 1)
    }

    @Test func `a kind has its number for good`() {
        let table = ClaimTable()
        let numbers = [[1], [2], [1], [3]].map { table.kind($0) }
        #expect(numbers == [0, 1, 0, 2])
    }

    @Test(.timeLimit(.minutes(1)))
    func `100,000 names are in order, found, and gone again`() throws {
        let table = ClaimTable()
        var random = SplitMix(7)
        let kind = table.kind([1])
        var names = (0..<100_000).map { ClaimTableTests.bytes("\($0)") }
        names.shuffle(using: &random)
        for (index, name) in names.enumerated() {
            _ = table.claim(kind, .probe, name.span, ClaimTableTests.handle(index % 1000), deadline: 0)
        }
        let sorted = names.sorted { $0.lexicographicallyPrecedes($1) }
        let none: [UInt8] = [], nine = ClaimTableTests.bytes("99")
        #expect(table.held(kind, prefix: none.span, most: .max).map(\.name) == sorted)
        #expect(table.held(kind, prefix: none.span, most: 1000).map(\.name) == Array(sorted.prefix(1000)))
        #expect(
            table.held(kind, prefix: nine.span, most: 5000).map(\.name)
                == sorted.filter { $0.starts(with: nine) }
        )
        var found = 0
        for (index, name) in names.enumerated()
        where table.holder(kind, name.span) == ClaimTableTests.handle(index % 1000) {
            found += 1
        }
        #expect(found == 100_000)
        for (index, name) in names.enumerated() where !index.isMultiple(of: 10) {
            _ = table.release(kind, name.span, ClaimTableTests.handle(index % 1000))
        }
        let left = Set(names.indices.filter { $0.isMultiple(of: 10) }.map { names[$0] })
        #expect(table.held(kind, prefix: none.span, most: .max).map(\.name) == sorted.filter(left.contains))
        for slot in 0..<1000 { table.releaseAll(ClaimTableTests.handle(slot)) }
        #expect(table.count == 0 && table.heldCount(kind, prefix: none.span, most: .max) == 0)
    }
}
