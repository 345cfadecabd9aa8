import Wire

/// Sends messages of a SockJS session, each by a request, and has then done with its line.
struct SessionSender: StageSpeaker {
    /// Why the server has taken a message, or a request, for wrong.
    private(set) var refusal: String?
    private(set) var isOver = false
    private let path: String
    private let fields: [ResponseField]
    private var outgoing: [UInt8] = []
    private var awaited = 0  // answers
    private var reader = ResponseReader()

    init(path: String, _ fields: [ResponseField]) {
        self.path = "\(path)/xhr_send"
        self.fields = fields
    }

    var isWaiting: Bool { awaited > 0 && !isOver }

    mutating func send(_ message: [UInt8]) {
        var body: [UInt8] = [UInt8(ascii: "[")]
        SockJSFrame.appendQuoted(message.span, to: &body)
        body.append(UInt8(ascii: "]"))
        outgoing += StageRequest.post(path, fields, body: body)
        awaited += 1
    }

    mutating func takeOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    mutating func receive(_ bytes: [UInt8]) {
        reader.receive(bytes)
        while let event = reader.next() {
            switch event {
            case .head(let status, _): if status != 204 { refusal = "HTTP \(status)" }
            case .part: break
            case .end: awaited -= 1
            }
        }
    }

    mutating func receiveEnd() { isOver = true }
}

/// The requests of SockJS's transports.
enum StageRequest {
    static func post(_ path: String, _ fields: [ResponseField], body: [UInt8] = []) -> [UInt8] {
        let all =
            [ResponseField("Host", "127.0.0.1"), ResponseField("Content-Length", "\(body.count)")] + fields
        let lines = all.map { "\($0.name): \($0.value)\r\n" }.joined()
        return Array("POST \(path) HTTP/1.1\r\n\(lines)\r\n".utf8) + body
    }
}
