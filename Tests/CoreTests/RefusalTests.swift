import Testing
import Wire

@testable import Core

/// What is refused is counted by its reason.
@Suite struct RefusalTests {
    private static let reset = "\u{1}\r\n\r\n"

    @Test(arguments: [
        ("\u{1}\r\n\r\n", "http_400"), ("GET /other HTTP/1.1\r\nHost: a\r\n\r\n", "http_404"),
        ("POST /main HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "http_405"),
        ("GET /main HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "http_417"),
        ("GET /main HTTP/1.1\r\nHost: a\r\n\r\n", "http_426"),
        ("GET /main HTTP/3.0\r\nHost: a\r\n\r\n", "http_505"),
    ])
    func `a request that is refused is counted by its status`(request: String, name: String) throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: Array(request.utf8))
        test.settle()
        #expect(test.server.refusals == [name: 1])
    }

    @Test func `a head that does not come is counted`() throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: Array("GET".utf8))
        test.pass(milliseconds: 10_000)
        #expect(test.server.refusals == ["http_408": 1])
    }

    @Test(arguments: [
        ([0x81, 0x00], "websocket_unmasked"), ([0xf1, 0x80, 0, 0, 0, 0], "websocket_reservedBits"),
        ([0x83, 0x80, 0, 0, 0, 0], "websocket_unknownOpcode"),
        ([0x81, 0x81, 0, 0, 0, 0, 0xff], "websocket_textNotUTF8"),
    ])
    func `a broken frame is counted by what is wrong with it`(frame: [UInt8], name: String) throws {
        let test = try TestServer()
        let peer = try test.open()
        peer.send(bytes: frame)
        test.settle()
        #expect(test.server.refusals == [name: 1])
    }

    @Test func `a peer that answers no ping, and one that takes nothing, are counted`() throws {
        let test = try TestServer("service puppet { plugin Puppet; websocket web /main; limit outbox 1k; }")
        let silent = try test.open(), slow = try test.open()
        slow.setWindow(0)
        for _ in 0..<3 { slow.send("echo " + String(repeating: "x", count: 1000)) }
        test.settle()
        #expect(test.server.refusals == ["too_slow": 1])
        test.pass(milliseconds: 40_000)
        #expect(test.server.refusals == ["too_slow": 1, "no_pong": 1])
        _ = silent
    }

    @Test func `an address that has far too many connections is not answered, and others are`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; limit connections_per_address 2; }"
        )
        let peers = (0..<5).map { _ in test.connect() }
        test.settle()
        #expect(peers.map { $0.arrived() } == [[], [], [], [], [.ended]])
        #expect(test.server.refusals == ["address_limit": 1])
        peers[0].leave()
        test.settle()
        let next = test.connect()
        test.settle()
        #expect(next.arrived() == [])
    }
}
