import Testing
import Wire

@Suite struct ClientHandshakeTests {
    private let client = ClientHandshake(
        host: "h:80",
        path: "/a?b",
        fields: [ResponseField("Sec-WebSocket-Protocol", "chat")],
        nonce: Array("the sample nonce".utf8)
    )

    @Test func `client and server agree, and frames may follow at once`() throws {
        var request: [UInt8] = [], cursor = 0, reader = RequestHeadReader(limit: 1000)
        client.appendRequest(to: &request)
        let head = try #require(reader.next(request.span, from: &cursor).head)
        #expect(head.isPath("/a"))
        guard case .accept(let handshake) = Handshake.check(head) else {
            Issue.record("the server refuses")
            return
        }
        var answer: [UInt8] = []
        handshake.appendAnswer(to: &answer, subprotocol: "chat")
        for cut in 0..<answer.count {
            cursor = 0
            #expect(client.check(answer.span.extracting(first: cut), from: &cursor) == .needMore)
            #expect(cursor == 0)
        }
        let length = answer.count
        answer += [0x81, 0]
        #expect(client.check(answer.span, from: &cursor) == .accepted(subprotocol: "chat"))
        #expect(cursor == length)
    }

    @Test(arguments: [
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
        "nonsense\r\n\r\n",
    ])
    func `an answer that is no agreement is refused`(answer: String) {
        var cursor = 0
        guard case .refused = client.check(answer.utf8.span, from: &cursor) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func `two handshakes have two keys`() {
        var first: [UInt8] = [], second: [UInt8] = []
        ClientHandshake(host: "h", path: "/").appendRequest(to: &first)
        ClientHandshake(host: "h", path: "/").appendRequest(to: &second)
        #expect(first.count == second.count)
        #expect(first != second)
    }
}
