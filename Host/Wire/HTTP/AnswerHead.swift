/// The head of what a server answers to a request: read, checked, and with its own copy of the bytes. RFC 9112 §4 to §6.
package struct AnswerHead: Equatable, Sendable {
    /// What follows the head. RFC 9112 §6.3.
    package enum Body: Equatable, Sendable {
        case none
        /// So many bytes, at least 1.
        case length(Int)
        /// Chunks, to the empty one and its trailer.
        case chunked
        /// All until the server ends the connection.
        case untilEnd
    }

    /// The three digits, 200 to 599.
    package let status: HTTPStatus
    /// The fields, which also hold the bytes.
    package let fields: HeadFields
    /// What follows the head.
    package let body: Body
    /// Whether another request may follow on the connection. RFC 9112 §9.3.
    package let keepsAlive: Bool

    /// - Parameter isBodiless: whether the answer ends with its head, as one to HEAD does.
    init(_ fields: HeadFields, line: StatusLine, isBodiless: Bool) throws(HTTPFailure) {
        var framing = BodyFraming()
        for index in 0..<fields.count {
            let (name, value) = fields[index]
            if fields.equals(name, "Content-Length") { try framing.takeLength(value, of: fields) }
            if fields.equals(name, "Transfer-Encoding") { try framing.takeCoding(value, of: fields) }
        }
        try framing.check(minorVersion: line.minorVersion)
        status = line.status
        self.fields = fields
        if isBodiless || line.status.forbidsBody {
            body = .none
        } else if framing.isChunked {
            body = .chunked
        } else {
            body = framing.length.map { $0 == 0 ? .none : .length($0) } ?? .untilEnd
        }
        let isOpen = line.minorVersion == 1 || fields.lists("keep-alive", in: "Connection")
        keepsAlive = isOpen && body != .untilEnd && !fields.lists("close", in: "Connection")
    }
}

/// The first line of an answer: version, status, words that mean nothing. RFC 9112 §4.
struct StatusLine: Equatable {
    /// 100 to 599.
    let status: HTTPStatus
    /// The digit after `HTTP/1.`; higher than 1 counts as 1.
    let minorVersion: UInt8

    /// Reads the line, which is given without its CRLF. The blank behind the digits may be missing, where no words follow.
    static func read(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(HTTPFailure) -> StatusLine {
        let start = line.lowerBound
        guard line.count >= 12, bytes.isExactly(start..<start + 7, "HTTP/1.".utf8.span),
            isDigit(bytes[start + 7]), bytes[start + 8] == 0x20,
            line.count == 12 || bytes[start + 12] == 0x20
        else { throw HTTPFailure(.badRequest, "the answer does not begin as one of HTTP/1.1") }
        var code: UInt16 = 0
        for offset in start + 9..<start + 12 {
            guard isDigit(bytes[offset]) else {
                throw HTTPFailure(.badRequest, "the status is not three digits")
            }
            code = code * 10 + UInt16(bytes[offset] - 0x30)
        }
        guard (100...599).contains(code) else {
            throw HTTPFailure(.badRequest, "the status is not from 100 to 599")
        }
        return StatusLine(status: HTTPStatus(rawValue: code), minorVersion: min(bytes[start + 7] - 0x30, 1))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
