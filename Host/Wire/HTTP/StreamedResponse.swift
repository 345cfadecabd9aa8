/// The beginning of an answer whose length is not known yet. Its body comes bit by bit, by a `BodyWriter`.
package struct StreamedResponse: Equatable, Sendable {
    /// The status.
    package let status: HTTPStatus
    /// The value of Content-Type; empty where there is none to be said.
    package let contentType: String
    /// Fields besides Content-Type and those about length and connection, which are left out.
    package let fields: [ResponseField]

    /// An answer that is to begin.
    package init(_ status: HTTPStatus, contentType: String, fields: [ResponseField] = []) {
        self.status = status
        self.contentType = contentType
        self.fields = fields
    }

    /// Appends the head, and says how the body is written: in chunks, or to an HTTP/1.0 client, which knows
    /// none, until the connection is closed. RFC 9112 §6.1, §6.3.
    ///
    /// - Parameters:
    ///   - keepsAlive: whether the connection can stay open after it.
    ///   - date: seconds since 1970, for the Date field.
    package func begin(
        to buffer: inout [UInt8],
        answering head: RequestHead,
        keepsAlive: Bool,
        date: Int
    ) -> BodyWriter {
        let isChunked = head.minorVersion == 1, hasNoBody = status.forbidsBody || head.isMethod("HEAD")
        let stays = keepsAlive && head.keepsAlive && (isChunked || hasNoBody)
        ResponseHead.begin(status, fields, keepsAlive: stays, date: date, to: &buffer)
        if !status.forbidsBody {
            if !contentType.isEmpty { ResponseHead.field("Content-Type", contentType, to: &buffer) }
            if isChunked { ResponseHead.field("Transfer-Encoding", "chunked", to: &buffer) }
        }
        ResponseHead.end(&buffer)
        return BodyWriter(hasNoBody ? .none : isChunked ? .chunks : .untilClose, keepsAlive: stays)
    }
}

/// Appends the body of a `StreamedResponse` to a buffer, bit by bit. RFC 9112 §7.1.
package struct BodyWriter: Equatable, Sendable {
    fileprivate enum Form { case none, chunks, untilClose }

    private let form: Form
    private var hasEnded = false
    /// Whether the connection stays open after the end.
    package let keepsAlive: Bool

    fileprivate init(_ form: Form, keepsAlive: Bool) {
        self.form = form
        self.keepsAlive = keepsAlive
    }

    /// Appends the next bytes of the body; nothing for none, as an empty chunk would be the last, and
    /// nothing after the end.
    package func append(_ bytes: Span<UInt8>, to buffer: inout [UInt8]) {
        guard form != .none, !hasEnded, !bytes.isEmpty else { return }
        guard form == .chunks else { return buffer.append(copying: bytes) }
        Hexadecimal.append(bytes.count, to: &buffer)
        buffer.append(copying: "\r\n".utf8.span)
        buffer.append(copying: bytes)
        buffer.append(copying: "\r\n".utf8.span)
    }

    /// Appends what ends the body, once. Then the connection is closed unless `keepsAlive`.
    package mutating func end(to buffer: inout [UInt8]) {
        if form == .chunks, !hasEnded { buffer.append(copying: "0\r\n\r\n".utf8.span) }
        hasEnded = true
    }
}
