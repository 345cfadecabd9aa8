/// What a request below a SockJS prefix asks for. Nothing of the path is decoded.
package enum SockJSRoute: Equatable, Sendable {
    /// The prefix itself, with or without a slash.
    case greeting
    /// `/iframe….html`: the page for transports that cannot cross origins.
    case iframe
    /// `/info`.
    case info
    /// `/websocket`: a WebSocket without SockJS in it.
    case rawWebSocket
    /// `/SERVER/SESSION/websocket`: its session is the connection, whatever the path names.
    case webSocket
    /// A receiver comes; `session` is the id's range in the path. The server's part says nothing to us.
    case receive(SockJSTransport, session: Range<Int>)
    /// Messages come.
    case send(SockJSSender, session: Range<Int>)
    /// OPTIONS, where other origins may ask.
    case preflight(allow: String)
    /// 405: `allow` is the value of Allow.
    case notAllowed(allow: String)
    /// 404.
    case notFound

    /// Finds what a method and path ask for.
    ///
    /// - Parameters:
    ///   - path: what follows the prefix: empty, or from its slash on; without the query.
    ///   - hasWebSocket: false where it is switched off: its paths are then not there.
    package static func find(
        method: Span<UInt8>,
        path: Span<UInt8>,
        hasWebSocket: Bool = true
    ) -> SockJSRoute {
        guard let (route, methods) = resource(path, hasWebSocket) else { return .notFound }
        if methods.listsOptions, method.isExactly(method.indices, "OPTIONS".utf8.span) {
            return .preflight(allow: methods.rawValue)
        }
        return methods.include(method) ? route : .notAllowed(allow: methods.rawValue)
    }

    /// The methods of a resource, as Allow lists them.
    private enum Methods: String {
        case get = "GET"
        case post = "POST"
        case page = "GET, HEAD"
        case sharedGet = "OPTIONS, GET"
        case sharedPage = "OPTIONS, GET, HEAD"
        case sharedPost = "OPTIONS, POST"

        var listsOptions: Bool { self == .sharedGet || self == .sharedPage || self == .sharedPost }

        func include(_ method: Span<UInt8>) -> Bool {
            let isGet = method.isExactly(method.indices, "GET".utf8.span)
            return switch self {
            case .get, .sharedGet: isGet
            case .post, .sharedPost: method.isExactly(method.indices, "POST".utf8.span)
            case .page, .sharedPage: isGet || method.isExactly(method.indices, "HEAD".utf8.span)
            }
        }
    }

    private static func resource(_ path: Span<UInt8>, _ hasWebSocket: Bool) -> (SockJSRoute, Methods)? {
        let slash = UInt8(ascii: "/")
        guard path.count > 1 else {
            return path.isEmpty || path[0] == slash ? (.greeting, .page) : nil
        }
        guard path[0] == slash else { return nil }
        guard let second = path.firstIndex(of: slash, in: 1..<path.count) else {
            return top(path, hasWebSocket)
        }
        guard let third = path.firstIndex(of: slash, in: second + 1..<path.count),
            isName(path, 1..<second), isName(path, second + 1..<third)
        else { return nil }
        return session(path, second + 1..<third, last: third + 1..<path.count, hasWebSocket)
    }

    private static func top(_ path: Span<UInt8>, _ hasWebSocket: Bool) -> (SockJSRoute, Methods)? {
        if path.isExactly(path.indices, "/info".utf8.span) { return (.info, .sharedPage) }
        if path.isExactly(path.indices, "/websocket".utf8.span) {
            return hasWebSocket ? (.rawWebSocket, .get) : nil
        }
        return isIframe(path) ? (.iframe, .page) : nil
    }

    private static func isIframe(_ path: Span<UInt8>) -> Bool {
        let first = "/iframe".utf8.span, last = ".html".utf8.span
        let end = path.count - last.count
        guard end >= first.count, path.isExactly(path.indices.prefix(first.count), first),
            path.isExactly(end..<path.count, last)
        else { return false }
        for offset in first.count..<end where !isVersion(path[offset]) { return false }
        return true
    }

    private static func isVersion(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func session(
        _ path: Span<UInt8>,
        _ id: Range<Int>,
        last: Range<Int>,
        _ hasWebSocket: Bool
    ) -> (SockJSRoute, Methods)? {
        for transport in SockJSTransport.allCases where path.isExactly(last, transport.rawValue.utf8.span) {
            let methods: Methods =
                switch transport {
                case .xhr, .xhrStreaming: .sharedPost
                case .eventSource: .sharedGet
                case .jsonp, .htmlFile: .get
                }
            return (.receive(transport, session: id), methods)
        }
        for sender in SockJSSender.allCases where path.isExactly(last, sender.rawValue.utf8.span) {
            return (.send(sender, session: id), sender == .xhrSend ? .sharedPost : .post)
        }
        guard hasWebSocket, path.isExactly(last, "websocket".utf8.span) else { return nil }
        return (.webSocket, .get)
    }

    /// Servers and sessions have names without dots, so that no `..` can come to mean something.
    private static func isName(_ path: Span<UInt8>, _ range: Range<Int>) -> Bool {
        !range.isEmpty && path.firstIndex(of: UInt8(ascii: "."), in: range) == nil
    }
}
