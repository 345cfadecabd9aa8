import Net
import Testing
import Wire

@testable import Core

@Suite struct DeadlineTests {
    @Test func `a head that does not come is 408 after its time, and then the connection is dropped`() throws
    {
        let test = try TestServer("limit head_time 3s;\n" + TestServer.puppet)
        let peer = test.connect()
        peer.send(bytes: Array("GET /main HTTP/1.1\r\n".utf8))
        test.pass(milliseconds: 2999)
        #expect(peer.head() == nil)
        test.pass(milliseconds: 1)
        #expect(try #require(peer.head()).hasPrefix("HTTP/1.1 408 "))
        #expect(test.server.connectionCount == 1)
        test.pass(milliseconds: 5000)
        #expect(test.server.connectionCount == 0)
    }

    @Test func `a peer that drips its head has no more time than others`() throws {
        let test = try TestServer("limit head_time 3s;\n" + TestServer.puppet)
        let peer = test.connect()
        for byte in "GET / HTT".utf8 {
            peer.send(bytes: [byte])
            test.pass(milliseconds: 400)
        }
        #expect(try #require(peer.head()).hasPrefix("HTTP/1.1 408 "))
    }

    @Test func `a silent peer is pinged after 25 s and dropped 10 s later`() throws {
        let test = try TestServer()
        let watcher = try test.open(), peer = try test.open()
        _ = watcher.ask("join watch")
        test.pass(milliseconds: 24_999)
        #expect(peer.arrived() == [])
        _ = watcher.ask("echo alive")
        test.pass(milliseconds: 1)
        #expect(peer.arrived() == [.ping])
        test.pass(milliseconds: 9_999)
        #expect(peer.arrived() == [])
        test.pass(milliseconds: 1)
        #expect(peer.arrived() == [.ended])
        #expect(watcher.arrived() == [.text("gone 1006 -1")])
        #expect(test.server.connectionCount == 1)
    }

    @Test(arguments: ["pong", "text", "half a frame"])
    func `any bytes are an answer to a ping`(kind: String) throws {
        let test = try TestServer()
        let peer = try test.open()
        for _ in 0..<3 {
            test.pass(milliseconds: 25_000)
            #expect(peer.arrived() == [.ping])
            test.pass(milliseconds: 5_000)
            switch kind {
            case "pong": peer.send(bytes: peer.frame(.pong, []))
            case "text": peer.send("echo x")
            default: peer.send(bytes: [0x82])
            }
            test.settle()
            if kind == "half a frame" { peer.send(bytes: [0x80, 1, 2, 3, 4]) }
            #expect(!peer.seen().contains(.ended))
        }
    }

    @Test func `an idle time shorter than the head's is kept`() throws {
        let test = try TestServer("limit idle 2s; limit head_time 20s;\n" + TestServer.puppet)
        let peer = try test.open()
        test.pass(milliseconds: 2000)
        #expect(peer.arrived() == [.ping])
    }

    @Test func `who does not log in is closed with 1008 after the login's time`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; websocket web /door door; limit login 5s; }"
        )
        let peer = try test.open("/door"), other = try test.open("/door"), free = try test.open("/main")
        test.pass(milliseconds: 3000)
        #expect(other.ask("login bob") == [.text("0")])
        test.pass(milliseconds: 1999)
        #expect(peer.arrived() == [])
        test.pass(milliseconds: 1)
        #expect(peer.arrived() == [.close(1008, "login timeout"), .ended])
        #expect(other.ask("who") == [.text("bob:1")])
        #expect(free.ask("who") == [.text(":0")])
    }

    /// The code and the reason that a plugin gives for a login that comes too late.
    private static func timeout(_ code: Int, _ reason: String, _ more: [String] = []) -> FaultPlugin {
        FaultPlugin(
            source: "puppet",
            defines: ["LOGIN_CODE=\(code)", "LOGIN_REASON=\"\(reason)\""] + more
        )
    }

    private static let door =
        "service puppet { plugin Puppet; websocket web /main; websocket web /door door; limit login 5s; }"

    @Test(arguments: [
        (4001, "who are you", 4001, "who are you"), (4001, "", 4001, ""), (0, "late", 1008, "late"),
        (0, "", 1008, "login timeout"), (1000, String(repeating: "x", count: 123), 1000, nil),
    ])
    func `it is closed with what the plugin says`(code: Int, reason: String, came: Int, said: String?) throws
    {
        let test = try TestServer(DeadlineTests.door, plugin: DeadlineTests.timeout(code, reason))
        let peer = try test.open("/door")
        test.pass(milliseconds: 5_000)
        #expect(peer.arrived() == [.close(came, said ?? reason), .ended])
        #expect(test.server.refusals == ["login_timeout": 1])
    }

    @Test func `a reload changes for all what a late login is closed with`() throws {
        let test = try TestServer(DeadlineTests.door, plugin: DeadlineTests.timeout(4001, "old"))
        let first = try test.open("/door")
        test.pass(milliseconds: 1_000)
        let second = try test.open("/door")
        test.pass(milliseconds: 4_000)
        #expect(first.arrived() == [.close(4001, "old"), .ended])
        try test.reload(DeadlineTests.timeout(4002, "new"))
        test.pass(milliseconds: 1_000)
        #expect(second.arrived() == [.close(4002, "new"), .ended])
    }

    @Test func `a stream's first frame that comes too late is told to the plugin so`() throws {
        let test = try TestServer(
            """
            listen control { address 127.0.0.1:0; }
            service puppet { plugin Puppet; websocket web /main; stream control fire; limit login 5s; }
            """,
            plugin: DeadlineTests.timeout(4001, "late")
        )
        let watcher = try test.open(), silent = test.connect(to: 1)
        _ = watcher.ask("join watch")
        test.pass(milliseconds: 5_000)
        #expect(watcher.arrived() == [.text("gone 4001 -1")] && test.engine.isClosed(silent.number))
    }

    @Test func `a grammar of interface 1.2 says nothing of it, whatever lies behind it`() throws {
        let size = "GRAMMAR_SIZE=offsetof(pb_grammar,login_code)"
        let test = try TestServer(DeadlineTests.door, plugin: DeadlineTests.timeout(77, "late", [size]))
        let peer = try test.open("/door")
        test.pass(milliseconds: 5_000)
        #expect(peer.arrived() == [.close(1008, "login timeout"), .ended])
    }

    @Test(arguments: [(1006, 0), (999, 0), (5000, 0), (65_536 + 4000, 0), (4000, 124), (0, 124)])
    func `a code that no close has, or a reason too long, is invalid`(code: Int, length: Int) throws {
        let reason = "text(\"\(String(repeating: "x", count: length))\")"
        let members = ".size = sizeof(pb_grammar), .login_code = \(code), .login_reason = \(reason)"
        let grammar = "&((pb_grammar){ \(members) })"
        let next = FaultPlugin(
            source: "puppet",
            defines: ["TRIED=CALL(grammar, TEXT(\"other\"), \(grammar))"]
        )
        let test = try TestServer()
        #expect(throws: CallError("the plugin refused: it answered -4")) { try test.reload(next) }
    }

    @Test func `a peer that does not answer the server's close is dropped 5 s after it`() throws {
        let test = try TestServer()
        let peer = try test.open()
        peer.send(bytes: [0x83, 0x80, 0, 0, 0, 0])
        #expect(peer.seen().last == .ended)
        peer.send("echo more")
        test.pass(milliseconds: 4_999)
        #expect(test.server.connectionCount == 1)
        test.pass(milliseconds: 1)
        #expect(test.server.connectionCount == 0)
    }

    @Test func `a peer that does not close its side is dropped 5 s after the end`() throws {
        let test = try TestServer()
        let peer = try test.open()
        peer.close(1000)
        test.settle()
        #expect(test.server.connectionCount == 1)
        test.pass(milliseconds: 5000)
        #expect(test.server.connectionCount == 0)
    }
}
