import Net
import Store
import Testing

@testable import Core

/// The plugin asks before it checks a login; the host counts.
@Suite struct ThrottleTests {
    private static func service(_ settings: String) -> String {
        "service puppet { plugin Puppet; websocket web /main; limit idle 1h; \(settings) }"
    }

    /// Tells a login that failed.
    private func fail(_ peer: TestPeer, _ account: String, _ address: String = "") -> String? {
        let ticket = peer.ask("try \(account) \(address)").texts.first
        guard let ticket, ticket != "-2" else { return ticket }
        return peer.ask("settle \(ticket) 0").texts.first
    }

    @Test func `ten failures a minute are the default`() throws {
        let test = try TestServer(ThrottleTests.service(""))
        let anna = try test.open()
        for _ in 0..<10 { #expect(fail(anna, "anna") == "0") }
        #expect(fail(anna, "anna") == "-2" && fail(anna, "ben") == "-2")
        test.pass(milliseconds: 60_000)
        #expect(fail(anna, "anna") == "0")
    }

    @Test func `the peer's own address counts, and that of a request`() throws {
        let test = try TestServer(ThrottleTests.service("limit auth_failures 1/m;"))
        let one = try test.open(), other = try test.open("/main", on: test.connect(from: .v4(0x0a00_0001)))
        #expect(fail(one, "a") == "0" && fail(one, "b") == "-2" && fail(other, "b") == "0")
        #expect(fail(one, "c", "10.0.0.1") == "-2" && fail(one, "c", "10.0.0.2") == "0")
    }

    @Test func `back ends count by account alone`() throws {
        let test = try TestServer(
            "back_ends 10.0.0.0/8; limit auth_failures 1/m;\n"
                + ThrottleTests.service("back_ends 127.0.0.0/8;")
        )
        let front = try test.open(), other = try test.open("/main", on: test.connect(from: .v4(0x0a00_0001)))
        #expect(fail(front, "a") == "0" && fail(front, "b") == "0" && fail(front, "a") == "-2")
        #expect(fail(other, "c") == "0" && fail(other, "d") == "-2")
    }

    @Test func `a login without an account counts by its address alone`() throws {
        let test = try TestServer(ThrottleTests.service("limit auth_failures 1/m; back_ends 10.0.0.0/8;"))
        let anna = try test.open()
        #expect(fail(anna, "", "192.0.2.1") == "0" && fail(anna, "", "192.0.2.1") == "-2")
        #expect(fail(anna, "", "192.0.2.2") == "0")
        for _ in 0..<5 { #expect(fail(anna, "", "10.0.0.1") == "0") }
    }

    @Test func `a login that succeeded is known, and settled once`() throws {
        let test = try TestServer(ThrottleTests.service("limit auth_failures 1/m;"))
        let anna = try test.open()
        #expect(anna.ask("try anna") + anna.ask("settle 1 1") == [.text("1"), .text("0")])
        #expect(anna.ask("settle 1 1") + anna.ask("settle 9 0") == [.text("-1"), .text("-1")])
        #expect(fail(anna, "anna", "10.0.0.1") == "0" && fail(anna, "anna", "10.0.0.2") == "-2")
        #expect(fail(anna, "anna") == "0")
    }

    @Test func `a reload forgets nothing, and status counts`() throws {
        let test = try TestServer(ThrottleTests.service("limit auth_failures 1/m;"))
        let anna = try test.open()
        #expect(fail(anna, "anna") == "0")
        try test.reload(FaultPlugin(source: "puppet", defines: ["GENERATION=\"2\""]))
        #expect(fail(anna, "anna") == "-2" && fail(anna, "ben") == "-2")
        #expect(try test.service().statistics.throttledLogins == 2)
        test.pass(milliseconds: 60_000)
        #expect(fail(anna, "anna") == "0")
    }

    @Test func `a batch that is not stored forgets nothing`() throws {
        let plugin = FaultPlugin(source: "puppet", defines: ["STORE"])
        let test = try TestServer(ThrottleTests.service("limit auth_failures 1/m;"), plugin: plugin)
        let anna = try test.open()
        try test.service().database?.limitSize(to: 1)
        anna.send("try anna")
        #expect(anna.ask("fill 1000000").texts == ["refused try 4", "refused fill 4"])
        #expect(fail(anna, "anna") == "-2")
    }
}
