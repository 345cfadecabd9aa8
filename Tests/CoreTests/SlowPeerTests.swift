import Testing
import Wire

@testable import Core

@Suite struct SlowPeerTests {
    @Test func `a peer that reads too slowly is closed with 1013 while others go on`() throws {
        let test = try TestServer("limit outbox 10k;\n" + TestServer.puppet)
        let slow = try test.open(), quick = try test.open()
        _ = (slow.ask("join all"), quick.ask("join all"))
        slow.setWindow(100)
        for number in 0..<30 {
            #expect(
                quick.ask("publish all " + String(repeating: "x", count: 1000)).texts.count == 1,
                "\(number)"
            )
        }
        let counted = try test.service().rooms
        #expect(counted.number(of: Array("all".utf8).span).map { counted.count($0) } == 1)
        #expect(quick.ask("everybody") == [.text("1")])
        slow.setWindow(1 << 20)
        let seen = slow.seen()
        #expect(seen.last == .ended && seen.dropLast().last == .close(1013, "too slow"))
        #expect(seen.texts.count == 11)
    }

    @Test func `a peer that is gone before it is answered takes nothing with it`() throws {
        let test = try TestServer()
        let gone = try test.open(), other = try test.open()
        gone.breakOff()
        #expect(gone.ask("echo a") == [])
        gone.leave()
        test.settle()
        #expect(other.ask("everybody") == [.text("1")])
    }

    @Test func `sending to a slow peer answers full once, and then that it is gone`() throws {
        let test = try TestServer("limit outbox 1k;\n" + TestServer.puppet)
        let slow = try test.open(), quick = try test.open()
        _ = slow.ask("keep")
        slow.setWindow(0)
        #expect(quick.ask("kept " + String(repeating: "x", count: 1500)) == [.text("0")])
        quick.send("kept x")
        quick.send("kept x")
        #expect(quick.seen() == [.text("-2"), .text("-1")])
    }

    @Test func `a slow peer that never reads is dropped 5 s after its end`() throws {
        let test = try TestServer("limit outbox 1k;\n" + TestServer.puppet)
        let slow = try test.open()
        slow.setWindow(0)
        for _ in 0..<10 { slow.send("echo " + String(repeating: "x", count: 500)) }
        test.settle()
        #expect(try test.service().peers.count == 0)
        #expect(test.server.connectionCount == 1)
        test.pass(milliseconds: 5000)
        #expect(test.server.connectionCount == 0)
    }

    @Test func `pings of a peer that does not read its pongs end it too`() throws {
        let test = try TestServer("limit outbox 1k;\n" + TestServer.puppet)
        let slow = try test.open()
        slow.setWindow(0)
        for _ in 0..<100 { slow.send(bytes: slow.frame(.ping, [UInt8](repeating: 1, count: 100))) }
        test.settle()
        #expect(try test.service().peers.count == 0)
    }

    @Test func `a peer that takes a byte at a time gets everything in order`() throws {
        let test = try TestServer()
        let peer = try test.open()
        peer.setWindow(0)
        for number in 0..<20 { peer.send("echo \(number)") }
        test.settle()
        var texts: [String] = []
        for _ in 0..<200 where texts.count < 20 {
            peer.setWindow(1)
            texts += peer.seen().texts
        }
        #expect(texts == (0..<20).map(String.init))
    }
}
