import Net
import TLS
import Testing
import Wire

@testable import Core

/// Peers behind a proxy: by a PROXY header, or by X-Forwarded-For.
@Suite struct ProxyTests {
    private static let text = Array("PROXY TCP4 192.0.2.7 10.0.0.1 4711 443\r\n".utf8)
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
    private static let binary =
        signature + [0x21, 0x11, 0, 12, 192, 0, 2, 7, 10, 0, 0, 1, 0x12, 0x67, 0x01, 0xbb]
    private static let services = """
        service puppet { plugin Puppet; websocket web /main; http web /web web; limit connections_per_address 2; }
        """

    private func server(_ listen: String = "proxy_protocol on;") throws -> TestServer {
        try TestServer(ProxyTests.services, listen: listen)
    }

    private static func upgrade(_ fields: [ResponseField] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        ClientHandshake(host: "a", path: "/main", fields: fields).appendRequest(to: &bytes)
        return bytes
    }

    private static func binary6(_ address: [UInt8]) -> [UInt8] {
        signature + [0x21, 0x21, 0, 36] + address + [UInt8](repeating: 1, count: 16) + [0, 9, 0, 9]
    }

    @Test(arguments: [
        (text, "192.0.2.7"), (binary, "192.0.2.7"),
        (Array("PROXY TCP6 2001:db8::7 ::1 1 2\r\n".utf8), "2001:db8::7"),
        (Array("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n".utf8), "192.0.2.7"),
        (Array("PROXY UNKNOWN\r\n".utf8), "127.0.0.1"), (signature + [0x20, 0, 0, 0], "127.0.0.1"),
        (binary6([0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [7]), "2001:db8::7"),
    ])
    func `the plugin sees whom the header names`(header: [UInt8], address: String) throws {
        let test = try server()
        let peer = test.connect()
        peer.send(bytes: header)
        #expect(try test.open("/main", on: peer).ask("peer") == [.text("0 at '' from \(address) as ''")])
        let other = test.connect()
        other.send(bytes: header)
        let mirror = other.exchange(Array("POST /web/mirror HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(mirror?.body.contains(" from \(address) ") == true)
    }

    @Test(arguments: [text, binary], ["", "tls"])
    func `header and first bytes may be cut anywhere`(header: [UInt8], layer: String) throws {
        let isSecure = layer == "tls"
        let test = try server("proxy_protocol on; " + (isSecure ? Certificates.block() : ""))
        let session = try TLSClientSession()
        var first: [UInt8] = []
        if isSecure { _ = session.start(sealed: &first) } else { first = ProxyTests.upgrade() }
        let bytes = header + first
        // All of the header, and every tenth place behind it.
        for cut in Array(1..<header.count + 2) + stride(from: header.count, to: bytes.count, by: 10) {
            let peer = test.connect()
            peer.send(bytes: Array(bytes[..<cut]))
            test.settle()
            peer.send(bytes: Array(bytes[cut...]))
            test.settle()
            let answer = peer.take(9)
            #expect(answer.starts(with: isSecure ? [0x16, 3, 3] : Array("HTTP/1.1 ".utf8)), "cut at \(cut)")
            peer.leave()
            test.settle()
        }
        #expect(test.server.connectionCount == 0 && test.server.refusals.isEmpty)
    }

    @Test(arguments: [text, binary])
    func `TLS may come behind the header`(header: [UInt8]) throws {
        let test = try server("proxy_protocol on; " + Certificates.block())
        let peer = test.connect()
        peer.send(bytes: header)
        peer.secure(by: try TLSClientSession())
        peer.shakeHands()
        #expect(try test.open("/main", on: peer).ask("peer") == [.text("0 at '' from 192.0.2.7 as ''")])
    }

    @Test(arguments: [
        ("GET /main HTTP/1.1\r\n", "proxy_notProxy"), ("PROXY TCP4 192.0.2.7\r\n", "proxy_badLine"),
        ("PROXY TCP5 1.1.1.1 1.1.1.1 1 1\r\n", "proxy_badFamily"),
        ("PROXY TCP4 " + String(repeating: "1", count: 200), "proxy_tooLong"),
        ("\u{16}\u{3}\u{1}", "proxy_notProxy"),
    ])
    func `a header that is wrong ends the connection without a word`(header: String, reason: String) throws {
        let test = try server()
        let peer = test.connect()
        peer.send(bytes: Array(header.utf8))
        test.settle()
        #expect(peer.arrived() == [.ended] && test.server.refusals == [reason: 1])
        #expect(test.server.connectionCount == 0)
    }

    @Test(arguments: [[], Array(text.dropLast()), Array(binary.dropLast())])
    func `a header that does not come is not waited for`(bytes: [UInt8]) throws {
        let test = try server()
        let peer = test.connect()
        if !bytes.isEmpty { peer.send(bytes: bytes) }
        test.pass(milliseconds: 9_999)
        #expect(test.server.connectionCount == 1)
        test.pass(milliseconds: 1)
        #expect(peer.arrived() == [.ended] && test.server.refusals == ["proxy_timeout": 1])
        #expect(test.server.connectionCount == 0)
    }

    @Test func `connections are counted for those whom headers name`() throws {
        let test = try server()
        func open(_ host: String) -> TestPeer {
            let peer = test.connect()
            peer.send(bytes: Array("PROXY TCP4 \(host) 10.0.0.1 1 2\r\n".utf8) + ProxyTests.upgrade())
            test.settle()
            return peer
        }
        let first = (0..<3).map { _ in open("192.0.2.1") }
        #expect(first.map { $0.head()?.prefix(12) } == ["HTTP/1.1 101", "HTTP/1.1 101", "HTTP/1.1 429"])
        #expect(open("192.0.2.2").head()?.prefix(12) == "HTTP/1.1 101")
        first[2].leave()
        // Twice as many connections as WebSockets are allowed; past that there is no answer.
        let more = (0..<3).map { _ in test.connect() }
        for peer in more { peer.send(bytes: Array("PROXY TCP4 192.0.2.1 10.0.0.1 1 2\r\n".utf8)) }
        test.settle()
        #expect(more.map { test.engine.isClosed($0.number) } == [false, false, true])
        #expect(test.server.refusals == ["http_429": 1, "address_limit": 1])
        first[0].leave()
        test.settle()
        #expect(open("192.0.2.1").head()?.prefix(12) == "HTTP/1.1 101")
    }

    @Test func `a stream may come behind a proxy`() throws {
        let test = try TestServer(
            """
            listen control { address 127.0.0.1:0; proxy_protocol on; }
            service puppet { plugin Puppet; stream control lines; }
            """
        )
        let peer = test.connect(to: 1)
        peer.send(bytes: ProxyTests.text + Array("peer\n".utf8))
        test.settle()
        #expect(peer.take(.max) == Array("2 at '' from 192.0.2.7 as ''\n".utf8))
    }

    // MARK: X-Forwarded-For

    private static let trusting = "trust_forwarded 127.0.0.1 10.0.0.0/8 unix;"

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("203.0.113.9, 192.0.2.7", "192.0.2.7"),
        ("203.0.113.9, 192.0.2.7, 10.1.2.3", "192.0.2.7"), ("2001:db8::7", "2001:db8::7"),
        ("nobody", "127.0.0.1"), ("", "127.0.0.1"),
    ])
    func `whom a trusted proxy names is the client`(value: String, address: String) throws {
        let test = try server(ProxyTests.trusting)
        let field = ResponseField("X-Forwarded-For", value)
        #expect(try test.open("/main", [field]).ask("peer") == [.text("0 at '' from \(address) as ''")])
        let request = "POST /web/mirror HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \(value)\r\n\r\n"
        #expect(test.connect().exchange(Array(request.utf8))?.body.contains(" from \(address) ") == true)
    }

    @Test func `who is not trusted names nobody`() throws {
        let test = try server("trust_forwarded 10.0.0.0/8 unix;")
        let field = ResponseField("X-Forwarded-For", "192.0.2.7")
        #expect(try test.open("/main", [field]).ask("peer") == [.text("0 at '' from 127.0.0.1 as ''")])
        let trusted = try test.open("/main", [field], on: test.connect(from: .v4(0x0a01_0203)))
        #expect(trusted.ask("peer") == [.text("0 at '' from 192.0.2.7 as ''")])
        let local = try test.open("/main", [field], on: test.connect(from: .unix("")))
        #expect(local.ask("peer") == [.text("0 at '' from 192.0.2.7 as ''")])
    }

    @Test func `a proxy's own connections are not counted, those of its clients are`() throws {
        let test = try server(ProxyTests.trusting)
        func answer(_ client: String) -> String? {
            test.answer("/main", [ResponseField("X-Forwarded-For", client)]).map { String($0.prefix(12)) }
        }
        for number in 1..<9 {
            #expect(answer("192.0.2.\(number)") == "HTTP/1.1 101")
            #expect(answer("2001:db8:0:\(number)::1") == "HTTP/1.1 101")
            #expect(answer("2001:db8:0:\(number)::2") == "HTTP/1.1 101")
            #expect(answer("2001:db8:0:\(number)::3") == "HTTP/1.1 429")
        }
        #expect(test.server.refusals == ["http_429": 8])
        let untrusted = try server("trust_forwarded 10.0.0.0/8;")
        let answers = (1..<4).map {
            untrusted.answer("/main", [ResponseField("X-Forwarded-For", "192.0.2.\($0)")])?.contains(" 101 ")
        }
        #expect(answers == [true, true, false])
    }
}
