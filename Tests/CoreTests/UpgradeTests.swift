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

    @Test func `a path that nobody serves is 404, and the connection ends`() throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: Array("GET /other HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        test.settle()
        #expect(try #require(peer.head()).hasPrefix("HTTP/1.1 404 "))
        #expect(peer.arrived().contains(.ended))
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
    ])
    func `an origin is compared with those allowed`(origin: String, answer: String) throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; origins https://good.example; }"
        )
        #expect(test.answer("/main", [ResponseField("Origin", origin)]) == answer)
    }

    @Test(arguments: [("/main", 405), ("/other", 404)])
    func `an answer to HEAD has no body`(path: String, status: Int) throws {
        let test = try TestServer()
        let peer = test.connect()
        peer.send(bytes: Array("HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        test.settle()
        let answer = try #require(peer.head())
        #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.contains("\r\nContent-Length: "))
        #expect(peer.arrived() == [.ended])
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
