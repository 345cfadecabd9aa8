import Testing
import Wire

@Suite struct RequestHeadTests {
    @Test(
        arguments: [
            ("GET /a/b HTTP/1.1", "/a/b", nil), ("GET /? HTTP/1.1", "/", ""),
            ("GET /a?b?c/d HTTP/1.1", "/a", "b?c/d"),
            ("GET //a HTTP/1.1", "//a", nil), ("GET http://h/a?b HTTP/1.1", "/a", "b"),
            ("GET HTTP://H HTTP/1.1", "/", nil),
            ("GET http://h?b HTTP/1.1", "/", "b"), ("GET ws://h/ HTTP/1.1", "/", nil),
            ("OPTIONS * HTTP/1.1", "*", nil),
            ("PATCH /%20{}|^ HTTP/1.1", "/%20{}|^", nil),
            ("GET /100% HTTP/1.0", "/100%", nil),
            ("GET / HTTP/1.9", "/", nil),
        ] as [(String, String, String?)]
    )
    func `each form of target has its path and query`(line: String, path: String, query: String?) throws {
        let head = try #require(RequestSample.head(["Host: h"], first: line)?.head)
        #expect(head.text(head.path) == path)
        #expect(head.query.map(head.text) == query)
    }

    @Test(
        arguments: ["http://h/", "http://h:80/", "https://other/", "http://h.other/"],
        ["Host: H", "Host: h:80", "Host: x"]
    )
    func `an absolute target is for the host of the Host field alone`(target: String, field: String) {
        let event = RequestSample.head([field], first: "GET \(target) HTTP/1.1")
        let matches =
            (target == "http://h/" && field == "Host: H")
            || (target == "http://h:80/" && field == "Host: h:80")
        #expect(event?.status == (matches ? nil : 400))
    }

    @Test(
        arguments: [
            [], ["Host: a", "Host: b"], ["Host: a", "host: a"], ["Host:"], ["Host: a b"], ["Host: a/b"],
            ["Host: a@b"],
            ["Host: u@h"], ["Host: h\u{e9}"], ["Host: :80"], ["Host: h:a"], ["Host: h:80:80"], ["Host: h:-1"],
            ["Host: ::1"], ["Host: [::1"], ["Host: [::1]80"], ["Host: [::1]]"], ["Host: [[::1]]"],
            ["Host: []"],
            ["Host: a[::1]"], ["Host: a]"], ["Host: [::1]:a"], ["Host: a, b"],
        ] as [[String]]
    )
    func `no Host, two, or a wrong one is refused`(lines: [String]) {
        #expect(RequestSample.head(lines)?.status == 400)
    }

    @Test(arguments: [
        "h", "h:", "h:65536", "[::1]", "[::1]:", "[::ffff:1.2.3.4]:8080", "h:80", "example.org",
        "127.0.0.1:8080", "[::1]:80", "a-b_c.d~e", "xn--a%41",
    ])
    func `a host with an optional port is a Host`(host: String) {
        let head = RequestSample.head(["Host: \(host)"])?.head
        #expect(head.flatMap { head in head.host.map(head.text) } == host)
    }

    @Test func `HTTP 1.0 can be without Host`() {
        let head = RequestSample.head([], first: "GET / HTTP/1.0")?.head
        #expect(head != nil)
        #expect(head?.host == nil)
        #expect(RequestSample.head(["Host: a", "Host: a"], first: "GET / HTTP/1.0")?.status == 400)
    }

    @Test(
        arguments: [
            (["Content-Length: 0"], .none), (["Content-Length: 5"], .length(5)),
            (["content-length: 007"], .length(7)),
            (["Content-Length: 999999999999999999"], .length(999_999_999_999_999_999)),
            (["Transfer-Encoding: chunked"], .chunked),
            (["Transfer-Encoding: , Chunked ,"], .chunked),
        ] as [([String], RequestHead.Body)]
    )
    func `the head says what body follows`(lines: [String], body: RequestHead.Body) {
        #expect(RequestSample.head(["Host: h"] + lines, first: "POST / HTTP/1.1")?.head?.body == body)
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "GET"], ["1.0", "1.1"])
    func `without a length the body is empty, whatever the method`(method: String, version: String) {
        let head = RequestSample.head(["Host: h"], first: "\(method) / HTTP/\(version)")?.head
        #expect(head?.body == RequestHead.Body.none)
    }

    @Test(arguments: [
        (["Content-Length: 4", "Transfer-Encoding: chunked"], 400),
        (["Transfer-Encoding: chunked", "Content-Length: 0"], 400),
        (["Content-Length: 0", "Content-Length: 37"], 400),
        (["Content-Length: 5", "Content-Length: 5"], 400),
        (["Content-Length: 0, 37"], 400), (["Content-Length: 5, 5"], 400), (["Content-Length: +5"], 400),
        (["Content-Length: -1"], 400),
        (["Content-Length: 0x10"], 400), (["Content-Length:"], 400), (["Content-Length: 5 5"], 400),
        (["Content-Length: 5."], 400),
        (["Content-Length: 18446744073709551617"], 400), (["Content-Length: 9223372036854775808"], 400),
        (["Transfer-Encoding: chunked, chunked"], 400),
        (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], 400),
        (["Transfer-Encoding: chunked, identity"], 400), (["Transfer-Encoding:"], 400),
        (["Transfer-Encoding: xchunked"], 501),
        (["Transfer-Encoding: gzip, chunked"], 501), (["Transfer-Encoding: gzip"], 501),
        (["Transfer-Encoding: identity"], 501),
        (["Transfer-Encoding: \"chunked\""], 501), (["Transfer-Encoding: chunked;q=1"], 501),
        (["Transfer-Encoding: \u{b}chunked"], 400),
    ])
    func `framing that two readers could understand in two ways is refused`(lines: [String], status: Int) {
        #expect(RequestSample.head(["Host: h"] + lines, first: "POST / HTTP/1.1")?.status == status)
    }

    @Test func `HTTP 1.0 has no Transfer-Encoding`() {
        #expect(RequestSample.head(["Transfer-Encoding: chunked"], first: "POST / HTTP/1.0")?.status == 400)
    }

    @Test(
        arguments: [
            ("1.1", [], true), ("1.1", ["Connection: close"], false),
            ("1.1", ["Connection: a, CLOSE"], false),
            ("1.1", ["Connection: keep-alive", "Connection: close"], false),
            ("1.1", ["Connection: closed"], true),
            ("1.0", [], false), ("1.0", ["Connection: Keep-Alive"], true),
            ("1.0", ["Connection: keep-alive, close"], false),
        ] as [(String, [String], Bool)]
    )
    func `the connection stays open as version and Connection say`(
        version: String,
        lines: [String],
        keepsAlive: Bool
    ) {
        let head = RequestSample.head(["Host: h"] + lines, first: "GET / HTTP/\(version)")?.head
        #expect(head?.keepsAlive == keepsAlive)
    }

    @Test(
        arguments: [
            ("1.1", [], .none), ("1.1", ["Expect: 100-Continue"], .continue),
            ("1.1", ["Expect: pony"], .unknown),
            ("1.1", ["Expect: pony", "Expect: 100-continue"], .unknown),
            ("1.0", ["Expect: 100-continue"], .none),
        ] as [(String, [String], RequestHead.Expectation)]
    )
    func `the head says what the client waits for`(
        version: String,
        lines: [String],
        expectation: RequestHead.Expectation
    ) {
        let head = RequestSample.head(["Host: h"] + lines, first: "POST / HTTP/\(version)")?.head
        #expect(head?.expectation == expectation)
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
    func `a known method is taken exactly`(method: String) throws {
        let head = try #require(RequestSample.head(["Host: h"], first: "\(method) / HTTP/1.1")?.head)
        #expect(head.isMethod(method))
        #expect(!head.isMethod(method.lowercased()))
    }

    @Test func `fields are found without regard to case, in order`() throws {
        let lines = ["Host: h", "X-A: 1, 2", "x-a: Three", "X-AB: 4"]
        let fields = try #require(RequestSample.head(lines)?.head).fields
        var values: [String] = []
        fields.forEach("X-a") { values.append(fields.text($0)) }
        #expect(values == ["1, 2", "Three"])
        #expect(fields.first("x-A").map(fields.text) == "1, 2")
        #expect(fields.only("X-A") == nil)
        #expect(fields.only("x-ab").map(fields.text) == "4")
        #expect(fields.first("X") == nil)
        #expect(fields.count(of: "X-A") == 2)
        #expect(fields.lists("2", in: "X-A") && fields.lists("three", in: "X-A"))
        #expect(!fields.lists("4", in: "X-A"))
        #expect(fields.text(fields[3].name) == "X-AB")
    }
}
