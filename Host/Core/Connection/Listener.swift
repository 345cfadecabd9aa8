import Net
import Synchronization

/// Where peers connect, and which services they find there. Constant while the server runs.
final class Listener: Sendable {
    let name: String
    let number: Int
    let socket: ListeningSocket?  // nil: on the memory engine
    let configuration: ListenerConfiguration
    let limits: Limits  // before the service is known
    let routes: [String: Route]  // by path
    /// The service that has the whole listener, for a stream.
    let stream: Route.Target?
    /// Its certificates; nil: no TLS.
    let security: ListenerSecurity?
    /// Everything that connects here, requests too.
    let counter = ConnectionCounter()
    /// What one address may have: twice what the most generous of the services allows, for it may send plain
    /// requests beside. Past that it is not even answered.
    let admission: Limits

    init(
        _ configuration: ListenerConfiguration,
        number: Int,
        socket: ListeningSocket?,
        limits: Limits,
        services: [Service],
        security: ListenerSecurity?
    ) {
        self.security = security
        self.configuration = configuration
        name = configuration.name
        self.number = number
        self.socket = socket
        self.limits = limits
        var routes: [String: Route] = [:]
        var perAddress: Int? = 0
        var stream: Route.Target?
        for service in services {
            for (place, binding) in service.bindings.enumerated() where binding.listener == configuration.name
            {
                let target = Route.Target(service: service, binding: place)
                switch binding.kind {
                case .websocket: routes[binding.path, default: Route()].webSocket = target
                case .http: routes[binding.path, default: Route()].http = target
                case .sockjs: routes[binding.path, default: Route()].sockJS = SockJSPrefix(target)
                case .stream: stream = target
                }
                guard let most = perAddress, let its = service.limits.connectionsPerAddress else {
                    perAddress = nil
                    continue
                }
                perAddress = max(most, its)
            }
        }
        self.routes = routes
        self.stream = stream
        var admission = Limits()
        admission.connectionsPerAddress = perAddress.map { max($0, 1) * 2 }
        self.admission = admission
    }

    /// Where a service is reached: `wss://127.0.0.1:8443/chat`, `tcp://[::1]:9000`, `ws+unix:/run/chat.sock:/chat`.
    func address(of binding: Service.Binding) -> String {
        let isSecure = security != nil
        let scheme =
            switch binding.kind {
            case .websocket: isSecure ? "wss" : "ws"
            case .http, .sockjs: isSecure ? "https" : "http"
            case .stream: isSecure ? "tls" : "tcp"
            }
        guard case .unix(let file) = socket?.address.host else {
            return "\(scheme)://\(socket?.address.description ?? name)\(binding.path)"
        }
        return "\(scheme)+unix:\(file)" + (binding.path.isEmpty ? "" : ":\(binding.path)")
    }

    /// Whether what this peer says of others' addresses is believed.
    func trusts(_ peer: SocketAddress) -> Bool {
        !configuration.trustForwarded.isEmpty && trusts(peer.bytes ?? [])
    }

    /// The same of an address of 4 or 16 bytes; none: a peer of a Unix socket.
    func trusts(_ address: [UInt8]) -> Bool { configuration.trustForwarded.contains { $0.contains(address) } }
}
