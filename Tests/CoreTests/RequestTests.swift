import Net
import Store
import Testing
import Wire

@testable import Core

/// Plain requests to a service, on connections that stay.
@Suite struct RequestTests {
    private static let service = "service puppet { plugin Puppet; websocket web /main; http web /web web; }"

    private func server(_ service: String = RequestTests.service, _ defines: [String] = []) throws
        -> TestServer
    {
        try TestServer(service, plugin: FaultPlugin(source: "puppet", defines: defines))
    }

    /// A request with the lines given, and a Host.
    private func request(_ line: String, _ lines: String..., body: String = "") -> [UInt8] {
        let head = (["\(line) HTTP/1.1", "Host: a"] + lines).joined(separator: "\r\n")
        return Array("\(head)\r\n\r\n\(body)".utf8)
    }

    @Test func `a request is answered by its handler, and the connection stays for the next`() throws {
        let test = try server()
        let peer = test.connect()
        for _ in 0..<3 {
            let answer = try #require(peer.exchange(request("GET /web")))
            #expect(answer.status == 200 && answer.body == "hello")
            #expect(
                answer.fields["content-type"] == "text/plain" && answer.fields["connection"] == "keep-alive"
            )
        }
        #expect(test.server.connectionCount == 1)
    }

    @Test func `a handler is told everything about a request`() throws {
        let test = try server()
        let peer = test.connect()
        let answer = try #require(
            peer.exchange(
                request(
                    "POST /web/mirror?a=1&b=%20",
                    "X-Mixed-Case: Kept As It Is",
                    "Content-Length: 4",
                    body: "body"
                )
            )
        )
        #expect(answer.status == 201)
        #expect(
            answer.body == """
                POST /web/mirror below /mirror query a=1&b=%20 from 127.0.0.1 body body
                host=a
                x-mixed-case=Kept As It Is
                content-length=4

                """
        )
    }

    @Test func `chunks are put together`() throws {
        let test = try server()
        let peer = test.connect()
        let answer = peer.exchange(
            request(
                "PUT /web/mirror",
                "Transfer-Encoding: chunked",
                body: "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n"
            )
        )
        #expect(answer?.body.contains("body abcde\n") == true)
    }

    @Test(arguments: [
        ("GET /web/below/exact", 200, "hello"), ("GET /web/below/other", 201, "below /below/other"),
        ("GET /web/below/", 201, "below /below/ "), ("GET /web/below", 404, "nothing is served"),
        ("GET /web/other", 404, "nothing is served"), ("GET /other", 404, "nothing is served"),
        ("GET /webbed", 404, "nothing is served"), ("GET /", 404, "nothing is served"),
    ])
    func `the path itself comes before what is below another`(line: String, status: Int, part: String) throws
    {
        let test = try server()
        let peer = test.connect()
        let answer = try #require(peer.exchange(request(line)))
        #expect(answer.status == status && answer.body.contains(part), "\(answer)")
        #expect(answer.fields["connection"] == "keep-alive")
    }

    @Test func `HEAD is GET without the body, and another method is told which there are`() throws {
        let test = try server()
        let peer = test.connect()
        let head = try #require(peer.exchange(request("HEAD /web"), hasBody: false))
        #expect(head.status == 200 && head.fields["content-length"] == "5" && peer.rest() == "")
        let other = try #require(peer.exchange(request("DELETE /web/mirror")))
        #expect(other.status == 405 && other.fields["allow"] == "OPTIONS, POST, PUT")
        let options = try #require(peer.exchange(request("OPTIONS /web")))
        #expect(options.status == 204 && options.fields["allow"] == "GET, HEAD, OPTIONS")
    }

    @Test func `requests that come at once are answered one after the other, in order`() throws {
        let test = try server()
        let peer = test.connect()
        let lines = ["GET /web", "GET /web/below/a", "GET /other", "GET /web/below/b"]
        peer.send(bytes: lines.flatMap { request($0) })
        let answers = (0..<4).compactMap { _ in peer.answer() }
        #expect(answers.map(\.status) == [200, 201, 404, 201])
        #expect(answers[1].body.contains("/below/a") && answers[3].body.contains("/below/b"))
    }

    @Test func `a request is read at any cut`() throws {
        let bytes = request("POST /web/mirror", "Content-Length: 4", body: "body") + request("GET /web")
        for cut in 1..<bytes.count {
            let test = try server()
            let peer = test.connect()
            peer.send(bytes: Array(bytes[..<cut]))
            test.settle()
            peer.send(bytes: Array(bytes[cut...]))
            #expect([peer.answer()?.status, peer.answer()?.status] == [201, 200], "cut at \(cut)")
        }
    }

    @Test func `an answer may come later, and what follows the request waits for it`() throws {
        let test = try server()
        let socket = try test.open(), peer = test.connect()
        peer.send(bytes: request("GET /web/wait") + request("GET /web"))
        test.settle()
        #expect(peer.rest() == "")
        #expect(socket.ask("respond late") == [.text("0")])
        #expect([peer.answer()?.body, peer.answer()?.body] == ["late", "hello"])
        #expect(socket.ask("respond twice") == [.text("-1")])
    }

    @Test func `whoever closes his side after the request gets its answer`() throws {
        let test = try server()
        let socket = try test.open(), peer = test.connect()
        peer.send(bytes: request("GET /web/wait"))
        test.settle()
        peer.leave()
        test.settle()
        _ = socket.ask("respond late")
        #expect(peer.answer()?.body == "late")
        test.settle()
        #expect(test.server.connectionCount == 1)
    }

    @Test func `a service that does not answer in a minute is not waited for`() throws {
        let test = try server()
        let socket = try test.open(), peer = test.connect()
        peer.send(bytes: request("GET /web/wait"))
        test.pass(milliseconds: 59_999)
        #expect(peer.rest() == "")
        test.pass(milliseconds: 1)
        #expect(peer.answer()?.status == 504)
        _ = socket.seen()
        #expect(try test.service().requests.isEmpty)
    }

    @Test func `a body over the limit is refused before it is sent`() throws {
        let test = try server("service puppet { plugin Puppet; http web /web web; limit message 1k; }")
        let peer = test.connect()
        let answer = try #require(
            peer.exchange(request("POST /web/mirror", "Content-Length: 1025", "Expect: 100-continue"))
        )
        #expect(answer.status == 413 && answer.fields["connection"] == "close")
    }

    @Test func `a client that asks first is told to go on`() throws {
        let test = try server()
        let peer = test.connect()
        peer.send(bytes: request("POST /web/mirror", "Content-Length: 4", "Expect: 100-continue"))
        #expect(peer.answer(hasBody: false)?.status == 100)
        #expect(peer.exchange(Array("body".utf8))?.status == 201)
        #expect(peer.exchange(request("GET /web", "Expect: miracles"))?.status == 417)
    }

    @Test func `a body that does not come is 408`() throws {
        let test = try server()
        let peer = test.connect()
        peer.send(bytes: request("POST /web/mirror", "Content-Length: 4", body: "bo"))
        test.pass(milliseconds: 30_000)
        #expect(peer.answer()?.status == 408)
    }

    @Test func `a connection that asks nothing more is closed without a word`() throws {
        let test = try server()
        let peer = test.connect()
        #expect(peer.exchange(request("GET /web"))?.status == 200)
        test.pass(milliseconds: 25_000)
        #expect(peer.rest() == "" && test.engine.isClosed(peer.number))
    }

    @Test func `whoever asks on without taking the answers waits`() throws {
        let test = try server()
        let peer = test.connect()
        peer.setWindow(0)
        let many = (0..<20_000).flatMap { _ in request("GET /other") }
        for start in stride(from: 0, to: many.count, by: 10_000) {
            peer.send(bytes: Array(many[start..<min(start + 10_000, many.count)]))
            test.settle()
        }
        let owed = test.loop.connections.compactMap { $0?.outbox.count }.reduce(0, +)
        #expect(owed < 128 << 10)
        peer.setWindow(.max)
        #expect((0..<20_000).allSatisfy { _ in peer.answer()?.status == 404 })
    }

    @Test func `what frames an answer is the host's, and a value cannot bring a line of its own`() throws {
        let test = try server()
        let peer = test.connect()
        let answer = try #require(peer.exchange(request("GET /web/framed")))
        #expect(answer.body == "-4" && answer.fields["x-split"] == "a  X-Other: b")
        #expect(answer.fields["x-other"] == nil)
    }

    @Test func `a public answer has a tag and a gzip, and is not sent to who has it`() throws {
        let test = try server()
        let peer = test.connect()
        let plain = try #require(peer.exchange(request("GET /web/page")))
        let tag = try #require(plain.fields["etag"])
        #expect(plain.body.utf8.count == 820 && plain.fields["vary"] == "Accept-Encoding")
        let gzip = try #require(peer.exchange(request("GET /web/page", "Accept-Encoding: gzip")))
        #expect(gzip.fields["content-encoding"] == "gzip" && gzip.fields["etag"] != tag)
        #expect(try #require(gzip.fields["content-length"].flatMap { Int($0) }) < 100)
        let known = try #require(peer.exchange(request("GET /web/page", "If-None-Match: \(tag)")))
        #expect(known.status == 304 && known.body == "")
        let head = try #require(peer.exchange(request("HEAD /web/page"), hasBody: false))
        #expect(head.status == 200 && head.fields["content-length"] == "820")
        let other = try #require(peer.exchange(request("GET /web/page?private")))
        #expect(other.fields["etag"] == nil && other.body == plain.body)
        for query in 0..<3 { _ = peer.exchange(request("GET /web/page?\(query)")) }
        #expect(test.loop.statics.entries.count == 1)
    }

    @Test func `an answer whose batch is not stored is 503, and nothing is in force`() throws {
        let test = try server(RequestTests.service, ["STORE"])
        try test.service().database?.limitSize(to: 1)
        let socket = try test.open(), peer = test.connect()
        let refused = peer.exchange(request("POST /web/store", "Content-Length: 7", body: "1000000"))
        #expect(refused?.status == 503)
        #expect(socket.ask("rows") == [.text("0")])
        try test.service().database?.limitSize(to: nil)
        #expect(peer.exchange(request("POST /web/store", "Content-Length: 2", body: "10"))?.body == "stored")
        #expect(socket.ask("rows") == [.text("1")])
    }

    @Test func `a request that waits is answered by the next generation`() throws {
        let test = try server()
        let socket = try test.open(), peer = test.connect()
        peer.send(bytes: request("GET /web/wait"))
        test.settle()
        try test.reload(FaultPlugin(source: "puppet"))
        #expect(socket.ask("respond late") == [.text("0")])
        #expect(peer.answer()?.body == "late")
    }
}
