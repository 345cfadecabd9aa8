import Net
import Synchronization
import TLS
import Wire

/// Why a connection, or something on it, was refused: what `status` counts.
enum Refusal {
    case http(HTTPStatus)
    case webSocket(WebSocketFailure)
    case stream(StreamFailure)
    case sockJS(SockJSFailure)
    case tls(TLSFailure)
    case tlsTimeout
    case proxy(ProxyFailure)
    case proxyTimeout
    case tooManyFromAddress
    case tooSlow
    case tooMuch
    case noPong
    case loginTimeout

    /// Its name in `status`: the kind, and which of it.
    var name: String {
        switch self {
        case .http(let status): "http_\(status.rawValue)"
        case .webSocket(let failure): "websocket_\(failure)"
        case .stream(let failure): "stream_\(failure)"
        case .sockJS(let failure): "sockjs_\(failure)"
        case .tls(let failure): "tls_\(failure.rawValue)"
        case .tlsTimeout: "tls_timeout"
        case .proxy(let failure): "proxy_\(failure)"
        case .proxyTimeout: "proxy_timeout"
        case .tooManyFromAddress: "address_limit"
        case .tooSlow: "too_slow"
        case .tooMuch: "too_much"
        case .noPong: "no_pong"
        case .loginTimeout: "login_timeout"
        }
    }
}

extension Loop {
    /// Counts a refusal, and says so to whoever reads the log at debug level.
    func note(_ refusal: Refusal, _ connection: Connection, _ sentence: String) {
        let name = refusal.name
        refusals.withLock { $0[name, default: 0] += 1 }
        guard log.writes(.debug) else { return }
        let fields = [
            "connection": String(connection.handle.bits, radix: 16), "listener": connection.listener.name,
            "peer": connection.peer.description, "reason": name,
        ]
        log.write(.debug, sentence, fields)
    }
}
