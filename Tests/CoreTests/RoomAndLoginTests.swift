import Testing

@testable import Core

@Suite struct RoomTests {
    @Test func `a room's members hear it but for those excepted`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open(), cleo = try test.open()
        #expect(anna.ask("join room") + ben.ask("join room") == [.text("0"), .text("0")])
        #expect(anna.ask("join room") == [.text("-7")])
        #expect(anna.ask("members room") == [.text("2")])
        #expect(cleo.ask("publish room hello") == [])
        #expect(anna.ask("others room secret") == [.text("hello")])
        #expect(ben.seen() == [.text("hello"), .text("secret")])
        #expect(cleo.seen() == [])
        #expect(ben.ask("leave room") + ben.ask("leave room") == [.text("0"), .text("-4")])
        #expect(cleo.ask("publish room again") + ben.seen() == [])
        #expect(anna.seen() == [.text("again")])
    }

    @Test func `whoever ends is in no room any more, and a room without members is gone`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        _ = (anna.ask("join a"), anna.ask("join b"), ben.ask("join b"))
        anna.leave()
        test.settle()
        #expect(ben.ask("members a") + ben.ask("members b") == [.text("0"), .text("1")])
        #expect(ben.ask("publish b x") == [.text("x")])
        #expect(test.loop.rooms.count == 1)
        ben.close(1000)
        test.settle()
        #expect(test.loop.rooms.isEmpty)
        #expect(try test.service().rooms.number(of: Array("b".utf8)) == nil)
    }

    @Test func `replies and room messages come in the order of sending`() throws {
        let test = try TestServer()
        let anna = try test.open()
        _ = anna.ask("join room")
        for number in 0..<100 { anna.send(number % 2 == 0 ? "echo \(number)" : "publish room \(number)") }
        #expect(anna.seen().texts == (0..<100).map(String.init))
    }

    @Test func `a name of no bytes or over 1024 is invalid`() throws {
        let test = try TestServer()
        let anna = try test.open()
        #expect(anna.ask("join ") + anna.ask("join") == [.text("-4"), .text("-4")])
        #expect(anna.ask("join " + String(repeating: "x", count: 1025)) == [.text("-4")])
        #expect(anna.ask("join " + String(repeating: "x", count: 1024)) == [.text("0")])
    }
}

@Suite struct HandleTests {
    @Test func `the handle of a connection that ended answers gone, also when its slot is used again`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        #expect(ben.ask("keep") == [.text("0")])
        #expect(anna.ask("kept hello") == [.text("0")])
        #expect(ben.seen() == [.text("hello")])
        ben.leave()
        test.settle()
        #expect(anna.ask("kept hello") == [.text("-1")])
        let cleo = try test.open()
        #expect(test.loop.connections.count == 2)
        #expect(anna.ask("kept hello") == [.text("-1")])
        #expect(anna.ask("admit x") == [.text("-1")])
        #expect(cleo.seen() == [])
    }

    @Test func `state is kept with its version, up to 64 KiB`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        #expect(anna.ask("set mine") + anna.ask("state") + ben.ask("state") == [.text("0"), .text("mine:7"), .text(":0")])
    }
}

@Suite struct LoginTests {
    private static let door = "service puppet { plugin Puppet; websocket web /main; websocket web /door door; }"

    @Test func `before a login only the login passes`() throws {
        let test = try TestServer(LoginTests.door)
        let anna = try test.open("/door")
        #expect(anna.ask("echo x") == [.text("refused echo 3")])
        #expect(anna.ask("nonsense") == [.text("refused nonsense 3")])
        #expect(anna.ask("login anna") + anna.ask("echo x") == [.text("0"), .text("x")])
        #expect(anna.ask("who") == [.text("anna:1")])
    }

    @Test func `types ask for a login, or for a principal`() throws {
        let test = try TestServer()
        let anna = try test.open()
        #expect(anna.ask("known x") == [.text("refused known 3")])
        _ = anna.ask("guest")
        #expect(anna.ask("known x") + anna.ask("named x") == [.text("x"), .text("refused named 3")])
        _ = anna.ask("login anna")
        #expect(anna.ask("named x") == [.text("x")])
    }

    @Test func `a principal's connections are counted, limited and reached`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; limit connections_per_principal 2; }")
        let one = try test.open(), two = try test.open(), three = try test.open()
        #expect(one.ask("login anna") + two.ask("login anna") == [.text("0"), .text("0")])
        #expect(one.ask("login anna") == [.text("0")])
        #expect(three.ask("login anna") == [.text("-2")])
        #expect(three.ask("tell anna hello") == [.text("2")])
        #expect(one.seen() + two.seen() == [.text("hello"), .text("hello")])
        one.leave()
        #expect(three.ask("login anna") == [.text("0")])
        #expect(three.ask("login cleo") + two.ask("tell anna x") == [.text("0"), .text("x"), .text("1")])
    }

    @Test func `after later messages wait in order until the connection is accepted`() throws {
        let test = try TestServer(LoginTests.door)
        let anna = try test.open("/door"), helper = try test.open()
        #expect(anna.ask("later") == [.text("0")])
        for number in 0..<5 { anna.send("echo \(number)") }
        #expect(anna.seen() == [])
        #expect(helper.ask("echo helper") == [.text("helper")])
        #expect(helper.ask("admit anna") == [.text("0")])
        #expect(anna.ask("echo 5").texts == (0..<6).map(String.init))
    }

    @Test func `messages wait again when one of those that waited says later`() throws {
        let test = try TestServer(LoginTests.door)
        let anna = try test.open("/door"), helper = try test.open()
        for text in ["later", "echo 1", "later", "echo 2"] { anna.send(text) }
        _ = helper.ask("admit anna")
        #expect(anna.seen() == [.text("0"), .text("1"), .text("0")])
        _ = helper.ask("admit anna")
        #expect(anna.seen() == [.text("2")])
    }

    @Test func `a timer or a command that accepts lets go on what waited`() throws {
        let test = try TestServer(LoginTests.door)
        let anna = try test.open("/door"), helper = try test.open()
        _ = (anna.ask("later"), anna.ask("echo 1"), helper.ask("timer admit 100"))
        test.pass(milliseconds: 100)
        #expect(anna.arrived() == [.text("1")])
        _ = (anna.ask("later"), anna.ask("echo 2"))
        let service = try test.service()
        service.lane.perform { service.call("admit", []) { _ in } }
        #expect(anna.seen() == [.text("2")])
    }

    @Test func `who sends too much while it waits is closed`() throws {
        let test = try TestServer("limit outbox 10k;\n" + LoginTests.door)
        let anna = try test.open("/door"), ben = try test.open("/door")
        _ = (anna.ask("later"), ben.ask("echo"))
        for _ in 0..<20 { anna.send("echo " + String(repeating: "x", count: 1000)) }
        let seen = anna.seen()
        guard case .close(1013, _) = seen.first else {
            Issue.record("\(seen)")
            return
        }
        #expect(ben.ask("login ben") == [.text("0")])
    }

    @Test func `the time for logging in stands still while the plugin looks`() throws {
        let test = try TestServer(LoginTests.door)
        let anna = try test.open("/door")
        _ = anna.ask("later")
        test.pass(milliseconds: 20_000)
        anna.send("echo 1")
        test.pass(milliseconds: 20_000)
        #expect(!anna.arrived().contains(.ended))
    }
}

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
