import Testing

@testable import Core

@Suite struct PluginTimerTests {
    @Test func `a timer fires at its time, once, with its key`() throws {
        let test = try TestServer()
        let anna = try test.open()
        _ = (anna.ask("join watch"), anna.ask("timer a 500"), anna.ask("timer b 300"))
        test.pass(milliseconds: 299)
        #expect(anna.arrived() == [])
        #expect(anna.ask("left a") == [.text("201")])
        test.pass(milliseconds: 1)
        #expect(anna.arrived() == [.text("fired b")])
        test.pass(milliseconds: 1000)
        #expect(anna.arrived() == [.text("fired a")])
        #expect(anna.ask("left a") == [.text("-4")])
    }

    @Test func `starting a running timer starts it anew, stopping it ends it`() throws {
        let test = try TestServer()
        let anna = try test.open()
        _ = (anna.ask("join watch"), anna.ask("timer a 500"))
        test.pass(milliseconds: 400)
        _ = anna.ask("timer a 500")
        test.pass(milliseconds: 499)
        #expect(anna.arrived() == [])
        #expect(anna.ask("stop a") + anna.ask("stop a") == [.text("0"), .text("-4")])
        test.pass(milliseconds: 1000)
        #expect(anna.arrived() == [])
    }

    @Test(arguments: ["9223372036854775807", "9223372036854", "-9223372036854775808"])
    func `any number of milliseconds is taken`(time: String) throws {
        let test = try TestServer()
        let anna = try test.open()
        #expect(anna.ask("timer a \(time)") == [.text("0")])
        #expect(anna.ask("echo x") == [.text("x")])
    }

    @Test func `a timer that starts itself again at once lets others go on`() throws {
        let test = try TestServer()
        let anna = try test.open()
        _ = anna.ask("join watch")
        anna.send("timer again 0")
        for _ in 0..<10 { test.turn() }
        anna.send("stop again")
        let texts = anna.seen().texts
        #expect(texts.first == "0" && texts.last == "0")
        #expect(texts.dropFirst().dropLast().allSatisfy { $0 == "fired again" })
        #expect((5...40).contains(texts.count))
    }

    @Test func `counting never overflows`() throws {
        let test = try TestServer()
        let anna = try test.open()
        for _ in 0..<3 { #expect(anna.ask("count 9223372036854775807") == [.text("0")]) }
    }
}
