/// How a client receives the frames of a session over HTTP. The value is the last part of the path.
package enum SockJSTransport: String, CaseIterable, Sendable {
    case xhr
    case jsonp
    case xhrStreaming = "xhr_streaming"
    case eventSource = "eventsource"
    case htmlFile = "htmlfile"

    /// Whether a response carries frame after frame; the others end with their first.
    package var isStreaming: Bool { self != .xhr && self != .jsonp }

    /// Whether the frames are calls of a function that the query names.
    package var needsCallback: Bool { self == .jsonp || self == .htmlFile }

    /// Whether a page of another origin asks by script, so that the answer must let it.
    var isShared: Bool { !needsCallback }

    /// The value of Content-Type.
    package var contentType: String {
        switch self {
        case .xhr, .xhrStreaming, .jsonp: "application/javascript; charset=UTF-8"
        case .eventSource: "text/event-stream"
        case .htmlFile: "text/html; charset=UTF-8"
        }
    }
}

/// How a client sends messages over HTTP. The value is the last part of the path.
package enum SockJSSender: String, CaseIterable, Sendable {
    case xhrSend = "xhr_send"
    case jsonpSend = "jsonp_send"
}
