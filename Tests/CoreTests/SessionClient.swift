import Testing

@testable import Core

/// A client of a SockJS session over requests. Each request takes a connection of its own unless it is told which.
struct SessionClient {
    let test: TestServer
    let path: String

    init(_ test: TestServer, _ prefix: String = "/sock", name: String = "name") {
        self.test = test
        path = "\(prefix)/server/\(name)"
    }

    /// Below the session's path.
    func request(_ method: String, _ last: String, body: String = "", _ lines: [String] = []) -> [UInt8] {
        let head = ["\(method) \(path)/\(last) HTTP/1.1", "Host: a"] + lines
        let length = method == "POST" ? ["Content-Length: \(body.utf8.count)"] : []
        return Array(((head + length).joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    /// Asks for a frame. Nil: it is still to come.
    func poll(on peer: TestPeer? = nil, _ lines: [String] = []) -> String? {
        (peer ?? test.connect()).exchange(request("POST", "xhr", lines))?.body
    }

    /// Asks for frames until the response is full; its head and prelude have been taken.
    func stream(_ lines: [String] = []) throws -> TestPeer {
        let peer = test.connect()
        let head = try #require(
            peer.exchange(request("POST", "xhr_streaming", lines), hasBody: false)
        )
        try #require(head.status == 200 && head.fields["transfer-encoding"] == "chunked")
        let prelude = Array("801\r\n\(String(repeating: "h", count: 2048))\n\r\n".utf8)
        try #require(peer.take(prelude.count) == prelude)
        return peer
    }

    /// Sends messages; the status of the answer.
    @discardableResult
    func send(_ messages: String..., on peer: TestPeer? = nil) -> Int? {
        send(body: "[" + messages.map { "\"\($0)\"" }.joined(separator: ",") + "]", on: peer)?.status
    }

    func send(body: String, on peer: TestPeer? = nil, _ lines: [String] = []) -> HTTPAnswer? {
        (peer ?? test.connect()).exchange(request("POST", "xhr_send", body: body, lines))
    }
}

extension TestPeer {
    /// What has come of a response in chunks, without their sizes; "end" stands for the last of them, "ended" for
    /// the connection's.
    func chunks() -> [String] {
        var rest = Array(rest().utf8)[...]
        var chunks: [String] = []
        while let line = rest.firstIndex(of: 0x0a) {
            let size = Int(String(decoding: rest[..<(line - 1)], as: UTF8.self), radix: 16) ?? 0
            chunks.append(
                size == 0 ? "end" : String(decoding: rest[(line + 1)...].prefix(size), as: UTF8.self)
            )
            rest = rest[(line + 1)...].dropFirst(size + 2)
        }
        if arrived() == [.ended] { chunks.append("ended") }
        return chunks
    }
}
