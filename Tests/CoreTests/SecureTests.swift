import COpenSSL
import Net
import TLS
import Testing
import Wire

@testable import Core

/// TLS between the peer and everything else.
@Suite struct SecureTests {
    private static let versions: [TLSVersion] = [.tls12, .tls13]
    private static let services = """
        listen plain { address 127.0.0.1:0; }
        service puppet { plugin Puppet; websocket web /main; http web /web web; websocket plain /main; }
        service echo { plugin EchoC; limit message 1m; websocket web /echo; }
        """

    private func server(_ services: String = SecureTests.services, _ block: String = "") throws -> TestServer
    {
        try TestServer(services, listen: Certificates.block("localhost", block))
    }

    private static let request = Array("GET /web HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

    @Test(arguments: versions)
    func `a WebSocket works over TLS, and ends with both last words`(version: TLSVersion) throws {
        let test = try server()
        let session = try TLSClientSession(version)
        let peer = try test.open("/main", on: test.connectSecurely(session))
        #expect(session.version == version)
        #expect(peer.ask("echo hello") == [.text("hello")])
        peer.close(1000, "bye")
        #expect(peer.seen() == [.close(1000, ""), .ended])
        #expect(peer.outcome == .closed)
        peer.leave()
        test.settle()
        #expect(test.server.connectionCount == 0 && test.server.refusals.isEmpty)
    }

    @Test(arguments: versions)
    func `requests work over TLS, one after the other and at once`(version: TLSVersion) throws {
        let test = try server()
        let peer = try test.connectSecurely(TLSClientSession(version))
        for _ in 0..<3 { #expect(peer.exchange(SecureTests.request)?.body == "hello") }
        peer.send(bytes: (0..<300).flatMap { _ in SecureTests.request })
        #expect((0..<300).allSatisfy { _ in peer.answer()?.body == "hello" })
        #expect(test.server.connectionCount == 1)
    }

    @Test(arguments: versions, [1, 2, 3, 5, 7, 16, 61, 500])
    func `the bytes of TLS may be cut anywhere`(version: TLSVersion, piece: Int) throws {
        let test = try server()
        let peer = test.connect()
        peer.piece = piece
        let session = try TLSClientSession(version)
        peer.secure(by: session)
        peer.shakeHands()
        #expect(session.isEstablished)
        _ = try test.open("/main", on: peer)
        #expect(peer.ask("echo 1") + peer.ask("echo 2") == [.text("1"), .text("2")])
        peer.close(1000)
        #expect(peer.seen() == [.close(1000, ""), .ended] && peer.outcome == .closed)
    }

    @Test func `a request's record is read at any cut`() throws {
        let test = try server()
        let peer = try test.connectSecurely(TLSClientSession())
        for cut in 1..<SecureTests.request.count + 22 {
            peer.piece = cut
            #expect(peer.exchange(SecureTests.request)?.body == "hello", "cut at \(cut)")
        }
    }

    @Test(arguments: versions, [65_536, 300_000])
    func `a long message goes both ways, to a peer that takes little too`(version: TLSVersion, count: Int)
        throws
    {
        let test = try server()
        let peer = try test.open("/echo", on: test.connectSecurely(TLSClientSession(version)))
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        peer.send(bytes: peer.frame(.binary, bytes))
        #expect(peer.seen() == [.binary(bytes)])
        peer.setWindow(0)
        peer.send(bytes: peer.frame(.binary, bytes))
        var seen: [TestPeer.Seen] = []
        for _ in 0..<1_000 where seen.isEmpty {
            peer.setWindow(1_000)
            seen += peer.seen()
        }
        #expect(seen == [.binary(bytes)])
    }

    @Test func `many messages in one piece are all answered, in order`() throws {
        let test = try server()
        let peer = try test.open("/main", on: test.connectSecurely(TLSClientSession()))
        peer.send(bytes: (0..<1_000).flatMap { peer.frame(.text, Array("echo \($0)".utf8)) })
        #expect(peer.seen().texts == (0..<1_000).map(String.init))
    }

    @Test func `a room has members with TLS and without`() throws {
        let test = try server()
        let sealed = try test.open("/main", on: test.connectSecurely(TLSClientSession()))
        let plain = try test.open("/main", on: test.connect(to: 1))
        _ = (sealed.ask("join room"), plain.ask("join room"))
        plain.send("publish room one")
        #expect(plain.seen() + sealed.seen() == [.text("one"), .text("one")])
        #expect(sealed.ask("publish room two") + plain.seen() == [.text("two"), .text("two")])
    }

    // MARK: Endings

    @Test func `close frame and close_notify at once are both answered`() throws {
        let test = try server()
        let peer = try test.open("/main", on: test.connectSecurely(TLSClientSession()))
        peer.close(1000)
        peer.closeSession()
        #expect(peer.seen() == [.close(1000, ""), .ended] && peer.outcome == .closed)
    }

    @Test func `a close_notify without a close frame is an end, and is answered by ours`() throws {
        let test = try server()
        let other = try test.open("/main", on: test.connect(to: 1))
        _ = other.ask("join watch")
        let peer = try test.open("/main", on: test.connectSecurely(TLSClientSession()))
        peer.closeSession()
        #expect(peer.seen() == [.ended] && peer.outcome == .closed)
        #expect(other.seen() == [.text("gone 1006 -1")])
        test.pass(milliseconds: 5_000)
        #expect(test.server.connectionCount == 1)
    }

    @Test func `an end without close_notify is an end`() throws {
        let test = try server()
        let other = try test.open("/main", on: test.connect(to: 1))
        _ = other.ask("join watch")
        let peer = try test.open("/main", on: test.connectSecurely(TLSClientSession()))
        peer.leave()
        #expect(other.seen() == [.text("gone 1006 -1")])
        #expect(test.server.connectionCount == 1)
    }

    @Test func `requests before a close_notify are all answered`() throws {
        let test = try server()
        let peer = try test.connectSecurely(TLSClientSession())
        peer.send(bytes: (0..<5).flatMap { _ in SecureTests.request })
        peer.closeSession()
        #expect((0..<5).allSatisfy { _ in peer.answer()?.body == "hello" })
        #expect(peer.rest() == "" && peer.outcome == .closed && test.engine.isClosed(peer.number))
    }

    @Test(arguments: versions)
    func `a record that does not decrypt ends its connection, and no other`(version: TLSVersion) throws {
        let test = try server()
        let good = try test.open("/main", on: test.connectSecurely(TLSClientSession()))
        let peer = try test.open("/main", on: test.connectSecurely(TLSClientSession(version)))
        peer.transmit([0x17, 3, 3, 0, 32] + [UInt8](repeating: 7, count: 32))
        test.settle()
        #expect(peer.seen() == [.ended])
        guard case .failed(.refusedByPeer) = peer.outcome else {
            Issue.record("the server sent no alert: \(peer.outcome)")
            return
        }
        #expect(test.server.refusals == ["tls_bad_record": 1])
        #expect(good.ask("echo here") == [.text("here")])
    }

    // MARK: Before the handshake is done

    @Test func `a plain request is answered 400 in plain text`() throws {
        let test = try server()
        let peer = test.connect()
        let answer = try #require(peer.exchange(SecureTests.request))
        #expect(answer.status == 400 && answer.body.contains("this port speaks TLS"))
        #expect(answer.fields["connection"] == "close")
        #expect(peer.rest() == "" && test.engine.isClosed(peer.number))
        #expect(test.server.refusals == ["tls_plain_http": 1])
        test.pass(milliseconds: 5_000)
        #expect(test.server.connectionCount == 0)
    }

    @Test(arguments: [
        ([UInt8](repeating: 0, count: 100), "tls_not_tls"),
        ([0x80, 0x2e, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10] + [UInt8](repeating: 0, count: 37), "tls_not_tls"),
        ([0x16, 3, 1, 0xff, 0xff] + [UInt8](repeating: 0, count: 65_535), "tls_"),
        ([0x16, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff], "tls_"), ([0x15, 3, 3, 0, 2, 2, 40], "tls_"),
        ([0x17, 3, 3, 0, 2, 2, 40], "tls_"),
    ])
    func `bytes that are no hello end the connection`(bytes: [UInt8], reason: String) throws {
        let test = try server()
        let peer = test.connect()
        peer.send(bytes: bytes)
        test.settle()
        #expect(test.engine.isClosed(peer.number))
        #expect(test.server.refusals.count == 1)
        #expect(test.server.refusals.keys.allSatisfy { $0.hasPrefix(reason) }, "\(test.server.refusals)")
        test.pass(milliseconds: 5_000)
        #expect(test.server.connectionCount == 0)
    }

    @Test func `a hello that is cut short ends with the peer`() throws {
        let test = try server()
        let peer = test.connect()
        var hello: [UInt8] = []
        _ = try TLSClientSession().start(sealed: &hello)
        peer.send(bytes: Array(hello.dropLast(9)))
        test.settle()
        peer.leave()
        test.settle()
        #expect(test.server.connectionCount == 0)
    }

    @Test(arguments: [false, true])
    func `a handshake that is not done in ten seconds is not waited for`(isBegun: Bool) throws {
        let test = try server()
        let peer = test.connect()
        if isBegun {
            var hello: [UInt8] = []
            _ = try TLSClientSession().start(sealed: &hello)
            peer.send(bytes: hello)
        }
        test.pass(milliseconds: 9_999)
        #expect(test.server.connectionCount == 1)
        test.pass(milliseconds: 1)
        #expect(test.server.connectionCount == 0 && test.server.refusals == ["tls_timeout": 1])
    }

    @Test func `after the handshake a head has its own time`() throws {
        let test = try server("limit head_time 3s;\n" + SecureTests.services)
        let peer = try test.connectSecurely(TLSClientSession())
        test.pass(milliseconds: 2_999)
        #expect(peer.rest() == "")
        test.pass(milliseconds: 1)
        #expect(peer.answer()?.status == 408)
    }

    @Test(arguments: [(["h2"], false), (["h2", "http/1.1"], true), ([], true)])
    func `by ALPN only http/1.1 is agreed on`(protocols: [String], isTaken: Bool) throws {
        let test = try server()
        let session = TLSClientSession(try TLSClientContext(protocols: protocols))
        let peer = test.connect()
        peer.secure(by: session)
        peer.shakeHands()
        #expect(session.isEstablished == isTaken)
        #expect(session.applicationProtocol == (isTaken && !protocols.isEmpty ? "http/1.1" : nil))
        #expect(test.server.refusals == (isTaken ? [:] : ["tls_no_application_protocol": 1]))
    }

    @Test func `an old version is refused with an alert`() throws {
        let test = try server()
        let context = try TLSClientContext(minimum: .tls10, maximum: .tls11, ciphers: "ALL:@SECLEVEL=0")
        let peer = test.connect()
        peer.secure(by: TLSClientSession(context))
        test.settle()
        peer.pump()
        guard case .failed = peer.outcome else {
            Issue.record("\(peer.outcome)")
            return
        }
        #expect(test.server.refusals == ["tls_version": 1])
    }

    // MARK: Certificates

    @Test(arguments: versions)
    func `a client's certificate says who it is`(version: TLSVersion) throws {
        let test = try server(SecureTests.services, "clients \(Certificates.path("authority.pem"));")
        for (name, seen) in [("anna", "anna"), ("boris", "boris.example.org")] {
            let session = TLSClientSession(try Certificates.client(name, version))
            let peer = try test.open("/main", on: test.connectSecurely(session))
            #expect(peer.ask("peer") == [.text("0 at '' from 127.0.0.1 as '\(seen)'")])
        }
        let unknown = try test.open("/main", on: test.connectSecurely(TLSClientSession(version)))
        #expect(unknown.ask("peer") == [.text("0 at '' from 127.0.0.1 as ''")])
    }

    @Test(arguments: versions, [("", "stranger"), ("required", "stranger"), ("required", "")])
    func `a certificate that is missing or not trusted is refused`(
        version: TLSVersion,
        sample: (word: String, name: String)
    ) throws {
        let clients = "clients \(Certificates.path("authority.pem")) \(sample.word);"
        let test = try server(SecureTests.services, clients)
        let session =
            sample.name.isEmpty
            ? try TLSClientSession(version) : TLSClientSession(try Certificates.client(sample.name, version))
        let peer = test.connect()
        peer.secure(by: session)
        peer.shakeHands()
        guard case .failed = peer.outcome else {
            Issue.record("\(peer.outcome)")
            return
        }
        #expect(test.engine.isClosed(peer.number))
        let reason = sample.name.isEmpty ? "tls_certificate_missing" : "tls_certificate_refused"
        #expect(test.server.refusals == [reason: 1])
    }

    @Test(arguments: [
        ("localhost", true), ("example.org", true), ("chat.example.org", true), ("other", false),
    ])
    func `the name asked for chooses the certificate`(host: String, isRight: Bool) throws {
        let second = Certificates.block("example", "host example.org *.example.org;")
        let test = try TestServer(SecureTests.services, listen: Certificates.block() + second)
        let peer = test.connect()
        let session = try TLSClientSession(host: host)
        peer.secure(by: session)
        peer.shakeHands()
        #expect(session.isEstablished == isRight)
    }

    @Test(arguments: versions)
    func `a session is resumed by its ticket, until its key is forgotten`(version: TLSVersion) throws {
        let test = try server()
        let context = try TLSClientContext(minimum: version, maximum: version)
        // A ticket of TLS 1.3 is good for one client once.
        var tickets = try (0..<3).map { _ in
            let session = TLSClientSession(context)
            #expect(try test.connectSecurely(session).exchange(SecureTests.request)?.status == 200)
            #expect(!session.isResumed)
            return try #require(session.ticket)
        }
        func isResumed() throws -> Bool {
            let next = TLSClientSession(context, resuming: tickets.popLast())
            _ = try test.connectSecurely(next)
            return next.isResumed
        }
        #expect(try isResumed())
        // The next key seals, and the last one still opens.
        test.clock.advance(nanoseconds: 3_601_000_000_000)
        #expect(try isResumed())
        test.clock.advance(nanoseconds: 4 * 3_600_000_000_000)
        #expect(try !isResumed())
    }

    // MARK: Limits

    @Test func `a peer that takes too little is closed with 1013 over TLS too`() throws {
        let test = try server("limit outbox 10k;\n" + SecureTests.services)
        let slow = try test.open("/main", on: test.connectSecurely(TLSClientSession()))
        let quick = try test.open("/main", on: test.connect(to: 1))
        _ = (slow.ask("join all"), quick.ask("join all"))
        slow.setWindow(100)
        for _ in 0..<200 {
            #expect(quick.ask("publish all " + String(repeating: "x", count: 1_000)).texts.count == 1)
        }
        #expect(quick.ask("everybody") == [.text("1")])
        let owed = test.loop.connections.compactMap { $0?.secure?.outbox.count }.max() ?? 0
        #expect(owed < 100 << 10)
        slow.setWindow(1 << 20)
        let seen = slow.seen()
        #expect(seen.suffix(2) == [.close(1013, "too slow"), .ended] && slow.outcome == .closed)
        #expect(test.server.refusals == ["too_slow": 1])
    }

    @Test func `whoever wants new keys again and again without taking them is ended`() throws {
        let test = try server()
        let session = try TLSClientSession()
        let peer = try test.open("/echo", on: test.connectSecurely(session))
        let message = peer.frame(.binary, [UInt8](repeating: 7, count: 20_000))
        peer.setWindow(0)
        for byte in message where test.server.connectionCount == 1 {
            unsafe SSL_key_update(session.handle, SSL_KEY_UPDATE_REQUESTED)
            peer.send(bytes: [byte])
            test.settle()
            let owed = test.loop.connections.compactMap { $0?.secure?.outbox.count }.reduce(0, +)
            try #require(owed < 200 << 10)
        }
        #expect(test.server.connectionCount == 0 && test.server.refusals == ["too_slow": 1])
    }

    @Test func `whoever asks on over TLS without taking the answers waits`() throws {
        let test = try server()
        let peer = try test.connectSecurely(TLSClientSession())
        peer.setWindow(0)
        for _ in 0..<40 {
            peer.send(bytes: (0..<100).flatMap { _ in SecureTests.request })
            test.settle()
        }
        let owed = test.loop.connections.compactMap {
            $0.map { $0.outbox.count + ($0.secure?.outbox.count ?? 0) }
        }
        #expect(owed.reduce(0, +) < 256 << 10)
        peer.setWindow(.max)
        #expect((0..<4_000).allSatisfy { _ in peer.answer()?.status == 200 })
    }
}
