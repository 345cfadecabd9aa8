import Wire

/// What a listener serves at one path, and below it.
struct Route: Sendable {
    /// A service, and by which line of plugins.conf it is reached.
    struct Target: Sendable {
        let service: Service
        let binding: Int
    }

    var webSocket: Target?
    var http: Target?
    var sockJS: SockJSPrefix?

    /// What a request is for.
    enum Match {
        case webSocket(Target)
        /// `below`: what follows the path of plugins.conf, as an offset range of the head.
        case http(Target, below: Range<Int>)
        case sockJS(SockJSPrefix, below: Range<Int>)
    }
}

extension Listener {
    /// Finds what a request is for: the path itself, or the nearest one above it.
    func match(_ head: RequestHead) -> Route.Match? {
        let path = head.path
        if let route = routes[head.text(path)] {
            let rest = path.upperBound..<path.upperBound
            if let target = route.webSocket, route.http == nil || head.asksForWebSocket {
                return .webSocket(target)
            }
            if let prefix = route.sockJS { return .sockJS(prefix, below: rest) }
            if let target = route.http { return .http(target, below: rest) }
        }
        return matchAbove(head)
    }

    /// Only SockJS and plain requests reach below their path.
    private func matchAbove(_ head: RequestHead) -> Route.Match? {
        var end = head.path.upperBound
        while let slash = head.bytes[head.path.lowerBound..<end].lastIndex(of: UInt8(ascii: "/")) {
            // The path `/` has all others below it; any other path ends before the slash.
            let isRoot = slash == head.path.lowerBound
            let route = routes[isRoot ? "/" : head.text(head.path.lowerBound..<slash)]
            let below = slash..<head.path.upperBound
            if let prefix = route?.sockJS { return .sockJS(prefix, below: below) }
            if let target = route?.http { return .http(target, below: below) }
            guard !isRoot else { return nil }
            end = slash
        }
        return nil
    }
}

extension RequestHead {
    /// Whether the client wants the connection to become a WebSocket. RFC 9110 §7.8.
    var asksForWebSocket: Bool { fields.lists("websocket", in: "Upgrade") }
}
