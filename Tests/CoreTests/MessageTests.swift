import Testing
import Wire

@testable import Core

@Suite struct MessageTests {
    @Test func `text and binary are given as they were sent`() throws {
        let test = try TestServer(TestServer.echo)
        let peer = try test.open("/echo")
        peer.send(bytes: peer.frame(.binary, [0, 255]) + peer.frame(.text, []))
        #expect(peer.seen() == [.binary([0, 255]), .text("")])
    }

    @Test func `a message over the limit is closed with 1009 at its header`() throws {
        let test = try TestServer("limit message 100;\n" + TestServer.puppet)
        let watcher = try test.open(), peer = try test.open()
        _ = watcher.ask("join watch")
        #expect(peer.ask("echo " + String(repeating: "x", count: 95)).texts.count == 1)
        peer.send(bytes: Array(peer.frame(.text, [UInt8](repeating: 120, count: 101)).prefix(6)))
        #expect(peer.seen() == [.close(1009, WebSocketFailure.messageTooBig.sentence), .ended])
        #expect(watcher.seen() == [.text("gone 1009 -1")])
    }

    @Test func `a message over the grammar's limit is refused, and the connection goes on`() throws {
        let test = try TestServer()
        let peer = try test.open()
        #expect(peer.ask("echo " + String(repeating: "x", count: 1996)) == [.text("refused  1")])
        #expect(peer.ask("echo x") == [.text("x")])
    }

    @Test func `a fragmented message is one, with pings in between answered first`() throws {
        let test = try TestServer()
        let peer = try test.open()
        peer.send(bytes: peer.frame(.text, isFinal: false, Array("echo on".utf8)))
        peer.send(bytes: peer.frame(.ping, Array("p".utf8)))
        peer.send(bytes: peer.frame(.continuation, isFinal: false, Array("e mess".utf8)))
        peer.send(bytes: peer.frame(.continuation, Array("age".utf8)))
        #expect(peer.seen() == [.pong("p"), .text("one message")])
    }

    @Test(arguments: [
        ([0x81, 0x01, 0x41], 1002),  // unmasked
        ([0x88, 0x02, 0x03, 0xe8], 1002),  // an unmasked close: 1000 in answer would say that all was well
        ([0x88, 0x81, 0, 0, 0, 0, 0x03], 1002),  // half a close code
        ([0x08, 0x80, 0, 0, 0, 0], 1002),  // a close that goes on
        ([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 5], 1002),  // a length of 64 bits
        ([0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0], 1002),  // a message in a message
        ([0x01, 0x81, 0, 0, 0, 0, 0x41, 0x00, 0x81, 0, 0, 0, 0, 0xff], 1007),  // no UTF-8, and more to come
        ([0x81, 0xe4, 0, 0, 0, 0, 0xff], 1007),  // no UTF-8 in a frame that has begun
        ([0x88, 0x83, 0, 0, 0, 0, 0x03, 0xe8, 0xff], 1007),  // a reason that is no UTF-8
        ([0xc1, 0x80, 0, 0, 0, 0], 1002),  // a reserved bit
        ([0x83, 0x80, 0, 0, 0, 0], 1002),  // an unknown opcode
        ([0x80, 0x80, 0, 0, 0, 0], 1002),  // a continuation of nothing
        ([0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),  // no UTF-8
    ])
    func `a peer that breaks the rules is closed with the code for it`(bytes: [UInt8], code: Int) throws {
        let test = try TestServer()
        let peer = try test.open()
        peer.send(bytes: bytes)
        let seen = peer.seen()
        #expect(seen.count == 2 && seen.last == .ended)
        guard case .close(code, _) = seen.first else {
            Issue.record("\(seen)")
            return
        }
    }

    @Test(
        arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] as [UInt16]
    )
    func `each code that a peer may close with is answered with the same`(code: UInt16) throws {
        let test = try TestServer()
        let peer = try test.open()
        peer.close(code, "bye")
        #expect(peer.seen() == [.close(Int(code), ""), .ended])
    }

    @Test(arguments: [
        [], [0x81], [0x81, 0xfe, 0x03], [0x81, 0x85, 0, 0, 0, 0, 0x61], [0x01, 0x81, 0, 0, 0, 0, 0x61],
    ])
    func `a peer that goes away in the middle of anything is told as 1006, and nothing stays`(bytes: [UInt8])
        throws
    {
        let test = try TestServer()
        let watcher = try test.open(), peer = try test.open()
        _ = watcher.ask("join watch")
        peer.send(bytes: bytes)
        test.settle()
        peer.leave()
        #expect(watcher.seen() == [.text("gone 1006 -1")])
        #expect(test.server.connectionCount == 1)
    }

    @Test func `two thousand messages in one write are answered in order`() throws {
        let test = try TestServer()
        let peer = try test.open()
        peer.send(bytes: (0..<2_000).flatMap { peer.frame(.text, Array("echo \($0)".utf8)) })
        #expect(peer.seen().texts == (0..<2_000).map(String.init))
    }

    @Test func `the peer's close is answered with its code, and what it sends then is dropped`() throws {
        let test = try TestServer()
        let watcher = try test.open(), peer = try test.open()
        _ = watcher.ask("join watch")
        peer.send("echo before")
        peer.close(3001, "enough")
        peer.send("echo after")
        #expect(peer.seen() == [.text("before"), .close(3001, ""), .ended])
        #expect(watcher.seen() == [.text("gone 3001 -1")])
        peer.leave()
        test.settle()
        #expect(test.server.connectionCount == 1)
        #expect(try test.service().peers.count == 1)
    }

    @Test func `a close without a code is told as 1005 and answered in kind`() throws {
        let test = try TestServer()
        let watcher = try test.open(), peer = try test.open()
        _ = watcher.ask("join watch")
        peer.send(bytes: peer.frame(.close, []))
        #expect(peer.seen() == [.close(1005, ""), .ended])
        #expect(watcher.seen() == [.text("gone 1005 -1")])
    }

    @Test func `the service closes, and what was sent before still arrives`() throws {
        let test = try TestServer()
        let watcher = try test.open(), peer = try test.open()
        _ = watcher.ask("join watch")
        peer.send("echo 1")
        peer.send("end 4000 that is all")
        peer.send("echo 2")
        #expect(peer.seen() == [.text("1"), .close(4000, "that is all"), .ended])
        #expect(watcher.seen() == [.text("gone 4000 -1")])
        peer.close(4000)
        peer.leave()
        test.settle()
        #expect(test.server.connectionCount == 1)
    }

    @Test(arguments: ["999", "1004", "1005", "1006", "1007", "1015", "2999", "5000", "65536000", "0"])
    func `a code that a service may not send is invalid`(code: String) throws {
        let test = try TestServer()
        let peer = try test.open()
        #expect(peer.ask("end \(code) x") == [.text("-4")])
    }

    @Test func `a reason of 124 bytes is invalid, one of 123 is sent`() throws {
        let test = try TestServer()
        let peer = try test.open()
        #expect(peer.ask("end 1000 " + String(repeating: "x", count: 124)) == [.text("-4")])
        let reason = String(repeating: "x", count: 123)
        #expect(peer.ask("end 1000 " + reason) == [.close(1000, reason), .ended])
    }

    @Test func `a peer that vanishes is told as 1006`() throws {
        let test = try TestServer()
        let watcher = try test.open(), peer = try test.open()
        _ = watcher.ask("join watch")
        peer.leave()
        #expect(watcher.seen() == [.text("gone 1006 -1")])
        #expect(test.server.connectionCount == 1)
        #expect(try test.service().counter.count == 1)
    }

    @Test func `unknown types and messages over the rate are told so`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; limit rate 1/s burst 2; }"
        )
        let peer = try test.open()
        #expect(peer.ask("nonsense 1") == [.text("unknown nonsense")])
        #expect(peer.ask("rated 1") + peer.ask("rated 2") == [.text("1"), .text("2")])
        #expect(peer.ask("rated 3") == [.text("refused rated 2")])
        #expect(peer.ask("echo 4") == [.text("4")])
        test.pass(milliseconds: 1000)
        #expect(peer.ask("rated 5") + peer.ask("rated 6") == [.text("5"), .text("refused rated 2")])
    }
}
