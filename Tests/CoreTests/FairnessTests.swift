import Net
import Testing
import Wire

@testable import Core

@Suite struct FairnessTests {
    @Test func `a connection gives 64 messages to a turn, and others come in between`() throws {
        let test = try TestServer()
        let flood = try test.open(), calm = try test.open()
        flood.send(bytes: (0..<500).flatMap { flood.frame(.text, Array("echo \($0)".utf8)) })
        calm.send("echo calm")
        test.turn()
        #expect(calm.arrived() == [.text("calm")])
        let first = flood.arrived().texts
        #expect(first == (0..<64).map(String.init))
        test.settle()
        #expect(first + flood.arrived().texts == (0..<500).map(String.init))
    }

    @Test func `a message to a large room does not hold up the answers to others`() throws {
        let test = try TestServer()
        let members = try (0..<900).map { _ in try test.open() }
        let other = try test.open()
        for member in members { #expect(member.ask("join room") == [.text("0")]) }
        other.send("publish room one")
        test.turn()
        var heard = members.map { $0.arrived().texts }
        #expect(heard.count { !$0.isEmpty } == 576)
        // One that waits for the room's message, and one that does not.
        let late = try #require(heard.lastIndex { $0.isEmpty })
        members[late].send("echo mine")
        other.send("echo other")
        test.turn()
        #expect(other.arrived() == [.text("other")])
        #expect(members[late].arrived() == [.text("one"), .text("mine")])
        heard[late] = ["one"]
        other.send("publish room two")
        test.settle()
        for (index, member) in members.enumerated() { heard[index] += member.arrived().texts }
        #expect(heard.allSatisfy { $0 == ["one", "two"] })
    }

    @Test func `nobody is too slow for what was not written yet`() throws {
        let test = try TestServer("service puppet { plugin Puppet; websocket web /main; limit outbox 1k; }")
        let members = try (0..<400).map { _ in try test.open() }
        let slow = try test.open(), sender = try test.open()
        for member in members + [slow] { #expect(member.ask("join room") == [.text("0")]) }
        slow.setWindow(0)
        let text = String(repeating: "x", count: 300)
        for _ in 0..<3 {
            sender.send(
                bytes: (0..<60).flatMap { _ in sender.frame(.text, Array("publish room \(text)".utf8)) }
            )
            test.turn()
        }
        test.settle()
        #expect(test.server.refusals == ["too_slow": 1])
        for member in members { #expect(member.arrived().texts == Array(repeating: text, count: 180)) }
    }

    @Test func `what a flooding connection has sent ahead stays small`() throws {
        let test = try TestServer()
        let peer = try test.open()
        let connection = try #require(test.loop.connections.compactMap { $0 }.first)
        peer.send(
            bytes: (0..<100_000).flatMap { _ in peer.frame(.pong, []) }
                + peer.frame(.text, Array("echo x".utf8))
        )
        var most = 0
        for _ in 0..<400 {
            test.turn()
            most = max(most, connection.pending.count)
        }
        #expect(most <= Engine.headroom + Engine.inputCapacity)
        test.settle()
        #expect(peer.arrived() == [.text("x")])
    }

    @Test func `a lane with too much stops its connections' reading, and loses nothing`() throws {
        let plugin = FaultPlugin(source: "puppet", defines: ["STORE"])
        let test = try TestServer("limit queue 20k;\n" + TestServer.puppet, plugin: plugin)
        let peers = try (0..<20).map { _ in try test.open() }
        let service = try test.service()
        for peer in peers {
            peer.send(bytes: (0..<300).flatMap { peer.frame(.text, Array("echo \($0)".utf8)) })
        }
        test.turn()
        test.turn()
        #expect(service.lane.isOverloaded(limit: service.limits.queue))
        #expect(test.loop.connections.contains { $0?.isHeldUp == true })
        test.settle()
        #expect(!test.loop.connections.contains { $0?.isHeldUp == true })
        for peer in peers { #expect(peer.arrived().texts == (0..<300).map(String.init)) }
    }

    @Test func `while its lane is behind, a connection is not taken for silent`() throws {
        let plugin = FaultPlugin(source: "puppet", defines: ["STORE"])
        let test = try TestServer("limit queue 20k;\n" + TestServer.puppet, plugin: plugin)
        let peers = try (0..<20).map { _ in try test.open() }
        for peer in peers {
            peer.send(bytes: (0..<300).flatMap { peer.frame(.text, Array("echo \($0)".utf8)) })
        }
        test.turn()
        test.turn()
        let connection = try #require(test.loop.connections.lazy.compactMap { $0 }.first { $0.isHeldUp })
        for _ in 0..<2 {
            test.clock.advance(nanoseconds: 26_000_000_000)
            test.loop.now = test.clock.monotonic
            _ = test.loop.fireTimers()
        }
        #expect(connection.phase == .open && connection.pinged == nil)
    }

    @Test func `a ping that went out before its lane was behind is not waited for`() throws {
        let test = try TestServer()
        let peer = try test.open()
        let connection = try #require(test.loop.connections.lazy.compactMap { $0 }.first)
        test.pass(milliseconds: 25_000)
        #expect(peer.arrived() == [.ping])
        connection.isBehind = true  // by a message that lay there unread
        test.pass(milliseconds: 10_000)
        #expect(connection.phase == .open)
        connection.isBehind = false
        test.pass(milliseconds: 25_000)
        #expect(peer.arrived() == [.ping])
    }

    @Test func `what a peer sent before it left is handled, all of it`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        _ = anna.ask("join room")
        ben.send(bytes: (0..<1000).flatMap { ben.frame(.text, Array("publish room \($0)".utf8)) })
        ben.leave()
        #expect(anna.seen().texts == (0..<1000).map(String.init))
        #expect(test.server.connectionCount == 1)
    }
}
