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
