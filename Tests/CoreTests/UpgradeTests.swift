import Testing
import Wire

@testable import Core

@Suite struct UpgradeTests {
    @Test func `a WebSocket of a service is opened`() throws {
        let test = try TestServer(TestServer.echo)
        let peer = try test.open("/echo")
        #expect(peer.ask("hello") == [.text("hello")])
        #expect(try test.service("echo").counter.count == 1)
    }

    @Test func `a path that nobody serves is 404, and the connection goes on`() throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: Array("GET /other HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        test.settle()
        #expect(try #require(peer.head()).hasPrefix("HTTP/1.1 404 "))
        #expect(test.server.connectionCount == 1)
        peer.leave()
        test.settle()
        #expect(test.server.connectionCount == 0)
    }

    @Test func `a plain request for a WebSocket's path is 426`() throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: Array("GET /main HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        test.settle()
        #expect(try #require(peer.head()).hasPrefix("HTTP/1.1 426 "))
    }

    @Test func `bytes that are no request are 400`() throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: Array("\u{1}\r\n\r\n".utf8))
        test.settle()
        #expect(try #require(peer.head()).hasPrefix("HTTP/1.1 400 "))
    }

    @Test(arguments: [
        ("https://good.example", "HTTP/1.1 101 Switching Protocols"),
        ("HTTPS://GOOD.example:443", "HTTP/1.1 101 Switching Protocols"),
        ("https://bad.example", "HTTP/1.1 403 Forbidden"),
        ("http://good.example", "HTTP/1.1 403 Forbidden"),
        ("null", "HTTP/1.1 403 Forbidden"),
        ("https://good.example.bad.example", "HTTP/1.1 403 Forbidden"),
        ("https://badgood.example", "HTTP/1.1 403 Forbidden"), ("", "HTTP/1.1 403 Forbidden"),
        ("https://good.example@bad.example", "HTTP/1.1 403 Forbidden"),
        ("https://bad.example/https://good.example", "HTTP/1.1 403 Forbidden"),
        ("https://good.example/", "HTTP/1.1 403 Forbidden"),
        ("https://good.example:4", "HTTP/1.1 403 Forbidden"),
        ("https://good.example https://bad.example", "HTTP/1.1 403 Forbidden"),
        ("https://bad.example, https://good.example", "HTTP/1.1 403 Forbidden"),
        ("file://", "HTTP/1.1 403 Forbidden"), ("good.example", "HTTP/1.1 403 Forbidden"),
    ])
    func `an origin is compared with those allowed`(origin: String, answer: String) throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; origins https://good.example; }"
        )
        #expect(test.answer("/main", [ResponseField("Origin", origin)]) == answer)
    }

    @Test(arguments: [
        ["https://good.example", "https://bad.example"], ["https://bad.example", "https://good.example"],
    ])
    func `two origins are refused, whichever comes first`(origins: [String]) throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; origins https://good.example; }"
        )
        #expect(
            test.answer("/main", origins.map { ResponseField("Origin", $0) }) == "HTTP/1.1 400 Bad Request"
        )
    }

    @Test(arguments: ["null", "", "file://"])
    func `where no origins are named each is let in`(origin: String) throws {
        let test = try TestServer()
        #expect(test.answer("/main", [ResponseField("Origin", origin)])?.contains(" 101 ") == true)
    }

    @Test(arguments: [
        "/main?a=%20b&c=/../d", "/main?x=%0d%0aX-Injected:%201", "/main?", "http://example/main",
    ])
    func `a query is no part of the path, and nothing of it is in the answer`(target: String) throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: UpgradeTests.request(target))
        test.settle()
        let answer = try #require(peer.head())
        #expect(answer.hasPrefix("HTTP/1.1 101 "))
        #expect(answer.split(separator: "\r\n").count == 4)
        #expect(peer.ask("echo 1") == [.text("1")])
    }

    @Test func `a subprotocol that the service does not know is not agreed on`() throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: UpgradeTests.request("/main", ["Sec-WebSocket-Protocol: made-up.example, other"]))
        test.settle()
        let answer = try #require(peer.head())
        #expect(answer.hasPrefix("HTTP/1.1 101 ") && !answer.contains("Sec-WebSocket-Protocol"))
    }

    @Test(arguments: [("/main", 405, [TestPeer.Seen.ended]), ("/other", 404, [])])
    func `an answer to HEAD has no body`(path: String, status: Int, then: [TestPeer.Seen]) throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: Array("HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        test.settle()
        let answer = try #require(peer.head())
        #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains("\r\nContent-Length: "))
        #expect(peer.arrived() == then)
    }

    /// Requests that are refused, each with what another reader could take for a second request.
    static let ambiguous: [(String, String, String, Int)] = [
        ("POST /main HTTP/1.1", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", 400),
        ("POST /main HTTP/1.1", "Content-Length: 0\r\nContent-Length: 37\r\n", "", 400),
        ("POST /main HTTP/1.1", "Content-Length: 0, 37\r\n", "", 400),
        ("POST /main HTTP/1.1", "Content-Length: +5\r\n", "", 400),
        ("POST /main HTTP/1.1", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n", 501),
        ("POST /main HTTP/1.1", "Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n", 405),
        ("POST /main HTTP/1.1", "Transfer-Encoding: chunked\r\n", "5\r\nhelloX0\r\n\r\n", 405),
        ("POST /main HTTP/1.1", "Content-Length: 5\r\n", "hello", 405), ("POST /main HTTP/1.1", "", "", 405),
        ("POST /other HTTP/1.1", "Content-Length: 5\r\n", "hello", 404), ("GET /main HTTP/1.0", "", "", 426),
        ("GET /main HTTP/1.1", "X: 1\r\n 2\r\n", "", 400),
        ("GET /main HTTP/1.1", "Content-Length: 37\r\n", "", 400),
        ("GET /main HTTP/1.1", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", 400),
        ("GET /main HTTP/1.1", "Sec-WebSocket-Version: 8\r\n", "", 426),
        ("GET /main HTTP/1.1", "Host: b\r\n", "", 400),
    ]

    @Test(arguments: ambiguous, [false, true])
    func `what follows a refused request is never answered`(
        refused: (line: String, fields: String, body: String, status: Int),
        bytewise: Bool
    ) throws {
        let test = try TestServer()
        let peer = test.connect()
        let fields = refused.fields.split(separator: "\r\n").map(String.init)
        let head = String(decoding: UpgradeTests.request("/main", fields), as: UTF8.self)
            .replacing("GET /main HTTP/1.1", with: refused.line)
        let bytes = Array((head + refused.body).utf8) + UpgradeTests.request("/main")
        if bytewise {
            for byte in bytes {
                peer.send(bytes: [byte])
                test.turn()
            }
        } else {
            peer.send(bytes: bytes)
        }
        test.settle()
        #expect(try #require(peer.head()).hasPrefix("HTTP/1.1 \(refused.status) "))
        #expect(peer.head() == nil)
        #expect(try test.service().peers.count == 0)
        peer.leave()
        test.settle()
        #expect(test.server.connectionCount == 0)
    }

    @Test func `a request behind an upgrade is read as a frame, and refused as one`() throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: UpgradeTests.request("/main") + UpgradeTests.request("/main"))
        test.settle()
        #expect(try #require(peer.head()).hasPrefix("HTTP/1.1 101 "))
        // 'G' and 'E': a reserved bit.
        #expect(peer.seen() == [.close(1002, WebSocketFailure.reservedBits.sentence), .ended])
    }

    @Test(arguments: [
        ("GET /" + String(repeating: "a", count: 20_000), 414),
        ("GET /main HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000), 431),
        ("GET /main HTTP/1.1\r\n" + String(repeating: "X: 1\r\n", count: 4_000), 431),
        (String(repeating: "\r\n", count: 5_000), 400), (String(repeating: "\0", count: 65_536), 400),
        ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0", 400), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ])
    func `a head without an end is refused at its limit, and what follows is dropped`(
        text: String,
        status: Int
    )
        throws
    {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: Array(text.utf8))
        test.settle()
        #expect(try #require(peer.head()).hasPrefix("HTTP/1.1 \(status) "))
        for _ in 0..<5 {
            peer.send(bytes: [UInt8](repeating: 0x61, count: 65_536))
            test.settle()
        }
        #expect(peer.head() == nil)
        #expect(test.loop.connections.compactMap { $0?.pending.count }.reduce(0, +) == 0)
        test.pass(milliseconds: 5_000)
        #expect(test.server.connectionCount == 0)
    }

    private static func request(_ target: String, _ lines: [String] = []) -> [UInt8] {
        let fields = [
            "Host: example", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        ]
        return Array((["GET \(target) HTTP/1.1"] + fields + lines + ["", ""]).joined(separator: "\r\n").utf8)
    }

    @Test func `without an origin it is no browser, and may come in`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; origins https://good.example; }"
        )
        #expect(test.answer("/main") == "HTTP/1.1 101 Switching Protocols")
    }

    @Test func `the listener's origins count beside the service's`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; origins https://a.example https://b.example; }",
            listen: "origins https://b.example;"
        )
        #expect(
            test.answer("/main", [ResponseField("Origin", "https://a.example")]) == "HTTP/1.1 403 Forbidden"
        )
        #expect(
            test.answer("/main", [ResponseField("Origin", "https://b.example")])?.contains(" 101 ") == true
        )
    }

    @Test func `over the connections of an address it is 429, and a place is free when one ends`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; limit connections_per_address 2; }"
        )
        let first = try test.open()
        _ = try test.open()
        #expect(test.answer("/main") == "HTTP/1.1 429 Too Many Requests")
        first.close(1000)
        test.settle()
        #expect(test.answer("/main")?.contains(" 101 ") == true)
    }

    @Test func `over the connections of a service it is 503`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; limit connections 1; }"
        )
        _ = try test.open()
        #expect(test.answer("/main") == "HTTP/1.1 503 Service Unavailable")
    }

    @Test func `messages that come with the head are handled`() throws {
        let test = try TestServer()
        let peer = test.connect()
        var bytes: [UInt8] = []
        ClientHandshake(host: "a", path: "/main").appendRequest(to: &bytes)
        peer.send(
            bytes: bytes + peer.frame(.text, Array("echo 1".utf8)) + peer.frame(.text, Array("echo 2".utf8))
        )
        test.settle()
        _ = peer.head()
        #expect(peer.arrived() == [.text("1"), .text("2")])
    }

    @Test func `head and messages may come byte by byte`() throws {
        let test = try TestServer()
        let peer = test.connect()
        var bytes: [UInt8] = []
        ClientHandshake(host: "a", path: "/main").appendRequest(to: &bytes)
        for byte in bytes + peer.frame(.text, Array("echo äöü".utf8)) {
            peer.send(bytes: [byte])
            test.turn()
        }
        test.settle()
        _ = peer.head()
        #expect(peer.arrived() == [.text("äöü")])
    }
}
