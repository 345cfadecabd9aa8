import Testing
import Wire

@Suite struct ResponseTests {
    @Test func `a text answer has its length, type and connection`() {
        var buffer: [UInt8] = []
        Response(.ok, "Привет", keepsAlive: true).append(to: &buffer, date: 784_111_777)
        let expected = """
            HTTP/1.1 200 OK\r
            Date: Sun, 06 Nov 1994 08:49:37 GMT\r
            Connection: keep-alive\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: 12\r
            \r
            Привет
            """
        #expect(String(decoding: buffer, as: UTF8.self) == expected)
    }

    @Test func `a refusal closes, says why, and carries its fields`() {
        var buffer: [UInt8] = []
        let failure = HTTPFailure(.upgradeRequired, "no", fields: [ResponseField("Upgrade", "websocket")])
        Response(failure).append(to: &buffer, date: nil)
        let expected = """
            HTTP/1.1 426 Upgrade Required\r
            Upgrade: websocket\r
            Connection: close, Upgrade\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: 3\r
            \r
            no

            """
        #expect(String(decoding: buffer, as: UTF8.self) == expected)
    }

    @Test func `an answer to HEAD says the length and ends at the head`() {
        var buffer: [UInt8] = []
        Response(.notFound, "nothing", keepsAlive: false).append(to: &buffer, date: nil, omitsBody: true)
        #expect(String(decoding: buffer, as: UTF8.self).hasSuffix("Content-Length: 7\r\n\r\n"))
    }

    @Test func `a response may be without a type`() {
        var buffer: [UInt8] = []
        Response(.methodNotAllowed, contentType: "", body: [], keepsAlive: true).append(
            to: &buffer,
            date: nil
        )
        let expected =
            "HTTP/1.1 405 Method Not Allowed\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"
        #expect(String(decoding: buffer, as: UTF8.self) == expected)
    }

    @Test(arguments: [.noContent, .notModified] as [HTTPStatus])
    func `a status without a body has no length either`(status: HTTPStatus) {
        var buffer: [UInt8] = []
        Response(status, "ignored", keepsAlive: true).append(to: &buffer, date: nil)
        #expect(!String(decoding: buffer, as: UTF8.self).contains("Content-Length"))
        #expect(String(decoding: buffer, as: UTF8.self).hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [
        ("GET", "1.1", [], true, "keep-alive", "body"), ("GET", "1.0", [], true, "close", "body"),
        ("GET", "1.0", ["Connection: keep-alive"], true, "keep-alive", "body"),
        ("GET", "1.0", ["Connection: keep-alive"], false, "close", "body"),
        ("GET", "1.1", ["Connection: close"], true, "close", "body"),
        ("GET", "1.1", [], false, "close", "body"),
        ("HEAD", "1.1", [], true, "keep-alive", ""), ("POST", "1.1", [], true, "keep-alive", "body"),
    ])
    func `an answer is as its request has it`(
        method: String,
        version: String,
        lines: [String],
        keepsAlive: Bool,
        connection: String,
        body: String
    ) throws {
        let head = try #require(
            RequestSample.head(["Host: h"] + lines, first: "\(method) / HTTP/\(version)")?.head
        )
        var buffer: [UInt8] = []
        let stays = Response(.ok, "body", keepsAlive: keepsAlive)
            .append(to: &buffer, answering: head, date: 784_111_777)
        let expected = """
            HTTP/1.1 200 OK\r
            Date: Sun, 06 Nov 1994 08:49:37 GMT\r
            Connection: \(connection)\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: 4\r
            \r
            \(body)
            """
        #expect(String(decoding: buffer, as: UTF8.self) == expected)
        #expect(stays == (connection == "keep-alive"))
    }

    @Test(arguments: [
        "connection", "Keep-Alive", "Content-Length", "CONTENT-TYPE", "Transfer-Encoding", "Date",
    ])
    func `a field cannot say otherwise what the answer says itself`(name: String) {
        var plain: [UInt8] = [], withField: [UInt8] = []
        Response(.ok, body: [1], keepsAlive: true).append(to: &plain, date: 0)
        Response(.ok, body: [1], fields: [ResponseField(name, "x")], keepsAlive: true)
            .append(to: &withField, date: 0)
        #expect(withField == plain)
    }

    @Test func `a refusal of a whole request need not close, and says what is allowed`() {
        var buffer: [UInt8] = []
        let failure = HTTPFailure(.methodNotAllowed, "no", fields: [ResponseField("Allow", "GET, HEAD")])
        Response(failure, keepsAlive: true).append(to: &buffer, date: nil)
        #expect(
            String(decoding: buffer, as: UTF8.self).contains("Allow: GET, HEAD\r\nConnection: keep-alive\r\n")
        )
    }

    @Test func `without a type there is no Content-Type`() {
        var buffer: [UInt8] = []
        Response(.ok, contentType: "", body: [], keepsAlive: true).append(to: &buffer, date: nil)
        let expected = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"
        #expect(String(decoding: buffer, as: UTF8.self) == expected)
    }

    @Test func `who waits is told to go on in two lines`() {
        var buffer: [UInt8] = []
        ResponseHead.appendContinue(to: &buffer)
        #expect(String(decoding: buffer, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test(arguments: [("a\r\nX: y", "a  X: y"), ("a\u{0}b", "a b"), ("a\tb", "a\tb"), ("é", "é")])
    func `a value cannot bring a line of its own`(value: String, written: String) {
        var buffer: [UInt8] = []
        ResponseHead.field("Name", value, to: &buffer)
        #expect(String(decoding: buffer, as: UTF8.self) == "Name: \(written)\r\n")
    }

    @Test(arguments: ["", "a b", "a:", "a\r\nb", "é"])
    func `a name that is no token is not written`(name: String) {
        var buffer: [UInt8] = []
        let isWritten = ResponseHead.field(name, "value", to: &buffer)
        #expect(!isWritten)
        #expect(buffer.isEmpty)
    }

    @Test(arguments: [
        (200, "200 OK"), (299, "299 "), (404, "404 Not Found"), (0, "500 Internal Server Error"),
        (1000, "500 Internal Server Error"),
    ])
    func `a status is three digits and its words`(code: UInt16, written: String) {
        var buffer: [UInt8] = []
        ResponseHead.begin(HTTPStatus(rawValue: code), to: &buffer)
        #expect(String(decoding: buffer, as: UTF8.self) == "HTTP/1.1 \(written)\r\n")
    }
}
