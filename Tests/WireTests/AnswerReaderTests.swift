import Testing
import Wire

@Suite struct AnswerReaderTests {
    /// What the bytes are read as, at once, byte by byte and cut at every place: status and content, what is left, or why
    /// not. `…`: more must come. Nil: it was not the same.
    private func read(_ text: String, isBodiless: Bool = false, hasEnded: Bool = false) -> String? {
        let bytes = Array(text.utf8)
        let whole = read(bytes, [], isBodiless, hasEnded)
        guard read(bytes, Array(bytes.indices), isBodiless, hasEnded) == whole else { return nil }
        for cut in bytes.indices where read(bytes, [cut], isBodiless, hasEnded) != whole { return nil }
        return whole
    }

    private func read(_ bytes: [UInt8], _ cuts: [Int], _ isBodiless: Bool, _ hasEnded: Bool) -> String {
        var reader = AnswerReader(head: 200, limit: 20, isBodiless: isBodiless)
        var kept: [UInt8] = [], content: [UInt8] = [], status = "", start = 0, isOver = false
        for end in cuts + [bytes.count] {
            kept += bytes[start..<end]
            start = end
            var cursor = 0
            while !isOver {
                switch reader.next(kept.span, from: &cursor) {
                case .needMore: break
                case .head(let head):
                    status = "\(head.status.rawValue)\(head.keepsAlive ? "" : " close") "
                    continue
                case .part(let range):
                    content += kept[range]
                    continue
                case .end: isOver = true
                case .failed(let sentence): return sentence
                }
                break
            }
            kept.removeFirst(cursor)
        }
        if hasEnded, !isOver {
            if case .failed(let sentence) = reader.ended() { return sentence }
            isOver = true
        }
        let left = isOver && !kept.isEmpty ? " +\(kept.count)" : ""
        return status + String(decoding: content, as: UTF8.self) + left + (isOver ? "" : "…")
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 hello"),
        ("HTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhellomore", "200 hello +4"),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200 "),
        ("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "200 "),
        ("HTTP/1.2 404 Not Found\r\nContent-Length: 2\r\n\r\nno", "404 no"),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "200 close ok"),
        ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", "200 ok"),
        ("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok", "200 close ok"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n2\r\n, \r\n0\r\nA: b\r\n\r\n",
            "200 hello, "
        ),
        ("HTTP/1.1 204 No\r\n\r\nHTTP", "204  +4"),
        ("HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", "304 "),
        (
            "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 103 Go\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
            "200 x"
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "200 hell…"),
        ("HTTP/1.1 200 OK\r\n\r\nhello", "200 close hello…"), ("HTTP/1.1 200 O", "…"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789", "200 01234567890123456789"),
    ])
    func `an answer is read the same wherever it is cut`(bytes: String, seen: String) {
        #expect(read(bytes) == seen)
    }

    @Test func `an answer to HEAD ends with its head`() {
        #expect(read("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHTTP", isBodiless: true) == "200  +4")
        #expect(read("HTTP/1.1 200 OK\r\n\r\n", isBodiless: true) == "200 ")
        #expect(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", isBodiless: true) == "200 ")
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n\r\nhello", "200 close hello"),
        ("HTTP/1.1 200 OK\r\n\r\n", "200 close "),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", "200 x"),
        ("", "the connection ended before the answer's head was whole"),
        ("HTTP/1.1 200 OK\r\n", "the connection ended before the answer's head was whole"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx", "the connection ended inside the answer's body"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
            "the connection ended inside the answer's body"
        ),
    ])
    func `the end of the connection is the end of an answer without a length, and of no other`(
        bytes: String,
        seen: String
    ) {
        #expect(read(bytes, hasEnded: true) == seen)
    }

    @Test(arguments: [
        ("220 mail.example\r\n", "the answer does not begin as one of HTTP/1.1"),
        ("HTTP/2 200 OK\r\n", "the answer does not begin as one of HTTP/1.1"),
        ("HTTP/1.1 2000\r\n", "the answer does not begin as one of HTTP/1.1"),
        ("HTTP/1.1 2x0 OK\r\n", "the status is not three digits"),
        ("HTTP/1.1 099 OK\r\n", "the status is not from 100 to 599"),
        ("HTTP/1.1 600 OK\r\n", "the status is not from 100 to 599"),
        ("HTTP/1.1 200 OK\nA: b\n\n", "a LF without its CR in the head: lines end with CRLF"),
        ("HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "a CR without its LF in the head"),
        ("HTTP/1.1 200 OK\r\nA: b\u{0}\r\n\r\n", "a control byte in the head"),
        ("HTTP/1.1 200 OK\r\n B: c\r\n\r\n", "a folded line in the head: a field must stand on one line"),
        ("HTTP/1.1 200 OK\r\nA\r\n\r\n", "a field without a colon"),
        ("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "a field name must be a token, with nothing before its colon"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
            "there is more than one Content-Length"
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
            "the Content-Length is not a number of at most 18 digits"
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "both Content-Length and Transfer-Encoding"
        ),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.0 has no Transfer-Encoding"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "the only transfer coding known here is chunked"
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n", "the body is over the limit"),
        ("HTTP/1.1 200 OK\r\n\r\n012345678901234567890", "the body is over the limit"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n", "the body is over the limit"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy",
            "a chunk and each line of a chunked body must end with CRLF"
        ),
        ("HTTP/1.1 101 Switching\r\n\r\n", "an answer before the answer that nobody has asked for"),
    ])
    func `what is no answer, or could be read in two ways, is refused`(bytes: String, reason: String) {
        #expect(read(bytes) == reason)
    }

    @Test func `heads are limited, and so are answers before the answer`() {
        let field = "A: " + String(repeating: "x", count: 200)
        #expect(read("HTTP/1.1 200 OK\r\n\(field)\r\n\r\n") == "the head is over the limit")
        let interim = String(repeating: "HTTP/1.1 100 Go\r\n\r\n", count: 17)
        #expect(read(interim) == "an answer before the answer that nobody has asked for")
        #expect(read(String(repeating: "HTTP/1.1 100 Go\r\n\r\n", count: 16)) == "…")
    }
}

@Suite struct WebAddressTests {
    @Test(
        arguments: [
            ("http://example.org", "example.org", 80, "/", "example.org"),
            ("HTTPS://Example.ORG/a/b?c=%20d", "example.org", 443, "/a/b?c=%20d", "example.org"),
            ("http://a:8080?x", "a", 8080, "/?x", "a:8080"), ("http://a:80/", "a", 80, "/", "a"),
            ("https://a:80/", "a", 80, "/", "a:80"), ("http://a:/", "a", 80, "/", "a"),
            ("http://127.0.0.1:1/", "127.0.0.1", 1, "/", "127.0.0.1:1"),
            ("http://[::1]:81/", "[::1]", 81, "/", "[::1]:81"), ("http://[::1]", "[::1]", 80, "/", "[::1]"),
            ("http://a_b.c-d/", "a_b.c-d", 80, "/", "a_b.c-d"),
        ] as [(String, String, UInt16, String, String)]
    )
    func `a URL is taken apart`(text: String, host: String, port: UInt16, target: String, authority: String)
        throws
    {
        let address = try #require(WebAddress(Array(text.utf8)))
        #expect(address.hostText == host && address.port == port)
        #expect(address.target == Array(target.utf8) && address.authority == authority)
        #expect(address.isSecure == text.lowercased().hasPrefix("https"))
        switch address.host {
        case .name(let name): #expect(name == host)
        case .address(let bytes): #expect(bytes.count == (host.hasPrefix("[") ? 16 : 4))
        }
    }

    @Test(arguments: [
        "", "http", "http://", "http:///a", "ftp://a/", "//a/", "a/b", "http://me@a/", "http://me:pass@a/",
        "http://a#b",
        "http://a/#b", "http://a/b c", "http://a/\r\nX: y", "http://a/é", "http://é/", "http://a:0/",
        "http://a:65536/",
        "http://a:x/", "http://[::1/", "http://[1.2.3.4]/", "http://[::1]x/", "http://1.2.3/",
        "http://0x7f.1/",
        "http://256.1.1.1/", "http://a..0/", "http://a./", "http://a b/", "http://a%20b/", "http://a:8080:1/",
        " http://a/",
        "http://a\\b/",
    ])
    func `what is no URL of a server is refused`(text: String) {
        #expect(WebAddress(Array(text.utf8)) == nil)
    }

    @Test func `a URL and a host's name have a limit`() {
        let path = String(repeating: "x", count: 8192 - 9)
        #expect(WebAddress(Array("http://a/\(path)".utf8)) != nil)
        #expect(WebAddress(Array("http://a/\(path)x".utf8)) == nil)
        let host = String(repeating: "a", count: 253)
        #expect(WebAddress(Array("http://\(host)/".utf8)) != nil)
        #expect(WebAddress(Array("http://\(host)a/".utf8)) == nil)
    }
}

@Suite struct ClientRequestTests {
    private func write(_ method: String, _ fields: [ResponseField] = [], body: String = "") throws -> String?
    {
        let address = try #require(WebAddress(Array("http://a:1/b?c".utf8)))
        let request = ClientRequest(method: method, address, fields: fields, body: Array(body.utf8))
        var bytes: [UInt8] = []
        request?.append(to: &bytes)
        return request == nil ? nil : String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a request is written whole`() throws {
        #expect(try write("GET") == "GET /b?c HTTP/1.1\r\nHost: a:1\r\n\r\n")
        #expect(
            try write("GET", [ResponseField("A", "b\tc é"), ResponseField("Empty", "")])
                == "GET /b?c HTTP/1.1\r\nHost: a:1\r\nA: b\tc é\r\nEmpty: \r\n\r\n"
        )
        #expect(
            try write("POST", body: "hello")
                == "POST /b?c HTTP/1.1\r\nHost: a:1\r\nContent-Length: 5\r\n\r\nhello"
        )
        #expect(try write("PUT") == "PUT /b?c HTTP/1.1\r\nHost: a:1\r\nContent-Length: 0\r\n\r\n")
    }

    @Test(arguments: [
        "", "G T", "GET\r\n", "G(T", "CONNECT", "é", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG",
    ])
    func `a method that cannot be is refused`(method: String) throws { #expect(try write(method) == nil) }

    @Test(arguments: [
        ("", "x"), ("a b", "x"), ("a:", "x"), ("A", "b\r\nC: d"), ("A", "b\u{0}"), ("A", "b\nc"),
        ("HOST", "x"),
        ("content-length", "1"), ("Connection", "close"), ("Transfer-Encoding", "chunked"),
        ("Expect", "100-continue"),
        ("Upgrade", "x"), ("TE", "x"), ("Trailer", "x"), ("Keep-Alive", "x"), ("Proxy-Connection", "x"),
    ])
    func `a field that cannot be, or is not the caller's, is refused`(name: String, value: String) throws {
        #expect(try write("GET", [ResponseField(name, value)]) == nil)
    }

    @Test func `fields have a limit`() throws {
        let value = String(repeating: "x", count: (16 << 10) - 5)
        #expect(try write("GET", [ResponseField("A", value)]) != nil)
        #expect(try write("GET", [ResponseField("A", value + "x")]) == nil)
    }
}
