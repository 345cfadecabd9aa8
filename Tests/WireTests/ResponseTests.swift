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

    @Test(arguments: [.noContent, .notModified] as [HTTPStatus])
    func `a status without a body has no length either`(status: HTTPStatus) {
        var buffer: [UInt8] = []
        Response(status, "ignored", keepsAlive: true).append(to: &buffer, date: nil)
        #expect(!String(decoding: buffer, as: UTF8.self).contains("Content-"))
        #expect(String(decoding: buffer, as: UTF8.self).hasSuffix("\r\n\r\n"))
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
