import Testing
import Wire

@testable import Core

@Suite struct LimitTests {
    @Test func `a head over its limit is 431, and others are served`() throws {
        let test = try TestServer("limit head 2k;\n" + TestServer.puppet)
        let peer = test.connect(), other = try test.open()
        peer.send(bytes: Array("GET /main HTTP/1.1\r\nHost: a\r\nX: ".utf8))
        peer.send(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 2048))
        test.settle()
        #expect(try #require(peer.head()).hasPrefix("HTTP/1.1 431 "))
        #expect(other.ask("echo here") == [.text("here")])
    }

    @Test func `the rate is each connection's own`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; limit rate 2/s burst 3; }"
        )
        let loud = try test.open(), calm = try test.open()
        for number in 0..<10 { loud.send("rated \(number)") }
        let seen = loud.seen().texts
        #expect(seen == ["0", "1", "2"] + Array(repeating: "refused rated 2", count: 7))
        #expect(
            calm.ask("rated a") + calm.ask("rated b") + calm.ask("rated c")
                == ["a", "b", "c"].map { .text($0) }
        )
        test.pass(milliseconds: 500)
        #expect(loud.ask("rated x") + loud.ask("rated y") == [.text("x"), .text("refused rated 2")])
    }

    @Test func `messages that are too long count for the rate`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; limit rate 1/s burst 2; }"
        )
        let peer = try test.open(), long = "rated " + String(repeating: "x", count: 2000)
        #expect(peer.ask(long) + peer.ask(long) == [.text("refused  1"), .text("refused  1")])
        #expect(peer.ask("rated x") == [.text("refused rated 2")])
    }

    @Test func `a service that is behind holds up its own connections alone`() throws {
        let plugin = FaultPlugin(source: "puppet", defines: ["STORE"])
        let test = try TestServer("limit queue 20k;\n" + TestServer.puppet + TestServer.echo, plugin: plugin)
        let peers = try (0..<20).map { _ in try test.open() }, other = try test.open("/echo")
        for peer in peers {
            peer.send(bytes: (0..<300).flatMap { peer.frame(.text, Array("echo \($0)".utf8)) })
        }
        test.turn()
        test.turn()
        #expect(test.loop.connections.contains { $0?.isHeldUp == true })
        other.send("at once")
        test.turn()
        #expect(other.arrived() == [.text("at once")])
        #expect(test.loop.connections.contains { $0?.isHeldUp == true })
        test.settle()
        #expect(peers.allSatisfy { $0.arrived().texts.count == 300 })
    }

    @Test func `a connection that ends while it is held up takes nothing along`() throws {
        let plugin = FaultPlugin(source: "puppet", defines: ["STORE"])
        let test = try TestServer("limit queue 20k;\n" + TestServer.puppet, plugin: plugin)
        let peers = try (0..<20).map { _ in try test.open() }
        for peer in peers {
            peer.send(bytes: (0..<300).flatMap { peer.frame(.text, Array("echo \($0)".utf8)) })
        }
        test.turn()
        test.turn()
        let held = try #require(test.loop.connections.lazy.compactMap { $0 }.first { $0.isHeldUp })
        let place = try #require(test.loop.connections.firstIndex { $0 === held })
        peers[place].leave()
        test.settle()
        #expect(test.server.connectionCount == 19)
        let others = peers.indices.filter { $0 != place }
        #expect(others.allSatisfy { peers[$0].arrived().texts == (0..<300).map(String.init) })
        let late = try test.open()
        #expect(late.ask("echo late") == [.text("late")])
    }

    @Test func `a limit of all services is each one's own`() throws {
        let test = try TestServer("limit connections 1;\n" + TestServer.puppet + TestServer.echo)
        _ = (try test.open("/main"), try test.open("/echo"))
        #expect(test.answer("/main") == "HTTP/1.1 503 Service Unavailable")
        #expect(test.answer("/room") == "HTTP/1.1 503 Service Unavailable")
    }
}
