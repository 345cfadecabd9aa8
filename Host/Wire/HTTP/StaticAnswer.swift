import Crypto

/// A body that changes seldom: its digest is taken and it is compressed once, and each request is answered
/// with it or told that what the client has is still right. RFC 9110 §8.8, §12.5.3, §13. Ranges are not
/// offered.
package struct StaticAnswer: Equatable, Sendable {
    /// The body in one coding. A strong tag is for these very bytes, so each coding has its own.
    private struct Variant: Equatable, Sendable {
        let body: [UInt8]
        let tag: String

        init(_ body: [UInt8]) {
            self.body = body
            tag = "\"" + Hexadecimal.text(Digest.sha256Inline(body.span).span.extracting(first: 16)) + "\""
        }
    }

    private static let smallestForGzip = 257

    private let identity: Variant
    private let gzip: Variant?
    private let contentType: String
    private let fields: [ResponseField]
    private let modified: Int?

    /// Prepares a body, which takes as long as compressing it does.
    ///
    /// - Parameters:
    ///   - cacheControl: the value of Cache-Control.
    ///   - modified: when it was last changed, in seconds since 1970; nil leaves dates out of it.
    ///   - fields: what else its answers say.
    package init(
        _ body: [UInt8],
        contentType: String,
        cacheControl: String,
        modified: Int? = nil,
        fields: [ResponseField] = []
    ) {
        identity = Variant(body)
        gzip = Self.compressed(body)
        self.contentType = contentType
        self.modified = modified
        var all = [ResponseField("Cache-Control", cacheControl)] + fields
        if gzip != nil { all.append(ResponseField("Vary", "Accept-Encoding")) }
        if let modified { all.append(ResponseField("Last-Modified", HTTPDate.text(modified))) }
        self.fields = all
    }

    /// Nil where it is not worth it: less than a tenth saved.
    private static func compressed(_ body: [UInt8]) -> Variant? {
        guard body.count >= smallestForGzip, let smaller = Gzip.compress(body.span),
            smaller.count <= body.count - body.count / 10
        else { return nil }
        return Variant(smaller)
    }

    /// The answer to a request: 200, 304, or 405, 406, 412 for what cannot be done.
    package func answer(_ head: RequestHead) -> Response {
        guard head.isMethod("GET") || head.isMethod("HEAD") else {
            let allow = ResponseField("Allow", "GET, HEAD")
            return Response(
                HTTPFailure(.methodNotAllowed, "this can only be read", fields: [allow]),
                keepsAlive: true
            )
        }
        let accepted = AcceptedEncodings(head.fields)
        let compressed = accepted.prefersGzip ? gzip : nil
        guard let variant = compressed ?? (accepted.takesIdentity ? identity : nil) else {
            return Response(
                HTTPFailure(
                    .notAcceptable,
                    "this comes as it is or, if that makes it smaller, as gzip",
                    fields: [ResponseField("Vary", "Accept-Encoding")]
                ),
                keepsAlive: true
            )
        }
        let conditions = Conditions(head.fields, tag: variant.tag, modified: modified)
        if conditions.isBroken {
            return Response(HTTPFailure(.preconditionFailed, "this is another version"), keepsAlive: true)
        }
        var fields = fields + [ResponseField("ETag", variant.tag)]
        if conditions.isUnchanged {
            return Response(.notModified, contentType: "", body: [], fields: fields, keepsAlive: true)
        }
        if compressed != nil { fields.append(ResponseField("Content-Encoding", "gzip")) }
        return Response(.ok, contentType: contentType, body: variant.body, fields: fields, keepsAlive: true)
    }
}
