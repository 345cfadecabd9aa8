/// A short response held in memory: an answer in plain text, a refusal, a small page.
package struct Response: Equatable, Sendable {
    /// The status.
    package let status: HTTPStatus
    /// The value of Content-Type; empty where there is none to be said.
    package let contentType: String
    /// The body.
    package let body: [UInt8]
    /// Fields besides Content-Type, Content-Length and those about the connection, which are left out.
    package let fields: [ResponseField]
    /// Whether the connection can stay open after it.
    package let keepsAlive: Bool

    /// An answer with a body of any type.
    package init(
        _ status: HTTPStatus,
        contentType: String = "text/plain; charset=utf-8",
        body: [UInt8],
        fields: [ResponseField] = [],
        keepsAlive: Bool
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.fields = fields
        self.keepsAlive = keepsAlive
    }

    /// An answer in plain text.
    package init(_ status: HTTPStatus, _ text: String, keepsAlive: Bool) {
        self.init(status, body: Array(text.utf8), keepsAlive: keepsAlive)
    }

    /// A refusal: its sentence on a line.
    ///
    /// - Parameter keepsAlive: true only where it is known where the next request begins, see `HTTPFailure`.
    package init(_ failure: HTTPFailure, keepsAlive: Bool = false) {
        self.init(
            failure.status,
            body: Array("\(failure.sentence)\n".utf8),
            fields: failure.fields,
            keepsAlive: keepsAlive
        )
    }

    /// Appends the whole response to a request: without its body in answer to HEAD, with a connection that
    /// stays open if both sides want that.
    ///
    /// - Parameter date: seconds since 1970, for the Date field.
    /// - Returns: whether the connection stays open.
    package func append(to buffer: inout [UInt8], answering head: RequestHead, date: Int) -> Bool {
        let stays = keepsAlive && head.keepsAlive
        append(to: &buffer, keepsAlive: stays, date: date, omitsBody: head.isMethod("HEAD"))
        return stays
    }

    /// Appends the whole response.
    ///
    /// - Parameters:
    ///   - date: seconds since 1970, for the Date field; nil leaves it out (RFC 9110 §6.6.1 wants it).
    ///   - omitsBody: true in answer to HEAD: the head alone, as if the body followed.
    package func append(to buffer: inout [UInt8], date: Int?, omitsBody: Bool = false) {
        append(to: &buffer, keepsAlive: keepsAlive, date: date, omitsBody: omitsBody)
    }

    /// Bytes, about.
    private static let usualHead = 256

    private func append(to buffer: inout [UInt8], keepsAlive: Bool, date: Int?, omitsBody: Bool) {
        if buffer.isEmpty { buffer.reserveCapacity(Response.usualHead + body.count) }
        ResponseHead.begin(status, fields, keepsAlive: keepsAlive, date: date, to: &buffer)
        // A 204 may say it too: some clients of SockJS look for it there.
        let isSaid = !status.forbidsBody || status == .noContent
        if isSaid, !contentType.isEmpty { ResponseHead.field("Content-Type", contentType, to: &buffer) }
        guard !status.forbidsBody else { return ResponseHead.end(&buffer) }
        ResponseHead.field("Content-Length", body.count, to: &buffer)
        ResponseHead.end(&buffer)
        if !omitsBody { buffer.append(copying: body.span) }
    }
}
