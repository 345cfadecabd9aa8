/// A client of plain requests on one connection that stays.
final class RequestClient {
    struct Answer: Equatable {
        let status: Int
        let body: String
    }

    let socket: PeerSocket
    private var received: [UInt8] = []

    init(_ address: LiveAddress) throws { socket = try PeerSocket(port: address.port) }

    static func request(_ method: String, _ path: String, _ headers: String..., body: String = "") -> [UInt8]
    {
        let length = method == "POST" || !body.isEmpty ? ["Content-Length: \(body.utf8.count)"] : []
        let head = ["\(method) \(path) HTTP/1.1", "Host: a"] + headers + length
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    func send(_ method: String, _ path: String, body: String = "") {
        socket.write(RequestClient.request(method, path, body: body))
    }

    func ask(_ method: String, _ path: String, body: String = "") throws -> Answer {
        send(method, path, body: body)
        return try answer()
    }

    /// The next answer: its head, and as many bytes as that says.
    func answer(_ deadline: Deadline = Deadline()) throws -> Answer {
        while true {
            if let answer = takeAnswer() { return answer }
            guard let bytes = try socket.read(deadline) else {
                throw Unexpected("the connection ended before the answer")
            }
            received += bytes
        }
    }

    private func takeAnswer() -> Answer? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let status = lines[0].split(separator: " ")[1]
        let length = lines.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
        guard received.count - end.upperBound >= length else { return nil }
        let body = received[end.upperBound..<end.upperBound + length]
        defer { received.removeFirst(end.upperBound + length) }
        return Answer(status: Int(status) ?? 0, body: String(decoding: body, as: UTF8.self))
    }
}
