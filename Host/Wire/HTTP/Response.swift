/// A short response held in memory: an answer in plain text, a refusal, a small page.
package struct Response: Equatable, Sendable {
    /// The status.
    package let status: HTTPStatus
    /// The value of Content-Type.
    package let contentType: String
    /// The body.
    package let body: [UInt8]
    /// Fields besides those about content and connection.
    package let fields: [ResponseField]
    /// Whether the connection stays open after it.
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

    /// A refusal: its sentence on a line. The connection ends, see `HTTPFailure`.
    package init(_ failure: HTTPFailure) {
        self.init(
            failure.status,
            body: Array("\(failure.sentence)\n".utf8),
            fields: failure.fields,
            keepsAlive: false
        )
    }

    /// Appends the whole response.
    ///
    /// - Parameters:
    ///   - date: seconds since 1970, for the Date field; nil leaves it out (RFC 9110 §6.6.1 wants it).
    ///   - omitsBody: true in answer to HEAD: the head alone, as if the body followed.
    package func append(to buffer: inout [UInt8], date: Int?, omitsBody: Bool = false) {
        ResponseHead.begin(status, to: &buffer)
        if let date { HTTPDate.appendField(date, to: &buffer) }
        for field in fields { ResponseHead.field(field.name, field.value, to: &buffer) }
        ResponseHead.field("Connection", connection, to: &buffer)
        guard !status.forbidsBody else { return ResponseHead.end(&buffer) }
        ResponseHead.field("Content-Type", contentType, to: &buffer)
        ResponseHead.field("Content-Length", body.count, to: &buffer)
        ResponseHead.end(&buffer)
        if !omitsBody { buffer.append(copying: body.span) }
    }

    /// Who sends Upgrade must name it here too. RFC 9110 §7.8.
    private var connection: String {
        let isUpgrade = fields.contains { $0.name == "Upgrade" }
        return (keepsAlive ? "keep-alive" : "close") + (isUpgrade ? ", Upgrade" : "")
    }
}
