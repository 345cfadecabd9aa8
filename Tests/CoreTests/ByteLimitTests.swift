import Net
import Testing
import Wire

@testable import Core

/// `limit bytes`: a peer that sends too much is read more slowly, and nothing is lost.
@Suite struct ByteLimitTests {
    private static let service =
        "service puppet { plugin Puppet; limit bytes 1k/s; websocket web /main; http web /web web; }"

    private func server(_ more: String = "", _ service: String = ByteLimitTests.service) throws -> TestServer
    {
        try TestServer("\(more)\n\(service)")
    }

    /// Frames of 1024 bytes that are answered with the texts `first`, `first + 1`, ….
    private func frames(_ peer: TestPeer, _ count: Int, from first: Int = 0) -> [UInt8] {
        (first..<first + count).flatMap { number in
            let text = "echo \(number)" + String(repeating: " ", count: 1024)
            return peer.frame(.text, Array(text.utf8.prefix(1024 - 8)))
        }
    }

    private func numbers(_ seen: [TestPeer.Seen]) -> [Int] {
        seen.texts.compactMap { Int($0.prefix { $0 != " " }) }
    }

    @Test func `what comes over the limit waits in the kernel, and comes in its order`() throws {
        let test = try server()
        let peer = try test.open()
        var heard: [Int] = []
        // 300 KiB: of these 64 are read at once, as the engine's buffer has room for them.
        peer.send(bytes: frames(peer, 300))
        heard += numbers(peer.seen())
        #expect(heard == Array(0..<63) || heard == Array(0..<64))
        test.pass(milliseconds: 50_000)
        #expect(numbers(peer.arrived()) == [])
        test.pass(milliseconds: 250_000)
        heard += numbers(peer.arrived())
        #expect(heard == Array(0..<300))
        #expect(test.server.connectionCount == 1)
    }

    @Test(arguments: [1, 10, 60]) func `over time it is as many bytes as the limit says`(size: Int) throws {
        let test = try server()
        let peer = try test.open()
        var sent = 0, heard: [Int] = []
        // Twice as many as it may, in pieces of so many KiB, for two minutes.
        for second in 0..<120 {
            while sent < second * 2 {
                peer.send(bytes: frames(peer, size, from: sent))
                sent += size
            }
            test.pass(milliseconds: 1000)
            heard += numbers(peer.arrived())
        }
        #expect(heard == Array(0..<heard.count))
        // A second's worth at the beginning, and what one look brings at the end.
        #expect((118...(121 + 64)).contains(heard.count), "\(heard.count)")
    }

    @Test func `a peer that keeps to the limit is never made to wait`() throws {
        let test = try server()
        let peer = try test.open()
        for second in 0..<100 {
            #expect(numbers(peer.ask("echo \(second)" + String(repeating: " ", count: 900))) == [second])
            test.pass(milliseconds: 1000)
        }
    }

    @Test func `one that is not read is not taken for dead, and is pinged again later`() throws {
        let test = try server()
        let peer = try test.open()
        peer.send(bytes: frames(peer, 60))
        #expect(numbers(peer.seen()).count == 60)
        test.pass(milliseconds: 58_000)
        // Sent while nothing was read; it stands in the kernel.
        peer.send("echo 60")
        #expect(peer.seen() == [])
        test.pass(milliseconds: 3_000)
        #expect(numbers(peer.arrived()) == [60])
        test.pass(milliseconds: 25_000)
        #expect(peer.arrived() == [.ping])
        test.pass(milliseconds: 10_000)
        #expect(peer.arrived() == [.ended])
    }

    private func head(_ length: Int) -> [UInt8] {
        Array("GET /web HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n".utf8)
    }

    @Test func `bodies count, and their time stands still while nothing is read`() throws {
        let test = try server()
        let peer = test.connect()
        let half = [UInt8](repeating: UInt8(ascii: "x"), count: 30 << 10)
        peer.send(bytes: head(60 << 10) + half)
        test.settle()
        peer.send(bytes: half)
        test.pass(milliseconds: 28_000)
        #expect(try #require(test.loop.connections.first??.exchange?.content.count) == 30 << 10)
        test.pass(milliseconds: 4_000)
        #expect(peer.answer()?.status == 200)
        // The next request waits for the debt of this one.
        peer.send(bytes: Array("GET /web HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(peer.answer() == nil)
        test.pass(milliseconds: 31_000)
        #expect(peer.answer()?.body == "hello")
    }

    @Test func `a body that does not come is still 408`() throws {
        let test = try server()
        let peer = test.connect()
        peer.send(bytes: head(60 << 10) + [UInt8](repeating: 0, count: 10 << 10))
        test.pass(milliseconds: 38_000)
        #expect(peer.rest() == "")
        test.pass(milliseconds: 3_000)
        #expect(peer.rest().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func `another service on the same connection has its own limit`() throws {
        let free = "service free { plugin Puppet; http web /free web; }"
        let test = try server(free)
        let peer = test.connect()
        peer.send(bytes: head(4 << 10) + [UInt8](repeating: 0, count: 4 << 10))
        #expect(peer.answer()?.status == 200)
        #expect(test.loop.connections.first??.isSlowed == true)
        test.pass(milliseconds: 4_000)
        peer.send(bytes: Array("GET /free HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(peer.answer()?.status == 200)
        #expect(test.loop.connections.first??.allowance == nil)
    }

    @Test func `a service without the limit does not wait for another's debt`() throws {
        let test = try server("service free { plugin Puppet; http web /free web; }")
        let peer = test.connect()
        let free = Array("GET /free HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        peer.send(bytes: head(4 << 10) + [UInt8](repeating: 0, count: 4 << 10) + free)
        #expect([peer.answer()?.status, peer.answer()?.status] == [200, 200])
        #expect(peer.exchange(free)?.status == 200)
    }

    @Test func `without the limit there is nothing to keep`() throws {
        let test = try server("", TestServer.puppet)
        let peer = try test.open()
        peer.send(bytes: frames(peer, 300))
        #expect(numbers(peer.seen()) == Array(0..<300))
        #expect(test.loop.connections.first??.allowance == nil)
    }

    @Test func `who closes while nothing is read is heard to the end`() throws {
        let test = try server()
        let peer = try test.open()
        peer.send(bytes: frames(peer, 100))
        peer.leave()
        test.pass(milliseconds: 50_000)
        #expect(try test.service().statistics.messages < 100)
        #expect(test.server.connectionCount == 1)
        test.pass(milliseconds: 20_000)
        #expect(try test.service().statistics.messages == 100)
        // The end is seen when the debt of the last bytes is paid.
        test.pass(milliseconds: 40_000)
        #expect(test.server.connectionCount == 0)
    }

    @Test func `the server's own end does not wait for the debt`() throws {
        let test = try server()
        let peer = try test.open()
        peer.send(bytes: frames(peer, 60))
        _ = peer.seen()
        test.loop.sayGoodbye()
        #expect(peer.seen() == [.close(1001, "the server is going down"), .ended])
        peer.leave()
        test.settle()
        #expect(test.server.connectionCount == 0)
    }

    @Test func `streams are read more slowly too`() throws {
        let folder = try TemporaryFolder()
        let listen = "listen lines { address 127.0.0.1:0; }"
        let test = try TestServer(
            "\(listen)\nservice echo { plugin EchoC; limit bytes 1k/s; websocket web /echo; stream lines lines; }",
            in: folder
        )
        let peer = TestPeer(test.engine.connect(to: 1), test)
        let line = Array((String(repeating: "x", count: 1023) + "\n").utf8)
        peer.send(bytes: (0..<100).flatMap { _ in line })
        test.settle()
        let first = peer.take(.max).count
        #expect(first == 64 << 10)
        test.pass(milliseconds: 62_000)
        #expect(peer.take(.max).isEmpty)
        // Half-closed: the answers still come, and then the end.
        peer.leave()
        test.pass(milliseconds: 40_000)
        #expect(peer.take(.max).count == 36 << 10)
        #expect(peer.seen() == [.ended])
    }
}

@Suite struct ByteAllowanceTests {
    private let second: Int64 = 1_000_000_000

    @Test func `a second's worth at once, then the debt and an eighth of a second`() {
        let allowance = ByteAllowance(perSecond: 800, now: 5)
        #expect(!allowance.spend(800, now: 5))
        #expect(allowance.resumption == nil)
        // Owed: 400 bytes, half a second; an eighth more to be worth a look.
        #expect(allowance.spend(400, now: 5))
        #expect(allowance.resumption == 5 + second * 5 / 8)
        #expect(allowance.resume(now: 5 + second * 5 / 8) == second * 5 / 8)
        #expect(!allowance.spend(100, now: 5 + second * 5 / 8))
        #expect(allowance.spend(1, now: 5 + second * 5 / 8))
    }

    @Test func `bytes that come all the same make the pause longer by what they cost`() {
        let allowance = ByteAllowance(perSecond: 100, now: 0)
        #expect(allowance.spend(200, now: 0))
        let first = allowance.resumption
        #expect(allowance.spend(50, now: second / 2))
        #expect(allowance.resumption == first.map { $0 + second / 2 })
        #expect(allowance.resume(now: 2 * second) == 2 * second)
    }

    @Test(arguments: [1, 3, 1 << 30], [0, 1, 1_000_000_000, 1 << 40, 1 << 62] as [Int64])
    func `a pause earns no more than a second's worth`(perSecond: Int, pause: Int64) {
        let allowance = ByteAllowance(perSecond: perSecond, now: 0)
        #expect(!allowance.spend(0, now: pause))
        #expect(!allowance.spend(perSecond, now: pause))
        #expect(allowance.spend(1, now: pause))
    }

    @Test func `a limit of one byte is paid byte by byte`() {
        let allowance = ByteAllowance(perSecond: 1, now: 0)
        #expect(!allowance.spend(1, now: 0))
        #expect(allowance.spend(1, now: 0))
        #expect(allowance.resumption == 2 * second)
    }
}
