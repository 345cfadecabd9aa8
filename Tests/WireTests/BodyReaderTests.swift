import Testing
import Wire

@Suite struct BodyReaderTests {
    private static let next = "GET /b HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test(arguments: [
        ("Content-Length: 5", "hello", "hello"), ("Content-Length: 0", "", ""), ("X: y", "", ""),
        ("Content-Length: 2", "\r\n", "\r\n"),
        ("Transfer-Encoding: chunked", "0\r\n\r\n", ""),
        ("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("Transfer-Encoding: chunked", "2\r\nhe\r\n3\r\nllo\r\n000\r\n\r\n", "hello"),
        (
            "Transfer-Encoding: chunked", "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
            "01234567890123456789"
        ),
        ("Transfer-Encoding: chunked", "0000000000000002\r\n\r\n\r\n0000000000000000\r\n\r\n", "\r\n"),
        ("Transfer-Encoding: chunked", "1;a\r\nx\r\n0;b=c\r\n\r\n", "x"),
        ("Transfer-Encoding: chunked", "1;a=b;c=\"d;\\\"\\\\\"\r\nx\r\n0\r\n\r\n", "x"),
        ("Transfer-Encoding: chunked", "1;a=\"\"\r\nx\r\n0\r\n\r\n", "x"),
        ("Transfer-Encoding: chunked", "1\t;a\t=b\t;c\t;d=e\r\nx\r\n0\r\n\r\n", "x"),
        ("Transfer-Encoding: chunked", "1 \t; \ta \t= \tb \t; c\r\nx\r\n0\r\n\r\n", "x"),
        ("Transfer-Encoding: chunked", "1;a=\"b\" ;c=\"\t\u{e9}\"\r\nx\r\n0\r\n\r\n", "x"),
        ("Transfer-Encoding: chunked", "1\r\nx\r\n0\r\nA: b\r\nContent-Length: 5\r\nC:\r\n\r\n", "x"),
        ("Transfer-Encoding: chunked", "1\r\nx\r\n0\r\nA:\tb c \u{e9}: d\t\r\n\r\n", "x"),
    ])
    func `a body is read the same wherever it is cut, and the next request after it`(
        line: String,
        bytes: String,
        content: String
    ) {
        let seen = RequestScript.body([line], bytes + Self.next + Self.next)
        #expect(seen == ["POST /a \(content)", "GET /b ", "GET /b "])
    }

    @Test(arguments: [
        ("Content-Length: 5", "", ""), ("Content-Length: 5", "hell", "hell"),
        ("Transfer-Encoding: chunked", "", ""), ("Transfer-Encoding: chunked", "5", ""),
        ("Transfer-Encoding: chunked", "5\r\nhello", "hello"), ("Transfer-Encoding: chunked", "0\r\n\r", ""),
        ("Transfer-Encoding: chunked", "0\r\nA: b\r\n", ""), ("Transfer-Encoding: chunked", "5;a=\"b", ""),
    ])
    func `an unfinished body waits, with what has come of it`(line: String, bytes: String, content: String) {
        #expect(RequestScript.body([line], bytes) == ["POST /a \(content)…"])
    }

    @Test(arguments: [
        "\r\n", "g\r\n", "+1\r\nx\r\n", "-1\r\nx\r\n", " 1\r\nx\r\n", "1 \r\nx\r\n", "1\t\r\nx\r\n",
        "0x1\r\nx\r\n",
        "1_0\r\n", "1.\r\n", "\u{0}1\r\n", "1\nx\r\n", "1\r\r\nx\r\n", "1\rx\r\n", "1,1\r\n",
        "\r\n1\r\nx\r\n",
        "00000000000000001\r\nx\r\n", "1\u{e9}\r\n", "1\u{0}\r\n",
        "1;\r\n", "1;;a\r\n", "1;a=\r\n", "1;=b\r\n", "1;a=b=c\r\n", "1;a b\r\n", "1;a=b c\r\n", "1;a \r\n",
        "1;a=\"b\"c\r\n", "1;a=\"b\" \r\n", "1;a\n", "1;a=\"b\r\n\"\r\n", "1;a=\"\n\"\r\n",
        "1;a=\"\\\u{0}\"\r\n",
        "1;\u{e9}\r\n", "1;a=b\u{0}\r\n", "1;a\rx", "1;a=\"b\"\rx", "1;a=(\r\n",
        "0\r\nA\r\n\r\n", "0\r\nA : b\r\n\r\n", "0\r\n A: b\r\n\r\n", "0\r\nA: b\r\n c\r\n\r\n",
        "0\r\n: b\r\n\r\n",
        "0\r\nA: b\n\r\n", "0\r\nA: b\rc\r\n\r\n", "0\r\nA: \u{0}\r\n\r\n", "0\r\nA: \u{7f}\r\n\r\n",
        "0\r\n\n",
        "0\r\n\rx", "0\n\n", "0\r\n\u{e9}: b\r\n\r\n", "0\r\nGET /b HTTP/1.1\r\n",
    ])
    func `what is outside the grammar of chunks is refused`(bytes: String) {
        #expect(RequestScript.body(["Transfer-Encoding: chunked"], bytes) == ["POST /a ", "400"])
    }

    @Test(arguments: ["1\r\nxx", "1\r\nx\n", "1\r\nx0\r\n\r\n", "1\r\nx\r0", "1\r\nx\r\r\n", "1\r\nx \r\n"])
    func `a chunk longer than its size is refused`(bytes: String) {
        #expect(RequestScript.body(["Transfer-Encoding: chunked"], bytes) == ["POST /a x", "400"])
    }

    @Test(arguments: [
        ("Content-Length: 4", "abcd", ["POST /a abcd"]), ("Content-Length: 5", "", ["POST /a ", "413"]),
        ("Content-Length: 999999999999999999", "", ["POST /a ", "413"]),
        ("Transfer-Encoding: chunked", "4\r\nabcd\r\n0\r\n\r\n", ["POST /a abcd"]),
        ("Transfer-Encoding: chunked", "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", ["POST /a abcd"]),
        ("Transfer-Encoding: chunked", "5", ["POST /a ", "413"]),
        ("Transfer-Encoding: chunked", "2\r\nab\r\n3", ["POST /a ab", "413"]),
        ("Transfer-Encoding: chunked", "10", ["POST /a ", "413"]),
        ("Transfer-Encoding: chunked", "ffffffffffffffff\r\n", ["POST /a ", "413"]),
        ("Transfer-Encoding: chunked", "8000000000000000\r\n", ["POST /a ", "413"]),
    ])
    func `a body over the limit is refused as soon as its length is known`(
        line: String,
        bytes: String,
        seen: [String]
    ) {
        #expect(RequestScript.body([line], bytes, limit: 4) == seen)
    }

    @Test(arguments: [0xffff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0x7fff_ffff_ffff_ffff] as [UInt64])
    func `no limit makes a size overflow`(size: UInt64) {
        let bytes = String(size, radix: 16) + "\r\n"
        let seen = RequestScript.body(["Transfer-Encoding: chunked"], bytes, limit: .max)
        #expect(seen == (size > Int.max ? ["POST /a ", "413"] : ["POST /a …"]))
    }

    @Test(arguments: [(4096, ["POST /a x"]), (4097, ["POST /a ", "413"])])
    func `the extensions of all chunks together have a limit`(length: Int, seen: [String]) {
        // The bytes after the `;`, with the CR: one for each extension of one letter.
        let bytes = "1;" + String(repeating: "a", count: length - 1) + "\r\nx\r\n0\r\n\r\n"
        #expect(RequestScript.body(["Transfer-Encoding: chunked"], bytes) == seen)
    }

    @Test func `short extensions add up`() {
        let chunk = "1;" + String(repeating: "a", count: 99) + "\r\nx\r\n"
        let bytes = String(repeating: chunk, count: 41)
        let seen = RequestScript.body(["Transfer-Encoding: chunked"], bytes)
        #expect(seen == ["POST /a " + String(repeating: "x", count: 40), "413"])
    }

    @Test(arguments: [(8192, ["POST /a "]), (8193, ["POST /a ", "431"])])
    func `the trailer has a limit`(length: Int, seen: [String]) {
        // With `A:`, its CRLF, and the CR of the last line.
        let bytes = "0\r\nA:" + String(repeating: "b", count: length - 5) + "\r\n\r\n"
        #expect(RequestScript.body(["Transfer-Encoding: chunked"], bytes) == seen)
    }

    @Test func `parts are ranges of the caller's bytes, and the cursor stands at the next request`() throws {
        let head = try #require(RequestSample.head(["Host: h", "Transfer-Encoding: chunked"])?.head)
        let bytes = Array("##3\r\nabc\r\n0\r\n\r\nnext".utf8)
        var reader = BodyReader(head, limit: 3), cursor = 2
        var events = [reader.next(bytes.span, from: &cursor)]
        #expect(cursor == 8)
        events.append(reader.next(bytes.span, from: &cursor))
        events.append(reader.next(bytes.span, from: &cursor))
        #expect(events == [.part(5..<8), .end, .end])
        #expect(cursor == bytes.count - 4)
    }

    @Test(arguments: [("Content-Length: 5", 413), ("Transfer-Encoding: chunked", 400), ("Expect: pony", 417)])
    func `a failure is for good`(line: String, status: UInt16) throws {
        let head = try #require(RequestSample.head(["Host: h", line])?.head)
        var reader = BodyReader(head, limit: 4), cursor = 0
        let first = reader.next("x".utf8.span, from: &cursor)
        cursor = 0
        let second = reader.next("0\r\n\r\n".utf8.span, from: &cursor)
        guard case .failed(let failure) = first else {
            Issue.record("\(first)")
            return
        }
        #expect(failure.status.rawValue == status)
        #expect(second == first)
    }

    @Test(arguments: ["Content-Length: 1", "Transfer-Encoding: chunked"])
    func `who waits is told so once, unless the body comes anyway`(line: String) throws {
        let lines = ["Host: h", "Expect: 100-continue", line]
        let head = try #require(RequestSample.head(lines, first: "POST / HTTP/1.1")?.head)
        var waiting = BodyReader(head, limit: 4), cursor = 0
        let first = waiting.next("".utf8.span, from: &cursor)
        let second = waiting.next("".utf8.span, from: &cursor)
        #expect([first, second] == [.continueAwaited, .needMore])
        var hasBytes = BodyReader(head, limit: 4)
        while case .part = hasBytes.next("1".utf8.span, from: &cursor) {}
        cursor = 1
        #expect(hasBytes.next("1".utf8.span, from: &cursor) != .continueAwaited)
    }

    @Test(
        arguments: [
            ([], .end), (["Content-Length: 0"], .end),
            (["Content-Length: 5"], .failed(HTTPFailure(.contentTooLarge, "the body is over the limit"))),
        ] as [([String], BodyReader.Event)]
    )
    func `nobody waits for nothing, or for what is refused`(lines: [String], event: BodyReader.Event) throws {
        let head = try #require(RequestSample.head(["Host: h", "Expect: 100-continue"] + lines)?.head)
        var reader = BodyReader(head, limit: 4), cursor = 0
        #expect(reader.next("".utf8.span, from: &cursor) == event)
    }

    /// Damaged requests: whatever they have become, cuts change nothing.
    @Test(arguments: 0..<300)
    func `cuts change nothing, whatever the bytes`(seed: UInt64) {
        var random = SplitMix(seed)
        let head = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        let tail = "3;a=b;c=\"d\"\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n" + Self.next
        var bytes = Array((head + tail).utf8)
        let alphabet = Array("\r\n \t:;=\"0123af\u{7f}".utf8)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: head.utf8.count..<bytes.count, using: &random)
            bytes[place] = alphabet.randomElement(using: &random) ?? 0
        }
        #expect(RequestScript.readEveryWay(String(decoding: bytes, as: UTF8.self), body: 20) != nil)
    }
}
