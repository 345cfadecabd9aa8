/// A request that a client sends, checked. RFC 9112 §3.
package struct ClientRequest: Equatable, Sendable {
    package let method: String
    package let address: WebAddress
    private let fields: [ResponseField]
    private let body: [UInt8]

    /// The most that the fields may take together, in bytes.
    package static let longestFields = 16 << 10
    /// Those that are not the caller's to give: they frame the message, or are about the connection.
    private static let own = [
        "host", "content-length", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "te",
        "trailer",
        "upgrade", "expect",
    ]

    /// Nil: a method or a field that cannot be.
    package init?(method: String, _ address: WebAddress, fields: [ResponseField], body: [UInt8]) {
        let bytes = Array(method.utf8)
        guard bytes.count <= 32, bytes.span.consists(bytes.indices, of: Grammar.isToken), method != "CONNECT",
            fields.allSatisfy(Self.mayStand),
            fields.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }) <= Self.longestFields
        else { return nil }
        self.method = method
        self.address = address
        self.fields = fields
        self.body = body
    }

    private static func mayStand(_ field: ResponseField) -> Bool {
        let name = Array(field.name.utf8)
        return name.span.consists(name.indices, of: Grammar.isToken)
            && field.value.utf8.allSatisfy(Grammar.isText)
            && !own.contains { field.isNamed($0) }
    }

    /// Whether the answer ends with its head.
    package var isHead: Bool { method == "HEAD" }

    /// Whether it changes nothing, and so may be sent twice.
    package var isSafe: Bool { method == "GET" || method == "HEAD" }

    /// Appends it whole.
    package func append(to buffer: inout [UInt8]) {
        buffer += method.utf8
        buffer.append(0x20)
        buffer.append(copying: address.target.span)
        buffer += " HTTP/1.1\r\n".utf8
        ResponseHead.field("Host", address.authority, to: &buffer)
        for field in fields { ResponseHead.field(field.name, field.value, to: &buffer) }
        // Without one, some take a POST for a request whose length is missing. RFC 9110 §8.6.
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
            ResponseHead.field("Content-Length", String(body.count), to: &buffer)
        }
        ResponseHead.end(&buffer)
        buffer.append(copying: body.span)
    }
}
