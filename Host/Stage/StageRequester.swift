import Wire

/// Makes one plain request and reads its answer. No I/O.
struct StageRequester: StageSpeaker {
    /// What came back.
    struct Answer: Equatable {
        let status: Int
        let fields: [Transcript.Header]
        var body: [UInt8] = []
    }

    /// Nil: it has not come, or not whole.
    private(set) var answer: Answer?
    private(set) var isOver = false
    private var outgoing: [UInt8] = []
    private var reader: ResponseReader
    private var partial: Answer?

    init(_ request: Transcript.Request) {
        reader = ResponseReader(isBodiless: request.method == "HEAD")
        var head = "\(request.method) \(request.path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for header in request.headers { head += "\(header.name): \(header.value)\r\n" }
        let body = Array((request.body ?? "").utf8)
        if request.body != nil { head += "Content-Length: \(body.count)\r\n" }
        outgoing = Array((head + "\r\n").utf8) + body
    }

    var isWaiting: Bool { answer == nil && !isOver }

    mutating func takeOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    mutating func receive(_ bytes: [UInt8]) {
        reader.receive(bytes)
        while answer == nil, let event = reader.next() {
            switch event {
            case .head(let status, let fields): partial = Answer(status: status, fields: fields)
            case .part(let part): partial?.body += part
            case .end: answer = partial
            }
        }
    }

    mutating func receiveEnd() { isOver = true }
}
