internal import Crypto

/// The client's half of the opening handshake, for tests, the stage and load tools. RFC 6455 §4.1.
package struct ClientHandshake {
    /// What the server's bytes held.
    package enum Event: Equatable {
        /// The cursor stands at the head's first byte: give the same bytes again with what follows.
        case needMore
        /// The connection is a WebSocket; the cursor stands at its first frame.
        case accepted(subprotocol: String?)
        /// It is none, and why.
        case refused(HTTPStatus, String)
    }

    private let key: [UInt8]
    private let request: [UInt8]

    /// A handshake to be sent.
    ///
    /// - Parameters:
    ///   - host: host and port, as in a URL.
    ///   - path: with its query, from its `/` on.
    ///   - fields: others, such as Origin or Sec-WebSocket-Protocol.
    ///   - nonce: 16 bytes; nil draws them.
    package init(host: String, path: String, fields: [ResponseField] = [], nonce: [UInt8]? = nil) {
        var key: [UInt8] = []
        let nonce = nonce ?? Random.bytes(16)
        Base64.append(nonce.span, to: &key)
        var request = Array("GET \(path) HTTP/1.1\r\n".utf8)
        ResponseHead.field("Host", host, to: &request)
        ResponseHead.field("Upgrade", "websocket", to: &request)
        ResponseHead.field("Connection", "Upgrade", to: &request)
        ResponseHead.field("Sec-WebSocket-Key", key.span, to: &request)
        ResponseHead.field("Sec-WebSocket-Version", "13", to: &request)
        for field in fields { ResponseHead.field(field.name, field.value, to: &request) }
        ResponseHead.end(&request)
        self.key = key
        self.request = request
    }

    /// Appends the request.
    package func appendRequest(to buffer: inout [UInt8]) { buffer.append(copying: request.span) }

    /// Reads the server's answer from `bytes[cursor...]`.
    package func check(_ bytes: Span<UInt8>, from cursor: inout Int) -> Event {
        guard let answer = Answer(bytes, from: &cursor) else { return .needMore }
        let isUpgrade =
            answer.fields.lists("websocket", in: "Upgrade")
            && answer.fields.lists("upgrade", in: "Connection")
        guard answer.status == .switchingProtocols, isUpgrade else {
            return .refused(answer.status, "the server does not switch to WebSocket")
        }
        var expected: [UInt8] = []
        AcceptKey(key.span, 0..<key.count)?.appendAnswer(to: &expected)
        guard let accept = answer.fields.only("Sec-WebSocket-Accept"),
            answer.fields.bytes.span.isExactly(accept, expected.span)
        else { return .refused(answer.status, "Sec-WebSocket-Accept does not belong to the key") }
        let subprotocol = answer.fields.only("Sec-WebSocket-Protocol").map(answer.fields.text)
        return .accepted(subprotocol: subprotocol)
    }
}

/// The head of a server's answer; lenient, for it is our own server that answers.
private struct Answer {
    let status: HTTPStatus
    let fields: HeadFields

    init?(_ bytes: Span<UInt8>, from cursor: inout Int) {
        var lineStart = cursor, lines: [Range<Int>] = []
        while true {
            guard let end = bytes.firstIndex(of: 0x0a, in: lineStart..<bytes.count) else { return nil }
            let line = bytes.trimmed(lineStart..<max(lineStart, end - 1))
            lineStart = end + 1
            if line.isEmpty { break }
            lines.append(line)
        }
        var copy: [UInt8] = []
        copy.append(copying: bytes.extracting(first: lineStart))
        cursor = lineStart
        status = Self.status(bytes, lines.first)
        let places = lines.dropFirst().compactMap { line -> HeadFields.Place? in
            guard let colon = copy.span.firstIndex(of: UInt8(ascii: ":"), in: line) else { return nil }
            let value = copy.span.trimmed(colon + 1..<line.upperBound)
            return HeadFields.Place(name: line.lowerBound..<colon, value: value)
        }
        fields = HeadFields(bytes: copy, places: places)
    }

    /// The three digits after `HTTP/1.1 `; 0 if there are none.
    private static func status(_ bytes: Span<UInt8>, _ line: Range<Int>?) -> HTTPStatus {
        guard let line, line.count >= 12,
            bytes.isExactly(line.lowerBound..<line.lowerBound + 9, "HTTP/1.1 ".utf8.span)
        else { return HTTPStatus(rawValue: 0) }
        var code: UInt16 = 0
        for offset in line.lowerBound + 9..<line.lowerBound + 12 {
            guard bytes[offset] >= 0x30, bytes[offset] <= 0x39 else { return HTTPStatus(rawValue: 0) }
            code = code * 10 + UInt16(bytes[offset] - 0x30)
        }
        return HTTPStatus(rawValue: code)
    }
}
