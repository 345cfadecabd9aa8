import Testing
import Wire

@Suite struct SockJSAnswersTests {
    private let answers = SockJSAnswers(script: "/sockjs.js")
    private let uncached = "no-store, no-cache, no-transform, must-revalidate, max-age=0"

    @Test func `the greeting is a line of text`() throws {
        let answer = try written(answers.greeting(head()))
        #expect(answer.status == "200 OK")
        #expect(answer["Content-Type"] == "text/plain; charset=UTF-8")
        #expect(answer["Content-Length"] == "19")
        #expect(answer["Connection"] == "keep-alive")
        #expect(answer["Set-Cookie"] == nil)
        #expect(answer.body == "Welcome to SockJS!\n")
    }

    @Test func `the iframe's page loads the script and is kept for a year`() throws {
        let answer = try written(answers.iframe(head(), date: 784_111_777))
        let lines = [
            "<!DOCTYPE html>", "<html>", "<head>",
            "  <meta http-equiv=\"X-UA-Compatible\" content=\"IE=edge\" />",
            "  <meta http-equiv=\"Content-Type\" content=\"text/html; charset=UTF-8\" />",
            "  <script src=\"/sockjs.js\"></script>", "  <script>", "    document.domain = document.domain;",
            "    SockJS.bootstrap_iframe();", "  </script>", "</head>", "<body>", "  <h2>Don't panic!</h2>",
            "  <p>This is a SockJS hidden iframe. It's used for cross domain magic.</p>", "</body>",
            "</html>",
        ]
        #expect(answer.body == lines.joined(separator: "\n"))
        #expect(answer.status == "200 OK")
        #expect(answer["Content-Type"] == "text/html; charset=UTF-8")
        #expect(answer["Cache-Control"] == "public, max-age=31536000")
        #expect(answer["Expires"] == "Mon, 06 Nov 1995 08:49:37 GMT")
        #expect(answer["ETag"]?.count == 30)
        #expect(answer["Last-Modified"] == nil)
        #expect(answer["Set-Cookie"] == nil)
    }

    @Test(arguments: ["TAG", "W/TAG", "\"a\", TAG", "*"])
    func `who has the page gets no other`(field: String) throws {
        let tag = try #require(written(answers.iframe(head(), date: 0))["ETag"])
        let value = field.split(separator: "TAG", omittingEmptySubsequences: false).joined(separator: tag)
        let answer = try written(answers.iframe(head("If-None-Match: \(value)"), date: 0))
        #expect(answer.status == "304 Not Modified")
        #expect(answer["ETag"] == tag)
        #expect(answer["Content-Type"] == nil)
        #expect(answer["Content-Length"] == nil)
        #expect(answer.body.isEmpty)
    }

    @Test func `another script makes another page, with another tag`() throws {
        let other = SockJSAnswers(script: "http://h/\"><b>&")
        let answer = try written(other.iframe(head("If-None-Match: \"x\""), date: 0))
        #expect(answer.status == "200 OK")
        #expect(answer.body.contains("<script src=\"http://h/&quot;>&lt;b>&amp;\"></script>"))
        #expect(try answer["ETag"] != written(answers.iframe(head(), date: 0))["ETag"])
        let usual = try written(SockJSAnswers().iframe(head(), date: 0))
        #expect(usual.body.contains("<script src=\"\(SockJSAnswers.usualScript)\"></script>"))
    }

    @Test(arguments: [true, false], [true, false])
    func `the info says what the prefix can do`(hasWebSocket: Bool, needsCookie: Bool) throws {
        let answers = SockJSAnswers(hasWebSocket: hasWebSocket, needsCookie: needsCookie)
        let answer = try written(answers.info(head("Origin: test"), entropy: .max))
        #expect(answer.status == "200 OK")
        #expect(answer["Content-Type"] == "application/json; charset=UTF-8")
        #expect(answer["Cache-Control"] == uncached)
        #expect(answer["Expires"] == nil)
        #expect(answer["Set-Cookie"] == nil)
        #expect(answer["Access-Control-Allow-Origin"] == "test")
        let text =
            #"{"websocket":\#(hasWebSocket),"origins":["*:*"],"cookie_needed":\#(needsCookie),"entropy":4294967295}"#
        #expect(answer.body == text)
    }

    @Test(
        arguments: [
            (["Origin: test"], "test", "true"), (["Origin: null"], "null", "true"), ([], "*", nil),
            (["Origin:"], "*", nil), (["Origin: a", "Origin: b"], "*", nil),
        ] as [([String], String, String?)]
    )
    func `another origin may read, with cookies if it says which it is`(
        lines: [String],
        origin: String,
        credentials: String?
    ) throws {
        let head = try head(lines)
        let all = [
            answers.info(head, entropy: 1), answers.preflight(head, allow: "OPTIONS, POST", date: 0),
            answers.accepted(head, by: .xhrSend), answers.refused(head, by: .xhrSend, .brokenJSON),
            Response(.ok, body: [], fields: answers.fields(head, for: .xhr), keepsAlive: true),
            Response(.ok, body: [], fields: answers.fields(head, for: .xhrStreaming), keepsAlive: true),
            Response(.ok, body: [], fields: answers.fields(head, for: .eventSource), keepsAlive: true),
        ].map(Written.init)
        #expect(all.allSatisfy { $0["Access-Control-Allow-Origin"] == origin })
        #expect(all.allSatisfy { $0["Access-Control-Allow-Credentials"] == credentials })
        #expect(all.allSatisfy { $0["Vary"] == (credentials == nil ? nil : "Origin") })
        #expect(all.allSatisfy { $0["Access-Control-Allow-Headers"] == nil })
    }

    @Test func `a preflight is remembered for a year`() throws {
        let head = try head("Origin: test", "Access-Control-Request-Method: POST")
        let answer = Written(answers.preflight(head, allow: "OPTIONS, POST", date: 784_111_777))
        #expect(answer.status == "204 No Content")
        #expect(answer["Access-Control-Allow-Methods"] == "OPTIONS, POST")
        #expect(answer["Access-Control-Max-Age"] == "31536000")
        #expect(answer["Cache-Control"] == "public, max-age=31536000")
        #expect(answer["Expires"] == "Mon, 06 Nov 1995 08:49:37 GMT")
        #expect(answer.body.isEmpty)
    }

    @Test(arguments: [("a, b, c", "a, b, c"), ("", nil)] as [(String, String?)])
    func `fields that a preflight asks for are allowed`(requested: String, allowed: String?) throws {
        let head = try head("Origin: test", "Access-Control-Request-Headers: \(requested)")
        let answer = Written(answers.preflight(head, allow: "OPTIONS, POST", date: 0))
        #expect(answer["Access-Control-Allow-Headers"] == allowed)
    }

    @Test func `a method that is not allowed is answered without a body or type`() throws {
        let answer = try written(answers.notAllowed(head(), allow: "GET"))
        #expect(answer.status == "405 Method Not Allowed")
        #expect(answer["Allow"] == "GET")
        #expect(answer["Content-Type"] == nil)
        #expect(answer["Content-Length"] == "0")
        #expect(try written(answers.notFound(head())).status == "404 Not Found")
    }

    @Test func `an answer before the body was read ends the connection`() throws {
        let head = try head("Content-Length: 5")
        let early = [
            answers.greeting(head), answers.info(head, entropy: 1), answers.iframe(head, date: 0),
            answers.notFound(head), answers.notAllowed(head, allow: "GET"),
            answers.refused(head, .callbackInvalid),
            answers.preflight(head, allow: "GET", date: 0),
        ]
        #expect(early.allSatisfy { !$0.keepsAlive })
        #expect(answers.accepted(head, by: .xhrSend).keepsAlive)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1", ["Host: a"]),
        ("GET / HTTP/1.1", ["Host: a", "Upgrade: WebSocket", "Connection: close"]),
    ])
    func `what is no WebSocket's handshake is a bad request`(first: String, lines: [String]) throws {
        let head = try #require(RequestSample.head(lines, first: first)?.head)
        guard case .refuse(let failure) = Handshake.check(head) else {
            Issue.record("taken for a handshake")
            return
        }
        let answer = Written(answers.refused(head, failure))
        #expect(answer.status == "400 Bad Request")
        #expect(answer["Upgrade"] == nil)
        #expect(!answer.body.isEmpty)
    }

    @Test(
        arguments: [(.xhrSend, "204 No Content", ""), (.jsonpSend, "200 OK", "ok")]
            as [(SockJSSender, String, String)]
    )
    func `messages taken are acknowledged`(sender: SockJSSender, status: String, body: String) throws {
        let answer = try written(answers.accepted(head(), by: sender))
        #expect(answer.status == status)
        #expect(answer.body == body)
        #expect(answer["Content-Type"] == "text/plain; charset=UTF-8")
        #expect(answer["Cache-Control"] == uncached)
        #expect(answer.count(of: "Content-Type") == 1)
    }

    @Test(arguments: [SockJSSender.xhrSend, .jsonpSend])
    func `messages refused are told why`(sender: SockJSSender) throws {
        let broken = try written(answers.refused(head(), by: sender, .brokenJSON))
        #expect(broken.status == "500 Internal Server Error")
        #expect(broken.body == "Broken JSON encoding.")
        let empty = try written(answers.refused(head(), by: sender, .payloadExpected))
        #expect(empty.body == "Payload expected.")
        #expect(try written(answers.noSession(head(), for: sender)).status == "404 Not Found")
    }

    @Test(
        arguments: [
            (.callbackRequired, "\"callback\" parameter required"),
            (.callbackInvalid, "invalid \"callback\" parameter"),
        ] as [(SockJSFailure, String)]
    )
    func `a callback refused is told why`(failure: SockJSFailure, body: String) throws {
        let answer = try written(answers.refused(head(), failure))
        #expect(answer.status == "500 Internal Server Error")
        #expect(answer.body == body)
    }

    @Test(arguments: [
        ([], "dummy"), (["Cookie: JSESSIONID=abcdef"], "abcdef"), (["Cookie: a=b; JSESSIONID=x; c=d"], "x"),
        (["Cookie: XJSESSIONID=a"], "dummy"), (["Cookie: JSESSIONID="], "dummy"),
        (["Cookie: a=1", "Cookie: JSESSIONID=2"], "2"),
        (["Cookie: JSESSIONID=a\"b"], "dummy"), (["Cookie: JSESSIONID=é"], "dummy"),
        (["Cookie: ;;"], "dummy"),
    ])
    func `a session's cookie is the client's own or a dummy`(lines: [String], value: String) throws {
        let answers = SockJSAnswers(needsCookie: true), head = try head(lines)
        let cookie = ResponseField("Set-Cookie", "JSESSIONID=\(value); Path=/")
        #expect(SockJSTransport.allCases.allSatisfy { answers.fields(head, for: $0).contains(cookie) })
        #expect(SockJSSender.allCases.allSatisfy { answers.accepted(head, by: $0).fields.contains(cookie) })
        #expect(SockJSTransport.allCases.allSatisfy { !self.answers.fields(head, for: $0).contains(cookie) })
    }

    @Test(arguments: SockJSTransport.allCases)
    func `a receiver's response is not kept by anybody`(transport: SockJSTransport) throws {
        let fields = try answers.fields(head(), for: transport)
        #expect(fields.contains(ResponseField("Cache-Control", uncached)))
        #expect(fields.contains { $0.name == "X-Content-Type-Options" } == transport.needsCallback)
        #expect(fields.contains { $0.name == "Access-Control-Allow-Origin" } != transport.needsCallback)
    }

    private func head(_ lines: String...) throws -> RequestHead { try head(lines) }

    private func head(_ lines: [String]) throws -> RequestHead {
        try #require(RequestSample.head(["Host: a"] + lines)?.head)
    }

    private func written(_ response: Response) -> Written { Written(response) }
}

/// A response as a client reads it.
private struct Written {
    let status: String
    let body: String
    private let fields: [(name: String, value: String)]

    init(_ response: Response) {
        var buffer: [UInt8] = []
        response.append(to: &buffer, date: nil)
        self.init(buffer)
    }

    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        var lines = parts[0].split(separator: "\r\n")
        status = String(lines.removeFirst().dropFirst("HTTP/1.1 ".count))
        body = parts.count > 1 ? String(parts[1]) : "no end of the head"
        fields = lines.map { line in
            let pair = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(pair[0]), String(pair[1].drop { $0 == " " }))
        }
    }

    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    func count(of name: String) -> Int { fields.count { $0.name == name } }
}
