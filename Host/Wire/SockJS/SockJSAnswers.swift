private import Crypto
private import JSON

/// The answers of one SockJS prefix to requests, sessions aside.
///
/// Where a body may stand unread behind the head, the connection is closed after the answer.
package struct SockJSAnswers: Sendable {
    /// The client's script that the iframe's page loads unless another is named. The parent's page must have
    /// loaded the same version, so it is one version and no range.
    package static let usualScript = "https://cdn.jsdelivr.net/npm/sockjs-client@1.6.1/dist/sockjs.min.js"
    /// A year, in seconds.
    private static let year = 31_536_000

    private let hasWebSocket: Bool
    private let needsCookie: Bool
    private let page: [UInt8]
    private let tag: String

    /// - Parameters:
    ///   - hasWebSocket: what `/info` says of WebSockets.
    ///   - needsCookie: whether sessions set JSESSIONID, which some load balancers stick to.
    ///   - script: where the client's script is: `/…` or `http…`.
    package init(hasWebSocket: Bool = true, needsCookie: Bool = false, script: String = usualScript) {
        self.hasWebSocket = hasWebSocket
        self.needsCookie = needsCookie
        let page = SockJSPage.iframe(script: script)
        self.page = page
        var hash: [UInt8] = []
        Base64.append(Digest.sha1(page.span).span, to: &hash)
        self.tag = "\"\(String(decoding: hash, as: UTF8.self))\""
    }

    /// `/`: for people who look whether the server is there.
    package func greeting(_ head: RequestHead) -> Response {
        Response(
            .ok,
            contentType: Self.text,
            body: Array("Welcome to SockJS!\n".utf8),
            keepsAlive: keepsAlive(head)
        )
    }

    /// `/iframe….html`, or 304 to who has it.
    ///
    /// - Parameter date: seconds since 1970.
    package func iframe(_ head: RequestHead, date: Int) -> Response {
        let isKnown =
            head.fields.lists("*", in: "If-None-Match") || head.fields.lists(tag, in: "If-None-Match")
            || head.fields.lists("W/\(tag)", in: "If-None-Match")
        return Response(
            isKnown ? .notModified : .ok,
            contentType: "text/html; charset=UTF-8",
            body: isKnown ? [] : page,
            fields: caching(date) + [ResponseField("ETag", tag)],
            keepsAlive: keepsAlive(head)
        )
    }

    /// `/info`.
    ///
    /// - Parameter entropy: random bits for browsers that have none of their own.
    package func info(_ head: RequestHead, entropy: UInt32) -> Response {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.member("websocket", hasWebSocket)
        writer.key("origins")
        writer.beginArray()
        writer.string("*:*")
        writer.endArray()
        writer.member("cookie_needed", needsCookie)
        writer.member("entropy", Int(entropy))
        writer.endObject()
        return Response(
            .ok,
            contentType: "application/json; charset=UTF-8",
            body: writer.bytes,
            fields: [Self.uncached] + sharing(head),
            keepsAlive: keepsAlive(head)
        )
    }

    /// An OPTIONS: other origins may do what `allow` lists, and need not ask again for a year.
    ///
    /// - Parameter date: seconds since 1970.
    package func preflight(_ head: RequestHead, allow: String, date: Int) -> Response {
        let own = [
            ResponseField("Access-Control-Allow-Methods", allow),
            ResponseField("Access-Control-Max-Age", String(Self.year)),
        ]
        return Response(
            .noContent,
            body: [],
            fields: caching(date) + own + sharing(head),
            keepsAlive: keepsAlive(head)
        )
    }

    /// 405.
    package func notAllowed(_ head: RequestHead, allow: String) -> Response {
        Response(
            .methodNotAllowed,
            contentType: "",
            body: [],
            fields: [ResponseField("Allow", allow)],
            keepsAlive: keepsAlive(head)
        )
    }

    /// 404: no such path.
    package func notFound(_ head: RequestHead) -> Response {
        Response(
            .notFound,
            contentType: Self.text,
            body: Array("there is nothing here\n".utf8),
            keepsAlive: keepsAlive(head)
        )
    }

    /// A request for a WebSocket that is none: where others say 426, SockJS says 400.
    package func refused(_ head: RequestHead, _ failure: HTTPFailure) -> Response {
        guard failure.status == .upgradeRequired else { return Response(failure) }
        return Response(HTTPFailure(.badRequest, failure.sentence))
    }

    /// Messages were taken, and the body was read. Konqueror needs something to read; the others nothing.
    package func accepted(_ head: RequestHead, by sender: SockJSSender) -> Response {
        sent(head, sender, sender == .xhrSend ? .noContent : .ok, sender == .xhrSend ? "" : "ok")
    }

    /// The body was read and refused.
    package func refused(_ head: RequestHead, by sender: SockJSSender, _ failure: SockJSFailure) -> Response {
        sent(head, sender, .internalServerError, failure.sentence)
    }

    /// The body was read, and there is no such session.
    package func noSession(_ head: RequestHead, for sender: SockJSSender) -> Response {
        sent(head, sender, .notFound, "there is no such session")
    }

    private func sent(_ head: RequestHead, _ sender: SockJSSender, _ status: HTTPStatus, _ text: String)
        -> Response
    {
        var fields = [Self.uncached] + cookie(head)
        if sender == .xhrSend { fields += sharing(head) }
        return Response(
            status,
            // A 204 has no body and no type, but Firefox takes the absence of one for XML and complains.
            contentType: Self.text,
            body: Array(text.utf8),
            fields: fields,
            keepsAlive: head.keepsAlive
        )
    }

    /// A receiver without the callback that it needs.
    package func refused(_ head: RequestHead, _ failure: SockJSFailure) -> Response {
        Response(
            .internalServerError,
            contentType: Self.text,
            body: Array(failure.sentence.utf8),
            fields: [Self.uncached],
            keepsAlive: keepsAlive(head)
        )
    }

    /// What a receiver's response says besides its type, length and connection.
    package func fields(_ head: RequestHead, for transport: SockJSTransport) -> [ResponseField] {
        let fields = [Self.uncached] + cookie(head)
        guard transport.isShared else {
            // What is a script or a page must not be taken for anything else.
            return fields + [ResponseField("X-Content-Type-Options", "nosniff")]
        }
        return fields + sharing(head)
    }

    private static let text = "text/plain; charset=UTF-8"
    private static let uncached = ResponseField(
        "Cache-Control",
        "no-store, no-cache, no-transform, must-revalidate, max-age=0"
    )

    private func keepsAlive(_ head: RequestHead) -> Bool { head.keepsAlive && head.body == .none }

    private func caching(_ date: Int) -> [ResponseField] {
        var expires: [UInt8] = []
        HTTPDate.append(date + Self.year, to: &expires)
        return [
            ResponseField("Cache-Control", "public, max-age=\(Self.year)"),
            ResponseField("Expires", String(decoding: expires, as: UTF8.self)),
        ]
    }

    /// Who asks from another origin may read the answer, and send cookies with the question.
    private func sharing(_ head: RequestHead) -> [ResponseField] {
        var fields: [ResponseField] = []
        if let origin = head.fields.only("Origin"), !origin.isEmpty {
            fields.append(ResponseField("Access-Control-Allow-Origin", head.text(origin)))
            fields.append(ResponseField("Access-Control-Allow-Credentials", "true"))
            fields.append(ResponseField("Vary", "Origin"))
        } else {
            fields.append(ResponseField("Access-Control-Allow-Origin", "*"))
        }
        if let requested = head.fields.first("Access-Control-Request-Headers"), !requested.isEmpty {
            fields.append(ResponseField("Access-Control-Allow-Headers", head.text(requested)))
        }
        return fields
    }

    /// The client's own JSESSIONID, or one that does as well.
    private func cookie(_ head: RequestHead) -> [ResponseField] {
        guard needsCookie else { return [] }
        return [ResponseField("Set-Cookie", "JSESSIONID=\(sessionCookie(head) ?? "dummy"); Path=/")]
    }

    private func sessionCookie(_ head: RequestHead) -> String? {
        guard let value = head.fields.cookie("JSESSIONID"), head.bytes.span.consists(value, of: Self.isCookie)
        else { return nil }
        return head.text(value)
    }

    /// RFC 6265 §4.1.1.
    private static func isCookie(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x2b, 0x2d...0x3a, 0x3c...0x5b, 0x5d...0x7e: true
        default: false
        }
    }
}
