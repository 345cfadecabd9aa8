import Wire

/// One way of being wrong: whom it is done to, what is sent, and what `status` counts it as.
struct Malformed {
    /// Which of the test's listeners.
    enum Place: String { case web, sealed, proxied, framed }

    let name: String
    let place: Place
    let bytes: [UInt8]
    /// Nil: the peer breaks off before anything is wrong.
    let reason: String?

    private init(_ name: String, _ place: Place, _ bytes: [UInt8], _ reason: String?) {
        (self.name, self.place, self.bytes, self.reason) = (name, place, bytes, reason)
    }

    static let all =
        heads + smuggled + oversize + handshakes + bodies + frames + deflated + sockJS + streams
        + proxyHeaders
        + sealed + half

    private static func web(_ name: String, _ text: String, _ reason: String) -> Malformed {
        Malformed(name, .web, Array(text.utf8), reason)
    }

    // MARK: Requests

    private static let heads = [
        web("a control byte", "\u{1}\r\n\r\n", "http_400"),
        web("a bare LF", "GET /echo HTTP/1.1\nHost: a\n\n", "http_400"),
        web("a bare CR", "GET /echo HTTP/1.1\rHost: a\r\n\r\n", "http_400"),
        web("a blank before the colon", "GET /echo HTTP/1.1\r\nHost : a\r\n\r\n", "http_400"),
        web("a folded line", "GET /echo HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", "http_400"),
        web("a field without a colon", "GET /echo HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", "http_400"),
        web("a field without a name", "GET /echo HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", "http_400"),
        web("a zero in a value", "GET /echo HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", "http_400"),
        web("no Host", "GET /echo HTTP/1.1\r\n\r\n", "http_400"),
        web("two Hosts", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "http_400"),
        web("a Host that is none", "GET /echo HTTP/1.1\r\nHost: a/b\r\n\r\n", "http_400"),
        web("two words", "GET /echo\r\n\r\n", "http_400"), web("empty lines", "\r\n\r\n\r\n", "http_400"),
        web("bytes over ASCII", "GET /ж HTTP/1.1\r\nHost: a\r\n\r\n", "http_400"),
        web("another host", "GET http://b/echo HTTP/1.1\r\nHost: a\r\n\r\n", "http_400"),
        web("a tunnel", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", "http_501"),
        web("no known method", "BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n", "http_501"),
        web("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http_505"),
        web("HTTP/3.0", "GET /echo HTTP/3.0\r\nHost: a\r\n\r\n", "http_505"),
        web("a wish", "GET /echo HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "http_417"),
        web("nothing there", "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "http_404"),
    ]

    private static func post(_ name: String, _ fields: String, _ body: String, _ reason: String) -> Malformed
    {
        web(name, "POST /post HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)", reason)
    }

    private static let chunked = "Transfer-Encoding: chunked"

    private static let smuggled = [
        post("a length and chunks", "Content-Length: 5\r\n\(chunked)", "0\r\n\r\nGET / HT", "http_400"),
        post("two lengths", "Content-Length: 5\r\nContent-Length: 6", "hello", "http_400"),
        post("the same length twice", "Content-Length: 5\r\nContent-Length: 5", "hello", "http_400"),
        post("a list of lengths", "Content-Length: 5, 5", "hello", "http_400"),
        post("a signed length", "Content-Length: +5", "hello", "http_400"),
        post("a length in hexadecimal", "Content-Length: 0x5", "hello", "http_400"),
        post("a length beyond everything", "Content-Length: 99999999999999999999", "", "http_400"),
        post("chunks twice", "\(chunked)\r\n\(chunked)", "0\r\n\r\n", "http_400"),
        post("chunks first", "Transfer-Encoding: chunked, gzip", "0\r\n\r\n", "http_400"),
        post("chunks with a tab", "Transfer-Encoding: \u{b}chunked", "0\r\n\r\n", "http_400"),
        post("an unknown coding", "Transfer-Encoding: xchunked", "0\r\n\r\n", "http_501"),
        web("chunks in 1.0", "POST /post HTTP/1.0\r\nHost: a\r\n\(chunked)\r\n\r\n0\r\n\r\n", "http_400"),
    ]

    private static let oversize = [
        web("a long target", "GET /" + String(repeating: "x", count: 20_000), "http_414"),
        web("a long field", "GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 20_000), "http_431"),
        web("many fields", "GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 4_000), "http_431"),
        post("a long body", "Content-Length: 65537", "", "http_413"),
        post("a long chunk", chunked, "ffffff\r\n", "http_413"),
    ]

    private static let bodies = [
        post("a chunk without a size", chunked, "\r\n", "http_400"),
        post("a chunk's size that is none", chunked, "5g\r\nhello", "http_400"),
        post("a chunk's size of 17 digits", chunked, "00000000000000005\r\nhello", "http_400"),
        post("a chunk that is longer than it says", chunked, "5\r\nhellothere\r\n", "http_400"),
        post("a chunk ended by LF", chunked, "5\nhello\n0\n\n", "http_400"),
        post("a chunk's negative size", chunked, "-5\r\nhello", "http_400"),
        post("a chunk's extension that is none", chunked, "5;=\r\nhello", "http_400"),
        post("a trailer that is none", chunked, "0\r\nx y\r\n\r\n", "http_400"),
    ]

    // MARK: WebSockets

    private static func handshake(path: String = "/echo", _ fields: [ResponseField] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        ClientHandshake(host: "example", path: path, fields: fields).appendRequest(to: &bytes)
        return bytes
    }

    /// A handshake with something in it replaced.
    private static func handshake(_ name: String, _ old: String, _ new: String, _ reason: String) -> Malformed
    {
        let text = String(decoding: handshake(), as: UTF8.self)
        precondition(text.contains(old), "\(old) is not in the handshake")
        return web(name, text.replacing(old, with: new), reason)
    }

    private static let handshakes = [
        handshake("no upgrade", "Upgrade: websocket\r\n", "", "http_426"),
        handshake("another upgrade", "Upgrade: websocket", "Upgrade: h2c", "http_426"),
        handshake("no Connection: Upgrade", "Connection: Upgrade", "Connection: x", "http_426"),
        handshake("another version", "Version: 13", "Version: 8", "http_426"),
        handshake("a short key", "Sec-WebSocket-Key: ", "Sec-WebSocket-Key: A", "http_400"),
        handshake("no key", "Sec-WebSocket-Key", "Sec-WebSocket-Kex", "http_400"),
        handshake("POST", "GET ", "POST ", "http_405"),
        handshake("a body", "Upgrade: w", "Content-Length: 5\r\nUpgrade: w", "http_400"),
        handshake(
            "a bad extension",
            "Upgrade: w",
            "Sec-WebSocket-Extensions: ;;\r\nUpgrade: w",
            "http_400"
        ),
        handshake("a bad subprotocol", "Upgrade: w", "Sec-WebSocket-Protocol: a/b\r\nUpgrade: w", "http_400"),
        handshake(
            "two origins",
            "Upgrade: w",
            "Origin: http://a\r\nOrigin: http://a\r\nUpgrade: w",
            "http_400"
        ),
        handshake("a strange origin", "Upgrade: w", "Origin: http://evil.example\r\nUpgrade: w", "http_403"),
    ]

    private static func frame(_ name: String, _ bytes: [UInt8], _ reason: String) -> Malformed {
        Malformed(name, .web, handshake() + bytes, "websocket_\(reason)")
    }

    private static let frames = [
        frame("a reserved bit", [0xc1, 0x80, 0, 0, 0, 0], "reservedBits"),
        frame("an unknown opcode", [0x83, 0x80, 0, 0, 0, 0], "unknownOpcode"),
        frame("no mask", [0x81, 0x01, 0x61], "unmasked"),
        frame("a ping in fragments", [0x09, 0x80, 0, 0, 0, 0], "fragmentedControlFrame"),
        frame("a long ping", [0x89, 0xfe, 0, 126, 0, 0, 0, 0], "longControlFrame"),
        frame("a length of 16 bits", [0x82, 0xfe, 0, 5, 0, 0, 0, 0], "lengthNotMinimal"),
        frame("a length of 64 bits", [0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0], "lengthNotMinimal"),
        frame(
            "a negative length",
            [0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0],
            "lengthOver63Bits"
        ),
        frame("a continuation of nothing", [0x80, 0x80, 0, 0, 0, 0], "continuationOfNothing"),
        frame(
            "a message in a message",
            [0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0],
            "messageInsideMessage"
        ),
        frame("half a close code", [0x88, 0x81, 0, 0, 0, 0, 0x03], "closeOfOneByte"),
        frame("close code 1005", [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed], "closeCodeNotAllowed"),
        frame("a close reason not UTF-8", [0x88, 0x83, 0, 0, 0, 0, 0x03, 0xe8, 0xff], "closeReasonNotUTF8"),
        frame("a text not UTF-8", [0x81, 0x82, 0, 0, 0, 0, 0xc0, 0x80], "textNotUTF8"),
        frame("a text that breaks off", [0x81, 0x81, 0, 0, 0, 0, 0xd0], "textNotUTF8"),
        frame("a long message", [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0], "messageTooBig"),
        frame(
            "a long message in fragments",
            WebSocketClient.frame(.binary, isFinal: false, [UInt8](repeating: 0, count: 60_000))
                + WebSocketClient.frame(.continuation, [UInt8](repeating: 0, count: 6_000)),
            "messageTooBig"
        ),
    ]

    // MARK: Compressed, and SockJS

    /// A message in one frame that says it is compressed.
    private static func deflated(_ name: String, _ payload: [UInt8], _ reason: String) -> Malformed {
        var frame = WebSocketClient.frame(.text, payload)
        frame[0] |= 0x40
        let offer = ResponseField("Sec-WebSocket-Extensions", "permessage-deflate")
        return Malformed(name, .web, handshake([offer]) + frame, "websocket_\(reason)")
    }

    /// As many zeros, compressed.
    private static func zeros(_ count: Int) -> [UInt8] {
        var compressed: [UInt8] = []
        let deflater = Deflater()
        deflater.deflate([UInt8](repeating: 0, count: count).span, into: &compressed)
        return compressed
    }

    private static let deflated = [
        deflated("what is not compressed", [0xff, 0xff, 0xff, 0xff], "notDeflate"),
        deflated("a bomb", zeros(8 << 20), "messageTooBig"),
    ]

    private static func sockJS(_ name: String, _ request: String, _ reason: String) -> Malformed {
        let head = "HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        return web(name, "\(request) \(head)", reason)
    }

    private static func sockJS(_ name: String, frame: String, _ reason: String) -> Malformed {
        let bytes = WebSocketClient.frame(.text, Array(frame.utf8))
        return Malformed(name, .web, handshake(path: "/sockjs/0/a/websocket") + bytes, "sockjs_\(reason)")
    }

    private static let sockJS = [
        sockJS("no such page", "GET /sockjs/iframe.xml", "http_404"),
        sockJS("no such session", "POST /sockjs/0/nobody/xhr_send", "http_404"),
        sockJS("a name with a dot", "POST /sockjs/0/a.b/xhr", "http_404"),
        sockJS("another method", "DELETE /sockjs/0/a/xhr", "http_405"),
        sockJS("no upgrade", "GET /sockjs/0/a/websocket", "http_400"),
        sockJS("no callback", "GET /sockjs/0/a/jsonp", "sockjs_callbackRequired"),
        sockJS("a callback that is none", "GET /sockjs/0/a/htmlfile?c=a%28", "sockjs_callbackInvalid"),
        sockJS("no JSON", frame: #"["a"#, "brokenJSON"), sockJS("no texts", frame: "[1]", "payloadExpected"),
        sockJS("half an escape", frame: #"["\u12"]"#, "brokenJSON"),
    ]

    // MARK: Other listeners

    /// The stream has a length of two bytes that counts itself, and a zero behind each frame.
    private static let streams = [
        Malformed("a long frame", .framed, [0xff, 0xff], "stream_tooLong"),
        Malformed("a length that does not count itself", .framed, [0, 1, 0], "stream_lengthTooSmall"),
        Malformed("another trailer", .framed, [0, 4, 0x61, 0x62, 1], "stream_wrongTrailer"),
        Malformed("an empty frame", .framed, [0, 2, 0], "stream_empty"),
    ]

    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

    private static func proxied(_ name: String, _ bytes: [UInt8], _ reason: String) -> Malformed {
        Malformed(name, .proxied, bytes, "proxy_\(reason)")
    }

    private static let proxyHeaders = [
        proxied("no header", Array("GET / HTTP/1.1\r\n".utf8), "notProxy"),
        proxied("a bad line", Array("PROXY TCP4 1.2.3.4 5.6.7.8 80\r\n".utf8), "badLine"),
        proxied("a bad family", Array("PROXY TCP5 1.2.3.4 5.6.7.8 80 81\r\n".utf8), "badFamily"),
        proxied("a long line", Array(("PROXY " + String(repeating: "x", count: 200)).utf8), "tooLong"),
        proxied("version 3", signature + [0x31, 0x11, 0, 0], "badVersion"),
        proxied("a bad command", signature + [0x25, 0x11, 0, 0], "badCommand"),
        proxied("short addresses", signature + [0x21, 0x11, 0, 1, 0], "shortAddresses"),
    ]

    private static func sealed(_ name: String, _ bytes: [UInt8], _ reason: String) -> Malformed {
        Malformed(name, .sealed, bytes, "tls_\(reason)")
    }

    /// A hello of TLS in a record.
    private static func hello(version: UInt8 = 3, ciphers: [UInt8]) -> [UInt8] {
        let random = [UInt8](repeating: 7, count: 32)
        let body = [3, version] + random + [0, 0, UInt8(ciphers.count)] + ciphers + [1, 0]
        let message: [UInt8] = [1, 0, 0, UInt8(body.count)] + body
        return [22, 3, 1, 0, UInt8(message.count)] + message
    }

    private static let sealed = [
        sealed("plain HTTP", handshake(), "plain_http"), sealed("zeros", [0, 0, 0, 0, 0, 0], "not_tls"),
        sealed("small letters", Array("get / http/1.1\r\n\r\n".utf8), "not_tls"),
        sealed("SSH", Array("ssh-2.0-client\r\n".utf8), "not_tls"),
        sealed("TLS 1.0", hello(version: 1, ciphers: [0xc0, 0x13]), "version"),
        sealed("no cipher", hello(ciphers: [0, 5]), "no_shared_cipher"),
        sealed("data first", [23, 3, 3, 0, 1, 0], "protocol_error"),
        sealed("a hello that is none", [22, 3, 1, 0, 5, 14, 0, 0, 1, 0], "protocol_error"),
        sealed("a hello of 4 MiB", [22, 3, 1, 0, 200, 1, 0, 64, 1], "flood"),
        sealed("a record of 64 KiB", [22, 3, 1, 0xff, 0xff, 1, 0, 1, 0], "bad_record"),
    ]

    private static func half(_ name: String, _ place: Place, _ bytes: [UInt8]) -> Malformed {
        Malformed(name, place, bytes, nil)
    }

    private static let half = [
        half("nothing", .web, []), half("half a head", .web, Array("GET /echo HTTP/1.1\r\nHos".utf8)),
        half(
            "half a body",
            .web,
            Array("POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab".utf8)
        ),
        half("half a chunk", .web, Array("POST /post HTTP/1.1\r\nHost: a\r\n\(chunked)\r\n\r\n9\r\na".utf8)),
        half("a WebSocket", .web, handshake()),
        half("half a frame", .web, handshake() + [0x82, 0xfe, 0x10, 0, 1, 2, 3, 4, 5]),
        half("half a message", .web, handshake() + [0x01, 0x83, 0, 0, 0, 0, 0x61, 0x62, 0x63]),
        half("half a hello", .sealed, Array(hello(ciphers: [0xc0, 0x2f]).prefix(30))),
        half("half a PROXY header", .proxied, Array(signature.prefix(7))),
        half("half a frame of a stream", .framed, [0, 9, 0x61]),
    ]
}
