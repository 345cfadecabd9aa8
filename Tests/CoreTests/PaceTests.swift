import Net
import Store
import Testing
import Wire

@testable import Core

/// `limit queries`: paced messages over it wait in order, and nothing is read of their connection meanwhile.
@Suite struct PaceTests {
    /// How messages come to the service.
    enum Way: CaseIterable {
        case webSocket
        case sockJSWebSocket
        case stream

        func open(_ test: TestServer) throws -> TestPeer {
            switch self {
            case .webSocket: return try test.open("/main")
            case .sockJSWebSocket:
                let peer = try test.open("/sock/server/name/websocket")
                #expect(peer.seen() == [.text("o")])
                return peer
            case .stream: return test.connect(to: 1)
            }
        }

        /// The bytes of some messages; SockJS has all in one frame.
        func bytes(_ texts: [String], _ peer: TestPeer) -> [UInt8] {
            switch self {
            case .webSocket: texts.flatMap { peer.frame(.text, Array($0.utf8)) }
            case .sockJSWebSocket:
                peer.frame(.text, Array("[\(texts.map { "\"\($0)\"" }.joined(separator: ","))]".utf8))
            case .stream: texts.flatMap { Array("\($0)\n".utf8) }
            }
        }

        /// The messages that have come.
        func heard(_ peer: TestPeer) -> [String] {
            switch self {
            case .webSocket: peer.arrived().texts
            case .sockJSWebSocket:
                peer.arrived().texts.map { String($0.dropFirst(3).dropLast(2)) }
            case .stream:
                String(decoding: peer.take(.max), as: UTF8.self).split(separator: "\n").map(String.init)
            }
        }
    }

    /// With a store messages go by the queue, else straight to the handler.
    private func server(_ limits: String = "limit queries 10/s burst 3;", _ defines: [String] = []) throws
        -> TestServer
    {
        try TestServer(
            """
            listen control { address 127.0.0.1:0; }
            service puppet {
                plugin Puppet; websocket web /main; websocket web /door door; sockjs web /sock;
                stream control lines; \(limits)
            }
            """,
            plugin: FaultPlugin(source: "puppet", defines: defines)
        )
    }

    private func peer(_ test: TestServer) throws -> Peer { try #require(test.service().peers.all.first) }

    @Test(arguments: Way.allCases, [[], ["STORE"]])
    func `what is over the limit waits, in order, and all after it`(way: Way, defines: [String]) throws {
        let test = try server("limit queries 10/s burst 3;", defines)
        let anna = try way.open(test), ben = try test.open()
        anna.send(bytes: way.bytes((0..<6).map { "paced \($0)" } + ["echo last"], anna))
        test.settle()
        #expect(way.heard(anna) == ["0", "1", "2"])
        #expect(ben.ask("paced free") == [.text("free")])
        test.pass(milliseconds: 99)
        #expect(way.heard(anna) == [])
        test.pass(milliseconds: 1)
        #expect(way.heard(anna) == ["3"])
        test.pass(milliseconds: 200)
        #expect(way.heard(anna) == ["4", "5", "last"])
        #expect(try test.service().statistics.messages == 8)
        // And then it goes on as if nothing had been.
        test.pass(milliseconds: 1000)
        anna.send(bytes: way.bytes(["paced a", "paced b", "paced c", "paced d"], anna))
        test.settle()
        #expect(way.heard(anna) == ["a", "b", "c"])
    }

    @Test(arguments: Way.allCases, [[], ["STORE"]])
    func `a flood stays with whoever sends it, and is answered to the last`(way: Way, defines: [String])
        throws
    {
        let test = try server("limit queries 1000/s burst 10;", defines)
        let anna = try way.open(test)
        for first in stride(from: 0, to: 20_000, by: 100) {
            anna.send(bytes: way.bytes((first..<first + 100).map { "paced \($0)" }, anna))
        }
        test.settle()
        var heard = way.heard(anna), most = 0
        #expect(heard.count == 10)
        for _ in 0..<40 {
            test.pass(milliseconds: 500)
            heard += way.heard(anna)
            let pending = test.loop.connections.reduce(0) { $0 + ($1?.pending.count ?? 0) }
            most = max(most, try peer(test).held.bytes + pending)
        }
        #expect(heard == (0..<20_000).map(String.init))
        #expect((1...100 << 10).contains(most), "\(most)")
    }

    @Test func `messages of other types do not count, and none lifts it`() throws {
        let test = try server("limit queries 1/s burst 1;"), lifted = try server("limit queries none;")
        let anna = try test.open(), ben = try lifted.open()
        for number in 0..<5 { #expect(anna.ask("echo \(number)") == [.text("\(number)")]) }
        #expect(try peer(test).pace == nil)
        for number in 0..<300 { #expect(ben.ask("paced \(number)") == [.text("\(number)")]) }
    }

    @Test func `by default it is 200 at once and 50 a second`() throws {
        let test = try server("")
        let anna = try test.open()
        for number in 0..<300 { anna.send("paced \(number)") }
        #expect(anna.seen().count == 200)
        test.pass(milliseconds: 1000)
        #expect(anna.arrived().count == 50)
    }

    @Test(arguments: [[], ["STORE"]])
    func `requests of a session wait with it, and are answered when it goes on`(defines: [String]) throws {
        let test = try server("limit queries 10/s burst 2;", defines)
        let client = SessionClient(test), second = test.connect(), third = test.connect()
        _ = client.poll()
        #expect(client.send("paced 0", "paced 1", "paced 2", "echo 3") == 204)
        #expect(client.poll() == "a[\"0\",\"1\"]\n")
        #expect(client.send("paced 4", on: second) == nil && client.send("echo 5", on: third) == nil)
        test.pass(milliseconds: 100)
        #expect(second.answer()?.status == 204 && third.answer() == nil)
        #expect(client.poll() == "a[\"2\",\"3\"]\n")
        test.pass(milliseconds: 100)
        #expect(third.answer()?.status == 204 && client.poll() == "a[\"4\",\"5\"]\n")
        #expect(client.send("echo 6", on: second) == 204)
    }

    @Test func `a session that ends lets those go who wait for it`() throws {
        let test = try server("limit queries 10/s burst 1;")
        let client = SessionClient(test), waiting = test.connect(), gone = test.connect()
        _ = client.poll()
        _ = client.send("paced 0", "paced 1")
        #expect(client.send("paced 2", on: waiting) == nil && client.send("paced 3", on: gone) == nil)
        gone.leave()
        try test.service().lane.handleDirectly { service in
            for peer in service.peers.all { service.close(peer, code: 3000, "enough") }
        }
        #expect(waiting.answer()?.status == 204)
        #expect(client.poll() == "a[\"0\"]\n" && client.poll() == "c[3000,\"enough\"]\n")
        test.pass(milliseconds: 60_000)
        #expect(test.server.connectionCount == 0)
    }

    @Test func `requests for a session that nobody receives from any more are told that there is none`()
        throws
    {
        let test = try server("limit queries 1/s burst 1;")
        let client = SessionClient(test), waiting = test.connect()
        _ = client.poll()
        #expect(
            client.send(body: "[\(Array(repeating: "\"paced x\"", count: 20).joined(separator: ","))]")?
                .status == 204
        )
        #expect(client.send("echo y", on: waiting) == nil)
        test.pass(milliseconds: 8_000)
        #expect(waiting.answer()?.status == 404)
        #expect(try test.service().statistics.messages == 20 && test.service().peers.count == 0)
    }

    @Test(arguments: [[], ["STORE"]])
    func `through a reload they wait on, for the handlers of the new generation`(defines: [String]) throws {
        let test = try server("limit queries 10/s burst 1;", defines)
        let anna = try test.open()
        for text in ["paced 0", "paced 1", "life", "paced 2"] { anna.send(text) }
        #expect(anna.seen() == [.text("0")])
        try test.reload(FaultPlugin(source: "puppet", defines: defines + ["GENERATION=\"2\""]))
        #expect(anna.seen() == [])
        test.pass(milliseconds: 200)
        #expect(anna.arrived().texts == ["1", "generation 2 restored  start 1", "2"])
    }

    @Test func `a batch that is lost takes nothing along that only waited`() throws {
        let test = try server("limit queries 10/s burst 1;", ["STORE"])
        try test.service().database?.limitSize(to: 1)
        let anna = try test.open()
        let batch = ["paced 0", "fill 1000000", "paced 1", "echo 2", "paced 3"]
        anna.send(bytes: batch.flatMap { anna.frame(.text, Array($0.utf8)) })
        #expect(anna.seen().texts == ["refused paced 4", "refused fill 4"])
        test.pass(milliseconds: 100)
        #expect(anna.arrived().texts == ["1", "2"])
        test.pass(milliseconds: 100)
        #expect(anna.arrived().texts == ["3"])
    }

    @Test func `what waited and was handled in the lost batch is refused, and the rest goes on`() throws {
        let test = try server("limit queries 10/s burst 1;", ["STORE"])
        try test.service().database?.limitSize(to: 1)
        let anna = try test.open()
        for text in ["paced 0", "paced 1", "fill 1000000", "end 1000 never", "paced 2"] { anna.send(text) }
        #expect(anna.seen().texts == ["0"])
        test.pass(milliseconds: 100)
        #expect(anna.arrived().texts == ["refused paced 4", "refused fill 4", "refused end 4"])
        test.pass(milliseconds: 100)
        #expect(anna.arrived().texts == ["2"])
        #expect(anna.ask("echo on") == [.text("on")])
    }

    @Test(arguments: [[], ["STORE"]])
    func `who says goodbye after them gets their answers first`(defines: [String]) throws {
        let test = try server("limit queries 10/s burst 1;", defines)
        let anna = try test.open(), line = test.connect(to: 1)
        anna.send(bytes: (0..<3).flatMap { anna.frame(.text, Array("paced \($0)".utf8)) })
        anna.close(1000)
        line.send(bytes: Array("paced a\npaced b\npaced c\n".utf8))
        line.leave()
        test.settle()
        test.pass(milliseconds: 200)
        #expect(anna.arrived() == ["0", "1", "2"].map { .text($0) } + [.close(1000, ""), .ended])
        #expect(String(decoding: line.take(.max), as: UTF8.self) == "a\nb\nc\n")
        test.pass(milliseconds: 10_000)
        #expect(test.server.connectionCount == 0)
    }

    @Test func `one that is not read is not taken for dead`() throws {
        let test = try server("limit queries 1/s burst 1; limit idle 5s;")
        let anna = try test.open()
        for number in 0..<60 { anna.send("paced \(number)") }
        test.pass(milliseconds: 58_000)
        #expect(anna.arrived().texts == (0..<59).map(String.init))
        test.pass(milliseconds: 10_000)
        #expect(anna.arrived() == [.text("59"), .ping])
    }

    @Test(arguments: [[], ["STORE"]])
    func `those that wait for a login and for their pace come in order`(defines: [String]) throws {
        let test = try server("limit queries 10/s burst 1;", defines)
        let anna = try test.open("/door"), helper = try test.open()
        for text in ["later", "paced 0", "echo 1", "paced 2", "later", "paced 3"] { anna.send(text) }
        #expect(anna.seen() == [.text("0")])
        _ = helper.ask("admit anna")
        #expect(anna.seen().texts == ["0", "1"])
        test.pass(milliseconds: 100)
        #expect(anna.arrived().texts == ["2", "0"])
        test.pass(milliseconds: 1000)
        #expect(anna.arrived().texts == [])
        _ = helper.ask("admit anna")
        #expect(anna.seen().texts == ["3"] && anna.ask("echo 4").texts == ["4"])
    }

    @Test func `a type that is counted too is refused at its registration`() throws {
        let test = try server()
        let contrary = FaultPlugin(source: "puppet", defines: ["CONTRARY"])
        #expect(throws: CallError("the plugin refused: a type counted and paced is -4")) {
            try test.reload(contrary)
        }
    }
}
