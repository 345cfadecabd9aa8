import Testing
import Wire

@Suite struct RequestHeadReaderTests {
    private let good = "GET /a?b HTTP/1.1\r\nHost: h\r\nX-Y:  z \t\r\n\r\n"

    @Test func `a head is read the same wherever it is cut`() throws {
        let event = try #require(RequestSample.readEveryWay(good))
        let head = try #require(event.head)
        #expect(head.isMethod("GET"))
        #expect(head.text(head.target) == "/a?b")
        #expect(head.isPath("/a"))
        #expect(head.query.map(head.text) == "b")
        #expect(head.host.map(head.text) == "h")
        #expect(head.fields.first("x-y").map(head.text) == "z")
        #expect(head.bytes == Array(good.utf8))
    }

    @Test(arguments: ["", "\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\r"])
    func `an unfinished head waits`(text: String) {
        #expect(RequestSample.readEveryWay(text) == .needMore)
    }

    @Test func `two requests in a row are two heads, and the cursor stands after each`() throws {
        let bytes = Array((good + "\r\n" + good + "rest").utf8)
        var reader = RequestHeadReader(limit: 100), cursor = 3
        let around = [1, 2, 3] + bytes
        let first = reader.next(around.span, from: &cursor)
        #expect(cursor == 3 + good.utf8.count)
        let second = reader.next(around.span, from: &cursor)
        #expect(cursor == around.count - 4)
        let head = try #require(first.head)
        #expect(second.head == head)
    }

    @Test func `one empty line before a request is passed over, a second one is not`() {
        #expect(RequestSample.readEveryWay("\r\n" + good)?.head != nil)
        #expect(RequestSample.readEveryWay("\r\n\r\n" + good)?.status == 400)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\r\nHost: h\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\n",
        "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n",
        "GET / HTTP/1.1\r\n\rHost: h\r\n\r\n", "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{7f}b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{b}b\r\n\r\n", "G\u{1}T / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX\u{1}A: 1\r\n\r\n", "GET /\u{0} HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", "GET /\r HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX\r: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n \r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "\u{0}\u{0}\u{0}",
    ])
    func `line ends other than CRLF and control bytes are refused`(text: String) {
        #expect(RequestSample.readEveryWay(text)?.status == 400)
    }

    @Test(arguments: [
        "X-A : 1", "X-A\t: 1", " X-A: 1", "\tX-A: 1", "X-A", ": 1", "X A: 1", "X\u{e9}: 1", "X(A): 1",
        "X,A: 1", "\"X\": 1", "X-B: 1\r\n folded",
        "X-B: 1\r\n\tfolded", "@: 1", "[X]: 1", "X/Y: 1",
    ])
    func `a field outside the grammar is refused`(line: String) {
        #expect(RequestSample.head(["Host: h", line])?.status == 400)
    }

    @Test(arguments: [
        ("X-A:", ""), ("X-A:1", "1"), ("X-A: \t 1 \t ", "1"), ("X-A: a\tb  c", "a\tb  c"),
        ("X-A: a:b:c", "a:b:c"), ("X-A: \u{e9}", "\u{e9}"),
        ("!#$%&'*+-.^_`|~09azAZ: token", "token"),
    ])
    func `a field within the grammar is taken, without the blanks around its value`(
        line: String,
        value: String
    ) {
        let head = RequestSample.head(["Host: h", line])?.head
        #expect(head?.fields.count == 2)
        #expect(head.map { $0.text($0.fields[1].value) } == value)
    }

    @Test(arguments: [
        ("GET /", 400), ("GET  / HTTP/1.1", 400), ("GET / HTTP/1.1 ", 400), ("GET /  HTTP/1.1", 400),
        (" GET / HTTP/1.1", 400), ("GET / HTTP/1.1x", 400), ("GET / HTTP/one", 400), ("GET / http/1.1", 400),
        ("GET / HTTP/11", 400), ("GET / HTTP/1,1", 400), ("GET / HTTP/", 400), ("GET / XTTP/1.1", 400),
        ("G(T / HTTP/1.1", 400), ("GET a HTTP/1.1", 400), ("GET * HTTP/1.1", 400), ("GET h:80 HTTP/1.1", 400),
        ("GET /a b HTTP/1.1", 400), ("GET /#f HTTP/1.1", 400), ("GET /\" HTTP/1.1", 400),
        ("GET /<> HTTP/1.1", 400),
        ("GET /\u{e9} HTTP/1.1", 400), ("GET /\t HTTP/1.1", 400), ("GET ftp://h/ HTTP/1.1", 400),
        ("GET http:/h/ HTTP/1.1", 400),
        ("GET http:// HTTP/1.1", 400), ("GET http:///x HTTP/1.1", 400), ("GET http://u@h/ HTTP/1.1", 400),
        ("GET / HTTP/0.9", 505), ("GET / HTTP/2.0", 505), ("PRI * HTTP/2.0", 505), ("GET / HTTP/3.0", 505),
        ("GET / HTTP/9.9", 505),
    ])
    func `a request line outside the grammar is refused`(line: String, status: Int) {
        #expect(RequestSample.head(["Host: h"], first: line)?.status == status)
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "GET / HTTP/2.0\r\n", "GET / HTTP/1.1\r\nX A: 1\r\n"])
    func `what is wrong is refused before the head ends`(text: String) {
        #expect(RequestSample.readEveryWay(text)?.status != nil)
    }

    @Test func `the preface of HTTP 2 is no request`() {
        #expect(RequestSample.readEveryWay("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")?.status == 505)
    }

    @Test func `as many fields as the limit has room for are taken, each of its own`() {
        let lines = (0..<1000).map { "X-\($0): v" }
        let text = (["GET / HTTP/1.1", "Host: h"] + lines + ["", ""]).joined(separator: "\r\n")
        var reader = RequestHeadReader(limit: 16384), cursor = 0
        let head = reader.next(text.utf8.span, from: &cursor).head
        #expect(head?.fields.count == 1001)
        #expect(head.flatMap { head in head.fields.only("x-999").map(head.text) } == "v")
    }

    @Test func `a target of 8 KiB is taken, a longer one is not`() {
        let path = "/" + String(repeating: "a", count: 8191)
        var reader = RequestHeadReader(limit: 16384), cursor = 0
        let taken = reader.next("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n".utf8.span, from: &cursor)
        cursor = 0
        let refused = reader.next("GET \(path)a HTTP/1.1\r\nHost: h\r\n\r\n".utf8.span, from: &cursor)
        #expect(taken.head?.target.count == 8192)
        #expect(refused.status == 414)
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 27, nil), ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 26, 431),
            ("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 200), 100, 431),
            ("GET /" + String(repeating: "a", count: 200), 100, 414),
            (String(repeating: "a", count: 200), 100, 414),
        ] as [(String, Int, Int?)]
    )
    func `a head over the limit is refused, finished or not`(text: String, limit: Int, status: Int?) {
        let event = RequestSample.readEveryWay(text, limit: limit)
        #expect(event?.status == status)
        #expect((event?.head == nil) == (status != nil))
    }

    @Test func `a failure is for good`() {
        var reader = RequestHeadReader(limit: 100), cursor = 0
        let first = reader.next("GET / HTTP/2.0\r\n".utf8.span, from: &cursor)
        cursor = 0
        let second = reader.next(good.utf8.span, from: &cursor)
        #expect(first.status == 505)
        #expect(second == first)
    }

    /// Damaged heads: whatever they have become, cuts change nothing.
    @Test(arguments: 0..<300)
    func `cuts change nothing, whatever the bytes`(seed: UInt64) {
        var random = SplitMix(seed)
        var bytes = Array(
            "\r\nPOST http://h/a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: x\r\n\r\n".utf8
        )
        let alphabet = Array("\r\n \t:,aH10/?\u{7f}".utf8)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                alphabet.randomElement(using: &random) ?? 0
        }
        #expect(RequestSample.readEveryWay(String(decoding: bytes, as: UTF8.self), limit: 70) != nil)
    }
}
