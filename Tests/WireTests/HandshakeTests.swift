import Testing
import Wire

@Suite struct HandshakeTests {
    private static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    private static let good = [
        "Host: h", "Upgrade: websocket", "Connection: Upgrade", key, "Sec-WebSocket-Version: 13",
    ]

    @Test func `the handshake of RFC 6455 is answered with its accept key`() throws {
        let handshake = try #require(accepted(Self.good))
        var answer: [UInt8] = []
        handshake.appendAnswer(to: &answer)
        let expected = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
            \r

            """
        #expect(String(decoding: answer, as: UTF8.self) == expected)
        #expect(handshake.origin == nil)
        #expect(handshake.subprotocols.isEmpty)
    }

    @Test func `the answer carries the subprotocol and further fields`() throws {
        var answer: [UInt8] = []
        let handshake = try #require(accepted(Self.good))
        handshake.appendAnswer(to: &answer, subprotocol: "chat", fields: [ResponseField("Set-Cookie", "a=b")])
        let end = "=\r\nSec-WebSocket-Protocol: chat\r\nSet-Cookie: a=b\r\n\r\n"
        #expect(String(decoding: answer, as: UTF8.self).hasSuffix(end))
    }

    @Test(arguments: [
        ["Upgrade: WebSocket", "Connection: upgrade"],
        ["Upgrade: websocket", "Connection: keep-alive, Upgrade"],
        ["Upgrade: websocket", "Connection: keep-alive", "Connection: Upgrade"],
        ["upgrade:   websocket \t", "connection: ,UPGRADE,"],
        ["Upgrade: h2c, websocket", "Connection: Upgrade"],
        ["Upgrade: h2c", "Upgrade: websocket", "Connection: Upgrade"],
    ])
    func `Upgrade and Connection are lists, over several lines too, in any case`(lines: [String]) {
        #expect(accepted(["Host: h", Self.key, "Sec-WebSocket-Version: 13"] + lines) != nil)
    }

    @Test(
        arguments: [
            ["Sec-WebSocket-Protocol:"], ["Sec-WebSocket-Protocol: , chat,"], ["Origin: null"], ["Origin:"],
            ["Sec-WebSocket-Extensions: x-webkit-deflate-frame"],
            ["Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Extensions: foo; a=\"b-c\""],
            ["Expect: 100-continue"], ["TE: trailers"], ["HTTP2-Settings: AAMAAABkAAQAAP__"],
            ["Proxy-Connection: keep-alive", "Via: 1.1 a, 1.0 b", "X-Forwarded-For: ::1, 10.0.0.1"],
            ["Cookie: a=b; c=\"d\"", "Cookie: e=f"], ["Pragma: no-cache", "DNT: 1", "X-Empty:"],
            (0..<60).map { "X-Header-\($0): " + String(repeating: "v", count: 20) },
        ] as [[String]]
    )
    func `what browsers and proxies add changes nothing`(lines: [String]) throws {
        var answer: [UInt8] = [], plain: [UInt8] = []
        try #require(accepted(Self.good + lines)).appendAnswer(to: &answer)
        try #require(accepted(lines + Self.good)).appendAnswer(to: &plain)
        #expect(answer == plain)
        #expect(String(decoding: answer, as: UTF8.self).split(separator: "\r\n").count == 4)
    }

    @Test(arguments: [
        ["HOST:h \t", "UPGRADE:WebSocket", "CONNECTION:keep-Alive,\tUpgrade "],
        ["host: h", "upgrade: websocket", "connection: Upgrade, keep-alive"],
        ["Host: h", "Upgrade: websocket", "Connection: Upgrade, close"],
        [
            "Host: h", "Upgrade: websocket, websocket", "Connection: upgrade",
            "Connection: Upgrade, Keep-Alive",
        ],
    ])
    func `names in any case, with any blanks around values, are taken`(lines: [String]) {
        let rest = ["sec-websocket-version:\t13 ", "SEC-WEBSOCKET-KEY:  dGhlIHNhbXBsZSBub25jZQ==\t"]
        #expect(accepted(lines + rest) != nil)
    }

    @Test(arguments: [
        "GET http://h/ HTTP/1.1", "GET ws://H/ HTTP/1.1", "GET /?a=%20b&c=/../d HTTP/1.1",
        "GET / HTTP/1.2",
    ])
    func `each form of a GET's first line can upgrade`(first: String) {
        #expect(RequestSample.head(Self.good, first: first)?.head != nil)
        guard case .accept = verdict(Self.good, first: first) else {
            Issue.record("refused")
            return
        }
    }

    @Test(arguments: ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH"])
    func `another method than GET is answered with 405 and Allow`(method: String) {
        let failure = refused(Self.good, first: "\(method) / HTTP/1.1")
        #expect(failure?.status == .methodNotAllowed)
        #expect(failure?.fields == [ResponseField("Allow", "GET")])
    }

    @Test(
        arguments: [
            [], ["Upgrade: websocket"], ["Connection: Upgrade"], ["Upgrade: h2c", "Connection: Upgrade"],
            ["Upgrade: websocket", "Connection: close"], ["Upgrade: websocketx", "Connection: Upgrade"],
            ["Upgrade: websocket", "Connection: upgrade-insecure"],
        ] as [[String]]
    )
    func `no upgrade is answered with 426 and what to upgrade to`(lines: [String]) {
        let failure = refused(["Host: h", Self.key, "Sec-WebSocket-Version: 13"] + lines)
        #expect(failure?.status == .upgradeRequired)
        #expect(failure?.fields.first == ResponseField("Upgrade", "websocket"))
    }

    @Test func `HTTP 1.0 cannot upgrade`() {
        #expect(refused(Self.good, first: "GET / HTTP/1.0")?.status == .upgradeRequired)
    }

    @Test(arguments: [
        [], ["0"], ["7"], ["8"], ["12"], ["14"], ["99"], ["13, 8"], ["8.5"], ["013"], ["abc"], [""],
        ["13", "13"], ["13", "8"],
    ])
    func `another version is answered with 426 and the right one`(versions: [String]) {
        let failure = refused(Self.good.dropLast() + versions.map { "Sec-WebSocket-Version: \($0)" })
        #expect(failure?.status == .upgradeRequired)
        #expect(failure?.fields.contains(ResponseField("Sec-WebSocket-Version", "13")) == true)
    }

    @Test(
        arguments: [
            [], [""], ["a2tra2tra2tra2tra2tr"], ["a2tra2tra2tra2tra2traw==="], ["YQ=="],
            ["a2tra2tra2tra2tra2tra2traw=="],
            ["a2tra2tra2tra2tra2tra2s="],
            ["!!!!!!!!!!!!!!!!!!!!!!=="], ["dGhlIHNhbXBsZSBub25jZQ"],
            ["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="],
            ["dGhlIHNhbXBs=SBub25jZQ=="], ["dGhlIHNhbXBsZSBub25jZQ=a"],
        ] as [[String]]
    )
    func `a key that is not 16 bytes, or not there once, is refused`(keys: [String]) {
        let lines =
            Self.good.filter { !$0.hasPrefix("Sec-WebSocket-Key") } + keys.map { "Sec-WebSocket-Key: \($0)" }
        #expect(refused(lines)?.status == .badRequest)
    }

    @Test(arguments: ["Content-Length: 5", "Transfer-Encoding: chunked"])
    func `a handshake with a body is refused`(line: String) {
        #expect(refused(Self.good + [line])?.status == .badRequest)
    }

    @Test func `a handshake that says it has no body is taken`() {
        #expect(accepted(Self.good + ["Content-Length: 0"]) != nil)
    }

    @Test func `the origin is given, and two are refused`() throws {
        let lines = Self.good + ["Origin: https://a.example"]
        let head = try #require(RequestSample.head(lines)?.head)
        #expect(try #require(accepted(lines)).origin.map(head.text) == "https://a.example")
        #expect(refused(lines + ["Origin: https://b.example"])?.status == .badRequest)
    }

    @Test func `subprotocols are given in the client's order, over several lines`() throws {
        let lines = Self.good + ["Sec-WebSocket-Protocol: a, b.c", "Sec-WebSocket-Protocol: d"]
        let head = try #require(RequestSample.head(lines)?.head)
        #expect(try #require(accepted(lines)).subprotocols.map(head.text) == ["a", "b.c", "d"])
        #expect(refused(Self.good + ["Sec-WebSocket-Protocol: a b"])?.status == .badRequest)
    }

    @Test func `offered extensions are not agreed on`() throws {
        var answer: [UInt8] = []
        let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
        try #require(accepted(Self.good + [offer])).appendAnswer(to: &answer)
        #expect(!String(decoding: answer, as: UTF8.self).contains("Extensions"))
    }

    private func verdict(_ lines: [String], first: String) -> Handshake.Verdict? {
        (RequestSample.head(lines, first: first)?.head).map(Handshake.check)
    }

    private func accepted(_ lines: [String]) -> Handshake? {
        if case .accept(let handshake) = verdict(lines, first: "GET / HTTP/1.1") { handshake } else { nil }
    }

    private func refused(_ lines: [String], first: String = "GET / HTTP/1.1") -> HTTPFailure? {
        if case .refuse(let failure) = verdict(lines, first: first) { failure } else { nil }
    }
}
