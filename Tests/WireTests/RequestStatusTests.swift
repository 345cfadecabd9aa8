import Testing
import Wire

/// What a request that is wrong is answered with: head and body together.
@Suite struct RequestStatusTests {
    @Test(arguments: [
        // The request line.
        ("GET / HTTP/1.1|Host: h", 200), ("get / HTTP/1.1|Host: h", 501), ("Get / HTTP/1.1|Host: h", 501),
        ("BREW / HTTP/1.1|Host: h", 501), ("GETX / HTTP/1.1|Host: h", 501), ("GE / HTTP/1.1|Host: h", 501),
        ("TRACE / HTTP/1.1|Host: h", 501), ("CONNECT h:80 HTTP/1.1|Host: h:80", 501),
        ("CONNECT / HTTP/1.1|Host: h", 501), ("G(T / HTTP/1.1|Host: h", 400), ("/ HTTP/1.1|Host: h", 400),
        ("GET|Host: h", 400), ("GET / HTTP/2.0|Host: h", 505), ("BREW / HTTP/2.0|Host: h", 505),
        ("GET / HTTP/1.1|Host: h", 200), ("GET /\u{e9} HTTP/1.1|Host: h", 400),
        ("GET /\(String(repeating: "a", count: 500)) HTTP/1.1|Host: h", 414),
        // Targets of another form.
        ("OPTIONS * HTTP/1.1|Host: h", 200), ("GET * HTTP/1.1|Host: h", 400),
        ("POST * HTTP/1.1|Host: h", 400),
        ("GET http://h/ HTTP/1.1|Host: h", 200), ("GET http://H/ HTTP/1.1|Host: h", 200),
        ("GET http://other/ HTTP/1.1|Host: h", 400), ("GET http://h/ HTTP/1.1|Host: other", 400),
        ("GET http://h/ HTTP/1.1", 400), ("GET h HTTP/1.1|Host: h", 400),
        // Lines.
        ("GET / HTTP/1.1|Host: h\nX: y", 400), ("GET / HTTP/1.1|Host: h\rX: y", 400),
        ("GET / HTTP/1.1|Host : h", 400), ("GET / HTTP/1.1|Host: h| folded", 400),
        ("GET / HTTP/1.1|Host: h|X: \u{0}", 400), ("GET / HTTP/1.1|Host: h|X\u{e9}: y", 400),
        ("GET / HTTP/1.1|X: y", 400), ("GET / HTTP/1.1|Host: h|Host: h", 400),
        ("GET / HTTP/1.1|Host: h|X: \(String(repeating: "a", count: 500))", 431),
        // Lengths.
        ("POST / HTTP/1.1|Host: h", 200), ("POST / HTTP/1.0", 200), ("PUT / HTTP/1.1|Host: h", 200),
        ("POST / HTTP/1.1|Host: h|Content-Length: 3|Content-Length: 4", 400),
        ("POST / HTTP/1.1|Host: h|Content-Length: 3|Content-Length: 3", 400),
        ("POST / HTTP/1.1|Host: h|Content-Length: 3, 4", 400),
        ("POST / HTTP/1.1|Host: h|Content-Length: 3|Transfer-Encoding: chunked", 400),
        ("POST / HTTP/1.0|Transfer-Encoding: chunked", 400),
        ("POST / HTTP/1.1|Host: h|Transfer-Encoding: gzip, chunked", 501),
        ("POST / HTTP/1.1|Host: h|Transfer-Encoding: chunked, chunked", 400),
        ("POST / HTTP/1.1|Host: h|Content-Length: 101", 413),
        ("GET / HTTP/1.1|Host: h|Content-Length: 101", 413),
        ("POST / HTTP/1.1|Host: h|Content-Length: 100", 100),
        ("POST / HTTP/1.1|Host: h|Transfer-Encoding: chunked", 100),
        // Expectations.
        ("POST / HTTP/1.1|Host: h|Content-Length: 3|Expect: 100-continue", 100),
        ("POST / HTTP/1.1|Host: h|Content-Length: 3|Expect: pony", 417),
        ("GET / HTTP/1.1|Host: h|Expect: pony", 417), ("GET / HTTP/1.0|Expect: pony", 200),
        ("POST / HTTP/1.1|Host: h|Content-Length: 3|Expect: 100-continue, pony", 417),
    ])
    func `each request has its status`(lines: String, status: Int) throws {
        let text = lines.replacing("|", with: "\r\n") + "\r\n\r\n"
        let seen = try #require(RequestScript.readEveryWay(text))
        // 100 stands here for a body that must come yet.
        let last = try #require(seen.last)
        #expect(Int(last) ?? (last.hasSuffix("…") ? 100 : 200) == status)
    }

    @Test func `requests in a row are read one by one up to the one that is refused`() {
        let text = """
            POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab\r
            PUT /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n\
            DELETE /3 HTTP/1.1\r\nHost: h\r\n\r\nget /4 HTTP/1.1\r\nHost: h\r\n\r\nGET /5 HTTP/1.1\r\n
            """
        #expect(RequestScript.readEveryWay(text) == ["POST /1 ab", "PUT /2 c", "DELETE /3 ", "501"])
    }
}
