/// A request up to its body: read, checked, and with its own copy of the bytes. RFC 9112 §3 to §6.
///
/// All ranges are offsets into `bytes`; nothing is decoded.
package struct RequestHead: Equatable, Sendable {
    /// What follows the head. RFC 9112 §6.3.
    package enum Body: Equatable, Sendable {
        /// The next request follows. So it does after a POST that gives no length: its body is empty, and
        /// to ask for a length with 411 would refuse every `curl -X POST`.
        case none
        /// So many bytes, at least 1.
        case length(Int)
        /// Chunks, to the empty one and its trailer.
        case chunked
    }

    /// What the client waits for before it sends the body. RFC 9110 §10.1.1.
    package enum Expectation: Equatable, Sendable {
        case none
        /// A 100 (Continue), or the final answer at once.
        case `continue`
        /// Something nobody knows: to be answered with 417.
        case unknown
    }

    /// The fields, which also hold the bytes.
    package let fields: HeadFields
    /// One of GET, HEAD, POST, PUT, DELETE, PATCH and OPTIONS.
    package let method: Range<Int>
    /// Path and query as they came, or one of the other forms.
    package let target: Range<Int>
    /// The target's path, from its `/` on; `*` for OPTIONS alone.
    package let path: Range<Int>
    /// What follows the target's first `?`, without it.
    package let query: Range<Int>?
    /// The Host field: only an HTTP/1.0 request can be without.
    package let host: Range<Int>?
    /// 0 or 1: the request came as HTTP/1.0 or as HTTP/1.1 (or later).
    package let minorVersion: UInt8
    /// Whether the connection stays open after the answer. RFC 9112 §9.3.
    package let keepsAlive: Bool
    /// What follows the head.
    package let body: Body
    /// Whether the client waits before it sends the body.
    package let expectation: Expectation

    init(_ fields: HeadFields, line: RequestLine) throws(HTTPFailure) {
        let framing = try RequestFraming(fields, line: line)
        self.fields = fields
        method = line.method
        target = line.target
        path = line.parts.path
        query = line.parts.query
        minorVersion = line.minorVersion
        host = framing.host
        keepsAlive = !framing.asksToClose && (line.minorVersion == 1 || framing.asksToKeepAlive)
        body = framing.body
        // A 1.0 client does not know 100 (Continue); its expectation is to be ignored.
        expectation = line.minorVersion == 0 ? .none : framing.expectation
    }

    /// The head as it came, up to and with its empty line.
    package var bytes: [UInt8] { fields.bytes }

    /// Whether the method is this one, exactly.
    package func isMethod(_ name: String) -> Bool { bytes.span.isExactly(method, name.utf8.span) }

    /// Whether the path is this one, byte by byte: nothing is decoded or normalized.
    package func isPath(_ text: String) -> Bool { bytes.span.isExactly(path, text.utf8.span) }

    /// The bytes of a range as a String; what is not UTF-8 becomes U+FFFD.
    package func text(_ range: Range<Int>) -> String { fields.text(range) }
}
