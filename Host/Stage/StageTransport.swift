/// By what peers of a play reach the service.
public enum StageTransport: Sendable, CaseIterable {
    /// WebSocket, as the transcript's paths say.
    case webSocket
    /// SockJS in a WebSocket, below the paths.
    case sockJSWebSocket
    /// SockJS by `xhr_streaming` and `xhr_send`, below the paths.
    case sockJSRequests

    var isSockJS: Bool { self != .webSocket }

    /// The prefix of SockJS that stands for a transcript's path.
    static func prefix(of path: String) -> String {
        var prefix = path[...]
        while prefix.last == "/" { prefix.removeLast() }
        return prefix.isEmpty ? "/stage" : String(prefix)
    }
}
