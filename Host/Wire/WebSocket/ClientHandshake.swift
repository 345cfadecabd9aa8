internal import Crypto

/// The client's half of the opening handshake, for tests, the stage and load tools. RFC 6455 §4.1.
package struct ClientHandshake {
    /// What the server's bytes held.
    package enum Event: Equatable {
        /// The cursor stands at the head's first byte: give the same bytes again with what follows.
        case needMore
        /// The connection is a WebSocket; the cursor stands at its first frame.
        case accepted(subprotocol: String?, deflate: DeflateAgreement? = nil)
        /// It is none, and why.
        case refused(HTTPStatus, String)
    }

    private let key: [UInt8]
    private let request: [UInt8]
    private let offersExtensions: Bool

    /// A handshake to be sent.
    ///
    /// - Parameters:
    ///   - host: host and port, as in a URL.
    ///   - path: with its query, from its `/` on.
    ///   - extensions: what is offered, such as `permessage-deflate; client_max_window_bits`.
    ///   - fields: others, such as Origin or Sec-WebSocket-Protocol.
    ///   - nonce: 16 bytes; nil draws them.
    package init(
        host: String,
        path: String,
        extensions: String? = nil,
        fields: [ResponseField] = [],
        nonce: [UInt8]? = nil
    ) {
        var key: [UInt8] = []
        let nonce = nonce ?? Random.bytes(16)
        Base64.append(nonce.span, to: &key)
        var request = Array("GET \(path) HTTP/1.1\r\n".utf8)
        ResponseHead.field("Host", host, to: &request)
        ResponseHead.field("Upgrade", "websocket", to: &request)
        ResponseHead.field("Connection", "Upgrade", to: &request)
        ResponseHead.field("Sec-WebSocket-Key", key.span, to: &request)
        ResponseHead.field("Sec-WebSocket-Version", "13", to: &request)
        if let extensions { ResponseHead.field("Sec-WebSocket-Extensions", extensions, to: &request) }
        for field in fields { ResponseHead.field(field.name, field.value, to: &request) }
        ResponseHead.end(&request)
        self.key = key
        self.request = request
        offersExtensions = extensions != nil
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
        guard let value = answer.fields.first("Sec-WebSocket-Extensions") else {
            return .accepted(subprotocol: subprotocol)
        }
        guard offersExtensions, let deflate = Self.agreement(value, answer.fields) else {
            return .refused(answer.status, "the server agrees on extensions that were not offered")
        }
        return .accepted(subprotocol: subprotocol, deflate: deflate)
    }

    /// Nil: it is not just permessage-deflate with the right parameters.
    private static func agreement(_ value: Range<Int>, _ fields: HeadFields) -> DeflateAgreement? {
        guard fields.count(of: "Sec-WebSocket-Extensions") == 1,
            let members = ExtensionList.read(value, of: fields.bytes), members.count == 1,
            let answer = DeflateParameters(members[0], of: fields.bytes)
        else { return nil }
        return DeflateAgreement(answer: answer)
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
