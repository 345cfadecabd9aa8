import Testing
import Wire

@Suite struct StreamedResponseTests {
    private static let chunks = "3\r\nabc\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n"
    private static let plain = "abcabcdefghijklmnopqrstuvwxyz"

    @Test(arguments: [
        ("GET", "1.1", [], true, "keep-alive", true, chunks),
        ("GET", "1.1", [], false, "close", true, chunks),
        ("GET", "1.1", ["Connection: close"], true, "close", true, chunks),
        ("GET", "1.0", [], true, "close", false, plain),
        ("GET", "1.0", ["Connection: keep-alive"], true, "close", false, plain),
        ("HEAD", "1.1", [], true, "keep-alive", true, ""),
        ("HEAD", "1.0", ["Connection: keep-alive"], true, "keep-alive", false, ""),
    ])
    func `a body comes in chunks, or up to the end of the connection`(
        method: String,
        version: String,
        lines: [String],
        keepsAlive: Bool,
        connection: String,
        isChunked: Bool,
        body: String
    ) throws {
        let first = "\(method) / HTTP/\(version)"
        let head = try #require(RequestSample.head(["Host: h"] + lines, first: first)?.head)
        let response = StreamedResponse(
            .ok,
            contentType: "a/b",
            fields: [ResponseField("X", "y"), ResponseField("Content-Length", "7")]
        )
        var buffer: [UInt8] = []
        var writer = response.begin(to: &buffer, answering: head, keepsAlive: keepsAlive, date: 784_111_777)
        for text in ["abc", "", "abcdefghijklmnopqrstuvwxyz"] { writer.append(text.utf8.span, to: &buffer) }
        writer.end(to: &buffer)
        let expected = """
            HTTP/1.1 200 OK\r
            Date: Sun, 06 Nov 1994 08:49:37 GMT\r
            X: y\r
            Connection: \(connection)\r
            Content-Type: a/b\r
            \(isChunked ? "Transfer-Encoding: chunked\r\n" : "")\r
            \(body)
            """
        #expect(String(decoding: buffer, as: UTF8.self) == expected)
        #expect(writer.keepsAlive == (connection == "keep-alive"))
    }

    @Test(arguments: ["1.0", "1.1"])
    func `a status without a body has no chunks`(version: String) throws {
        let lines = ["Host: h", "Connection: keep-alive"]
        let head = try #require(RequestSample.head(lines, first: "GET / HTTP/\(version)")?.head)
        var buffer: [UInt8] = []
        var writer = StreamedResponse(.noContent, contentType: "a/b")
            .begin(to: &buffer, answering: head, keepsAlive: true, date: 0)
        writer.append("x".utf8.span, to: &buffer)
        writer.end(to: &buffer)
        let text = String(decoding: buffer, as: UTF8.self)
        #expect(text.hasSuffix("Connection: keep-alive\r\n\r\n") && writer.keepsAlive)
    }

    @Test func `nothing comes after the end`() throws {
        let head = try #require(RequestSample.head(["Host: h"])?.head)
        var buffer: [UInt8] = []
        var writer = StreamedResponse(.ok, contentType: "")
            .begin(to: &buffer, answering: head, keepsAlive: true, date: 0)
        writer.end(to: &buffer)
        let count = buffer.count
        writer.append("x".utf8.span, to: &buffer)
        writer.end(to: &buffer)
        #expect(buffer.count == count)
        #expect(buffer.suffix(5) == Array("0\r\n\r\n".utf8)[...])
    }

    @Test(arguments: [1, 15, 16, 255, 4096, 70000])
    func `what is written in chunks is read from chunks`(count: Int) throws {
        let lines = ["Host: h", "Transfer-Encoding: chunked"]
        let head = try #require(RequestSample.head(lines, first: "POST / HTTP/1.1")?.head)
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var buffer: [UInt8] = []
        var writer = StreamedResponse(.ok, contentType: "")
            .begin(to: &buffer, answering: head, keepsAlive: true, date: 0)
        var reader = BodyReader(head, limit: count), cursor = buffer.count, read: [UInt8] = []
        writer.append(content.span, to: &buffer)
        writer.end(to: &buffer)
        while case .part(let range) = reader.next(buffer.span, from: &cursor) { read += buffer[range] }
        #expect(reader.next(buffer.span, from: &cursor) == .end)
        #expect(read == content && cursor == buffer.count)
    }
}
