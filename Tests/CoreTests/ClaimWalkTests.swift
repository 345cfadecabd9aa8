import Net
import Store
import Testing
import Wire

@testable import Core

/// People who claim, answer, let go, come and go, in virtual time, with reloads and lost batches: each hears what the
/// model says.
@Suite struct ClaimWalkTests {
    private final class Walk {
        static let plugin = FaultPlugin(source: "puppet", defines: ["STORE"])
        static let kinds: [(word: String, mode: ClaimTable.Mode)] = [
            ("bot", .probe), ("seat", .deny), ("user", .replace),
        ]
        let test: TestServer
        var random: SplitMix
        var model = ClaimModel(kinds: 3)
        var people: [(peer: TestPeer, handle: ConnectionHandle)] = []
        var expected: [[String]] = []

        init(seed: UInt64) throws {
            random = SplitMix(seed)
            test = try TestServer(plugin: Walk.plugin)
            try test.service().database?.limitSize(to: 1)
            for _ in 0..<5 { try come() }
        }

        private var now: Int64 { test.clock.monotonic / 1_000_000 }

        private func come() throws {
            let known = Set(try test.service().peers.all.map(\.handle))
            let peer = try test.open()
            let handle = try #require(
                try test.service().peers.all.map(\.handle).first { !known.contains($0) }
            )
            _ = peer.ask("set p\(handle.bits)")
            people.append((peer, handle))
            expected.append([])
        }

        private func hears(_ who: ConnectionHandle, _ text: String) {
            if let index = people.firstIndex(where: { $0.handle == who }) { expected[index].append(text) }
        }

        func step() throws {
            let index = Int.random(in: 0..<people.count, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<12:
                // What a lost batch gives back may come second of two that are over at the same time.
                let isLost = Int.random(in: 0..<4, using: &random) == 0 && model.isUnambiguous
                try speak(index, isLost: isLost)
            case 12..<16: pass(Int64.random(in: 0...3000, using: &random))
            case 16: try test.reload(Walk.plugin)
            default: try leave(index)
            }
            for index in people.indices {
                try #require(people[index].peer.seen().texts == expected[index])
                expected[index] = []
            }
            let held = (try test.service()).claims
            for kind in 0..<3 {
                let none: [UInt8] = []
                let names = held.held(kind, prefix: none.span, most: .max).map {
                    (String(decoding: $0.name, as: UTF8.self), $0.holder)
                }
                try #require(Dictionary(uniqueKeysWithValues: names) == model.held(kind))
            }
        }

        private func speak(_ index: Int, isLost: Bool) throws {
            let (peer, who) = people[index]
            let before = model
            var messages: [String] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let kind = [0, 0, 0, 1, 2][Int.random(in: 0..<5, using: &random)]
                let name = ["x", "y", "z"][Int.random(in: 0..<3, using: &random)]
                let word = ["claim", "claim", "claim", "release", "alive"][
                    Int.random(in: 0..<5, using: &random)
                ]
                messages.append("\(word) \(Walk.kinds[kind].word) \(name)")
                if !isLost { handle(word, kind, name, who) }
            }
            if isLost {
                model = before
                messages.append("fill 1000000")
                for message in messages { hears(who, "refused \(message.split(separator: " ")[0]) 4") }
            }
            peer.send(bytes: messages.flatMap { peer.frame(.text, Array($0.utf8)) })
            test.settle()
        }

        private func handle(_ word: String, _ kind: Int, _ name: String, _ who: ConnectionHandle) {
            switch word {
            case "release": hears(who, model.release(kind, name, who) ? "0" : "-4")
            case "alive": hears(who, model.confirm(kind, name, who) ? "0" : "-4")
            default:
                switch model.claim(kind, Walk.kinds[kind].mode, name, who, deadline: now + 5000) {
                case .granted: hears(who, "0 p\(who.bits)")
                case .isHolder: hears(who, "-7 p\(who.bits)")
                case .denied(let holder): hears(who, "1 p\(holder.bits)")
                case .replaced(let former): hears(who, "2 p\(former.bits)")
                case .waiting(let holder): hears(who, "4 p\(holder?.bits ?? 0)")
                case .probing(let holder):
                    hears(who, "3 p\(holder.bits)")
                    hears(holder, "isalive \(name)")
                }
            }
            fill()
        }

        private func fill() {
            while model.vacancyCount > 0 {
                if let granted = model.fill(isThere: { _ in true }) {
                    hears(granted.holder, "granted \(granted.name) 1")
                }
            }
        }

        private func pass(_ milliseconds: Int64) {
            let end = now + milliseconds
            test.pass(milliseconds: milliseconds)
            while let lost = model.expire(now: end) {
                hears(lost.holder, "lost \(lost.name) -1")
                fill()
            }
        }

        private func leave(_ index: Int) throws {
            let (peer, who) = people.remove(at: index)
            expected.remove(at: index)
            let claims = try test.service().claims
            let held = (0..<3).map { kind in
                Array(claims.names(kind, of: who).map { String(decoding: $0, as: UTF8.self) }.reversed())
            }
            model.releaseAll(who, held)
            peer.leave()
            test.settle()
            fill()
            try come()
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `everybody hears what the model says`(seed: UInt64) throws {
        let walk = try Walk(seed: seed)
        for _ in 0..<200 { try walk.step() }
    }
}
