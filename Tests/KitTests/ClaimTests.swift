import PatchbayABI
import PatchbayKit
import Testing

extension KitTests {
    @Suite struct ClaimTests {
        /// What the host was asked to do while a service was told of an opened connection.
        private func done(answer: Int32 = 0, _ work: @escaping (Host, ClaimKind, Connection) -> Void)
            -> FakeHost
        {
            let life = Life { setup in
                let bots = setup.claims("bot", .deny)
                setup.onOpen { probe, connection in work(probe.host, bots, connection) }
            }
            life.host.claimAnswer = answer
            life.open()
            life.destroy()
            return life.host
        }

        @Test func `kinds are registered with how a second holder is met`() {
            let life = Life { setup in
                _ = setup.claims(
                    "bot",
                    .probe(milliseconds: 5000),
                    lost: { _, _, _ in },
                    granted: { _, _, _ in }
                )
                _ = setup.claims("seat", .deny)
                _ = setup.claims("user", .replace)
            }
            #expect(life.host.claims == ["kind bot 2 5000", "kind seat 0 0", "kind user 1 0"])
            let seat = unsafe life.host.registration("seat")
            #expect(unsafe seat?.lost == nil && seat?.granted == nil)
            life.destroy()
        }

        @Test func `a service hears of names that are lost and granted`() {
            let life = Life { setup in
                _ = setup.claims(
                    "bot",
                    .probe(milliseconds: 1),
                    lost: { $0.heard.append("lost \($1) \(String(decoding: $2, as: UTF8.self))") },
                    granted: { $0.heard.append("granted \($1) \(String(decoding: $2, as: UTF8.self))") }
                )
            }
            life.lose("bot", name: "Foo")
            life.grant("bot", name: "Foo")
            #expect(life.saved == "lost 1 Foo,granted 2 Foo")
            life.destroy()
        }

        @Test(arguments: [
            (0, "granted"), (-7, "isHolder"), (1, "denied(9)"), (2, "replaced(9)"), (3, "probing(9)"),
            (4, "waiting"), (-1, "gone"), (-4, "invalid"), (-3, "invalid"),
        ])
        func `a claim is what the host answers`(answer: Int32, claim: String) {
            let host = done(answer: answer) { host, bots, connection in
                let claimed = host.claim(bots, "Foo", for: connection)
                let text =
                    switch claimed {
                    case .denied(let who): "denied(\(who))"
                    case .replaced(let who): "replaced(\(who))"
                    case .probing(let who): "probing(\(who))"
                    default: "\(claimed)"
                    }
                #expect(text == claim)
            }
            #expect(host.claims.last == "claim 3 Foo 1")
        }

        @Test func `names are released, confirmed and looked up`() {
            let host = done { host, bots, connection in
                #expect(host.release(bots, "Foo", of: connection) == .done)
                #expect(host.release(bots, "Bar", of: connection) == .invalid)
                #expect(host.leaveQueues(bots, connection) == 2)
                #expect(host.confirm(bots, "Foo", by: connection))
                #expect(!host.confirm(bots, Array("Bar".utf8), by: connection))
                #expect(host.holder(bots, "Foo")?.bits == 9 && host.holder(bots, "Bar") == nil)
            }
            #expect(
                host.claims == [
                    "kind bot 0 0", "release 3 Foo 1", "release 3 Bar 1", "leave queues 3 1",
                    "confirm 3 Foo 1",
                    "confirm 3 Bar 1",
                ]
            )
        }

        @Test func `names are listed with their holders, and those of a connection`() {
            let host = done { host, bots, connection in
                var seen: [String] = []
                host.forEachHeld(bots, prefix: "F", atMost: 1000) { name, holder in
                    seen.append("\(String(decoding: name, as: UTF8.self)) \(holder)")
                }
                #expect(seen == ["Foo 1", "Bar 2"])
                #expect(host.heldCount(bots) == 2)
                #expect(host.names(bots, of: connection) == [Array("Foo".utf8), Array("Bar".utf8)])
                host.forEachHeld(bots, atMost: -1) { _, _ in }
            }
            #expect(
                host.claims.dropFirst() == ["held 3 F 1000", "held 3  \(Int.max)", "names 3 1", "held 3  0"]
            )
        }

        @Test func `a host without claims, or one that refuses a kind, makes the creation fail`() {
            let none = Life(hasClaims: false) { setup in _ = setup.claims("bot", .deny) }
            #expect(none.isRefused)
            #expect(
                none.host.refusal == "the host refused claims \"bot\" (unavailable); mend the plugin's setup"
            )
            let refused = Life(registrationAnswer: -4) { setup in _ = setup.claims("bot", .deny) }
            #expect(refused.isRefused)
        }
    }
}
