import Testing

@testable import Core

@Suite struct LoginTests {
    private static let door =
        "service puppet { plugin Puppet; websocket web /main; websocket web /door door; }"

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
            "service puppet { plugin Puppet; websocket web /main; limit connections_per_principal 2; }"
        )
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
        let test = try TestServer("limit message 2k;\n" + LoginTests.door)
        let anna = try test.open("/door"), ben = try test.open("/door")
        _ = (anna.ask("later"), ben.ask("echo"))
        for _ in 0..<100 { anna.send("echo " + String(repeating: "x", count: 1000)) }
        #expect(anna.seen() == [.close(1008, "too many messages before the login was checked"), .ended])
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
