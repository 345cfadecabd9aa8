import Net
import Synchronization

/// Where peers connect, and which services they find there by path. Constant while the server runs.
final class Listener: Sendable {
    struct Target: Sendable {
        let service: Service
        let binding: Int
    }

    let name: String
    let number: Int
    let socket: ListeningSocket?  // nil: on the memory engine
    let origins: [String]
    let limits: Limits  // before the service is known: of the head
    let targets: [String: Target]

    init(
        name: String,
        number: Int,
        socket: ListeningSocket?,
        origins: [String],
        limits: Limits,
        targets: [String: Target]
    ) {
        self.name = name
        self.number = number
        self.socket = socket
        self.origins = origins
        self.limits = limits
        self.targets = targets
    }

    /// `127.0.0.1:8080`
    var address: String { socket?.address.description ?? name }
}

/// Counts a service's connections, in all and by address, against its limits. [any thread]
final class ConnectionCounter: Sendable {
    enum Verdict { case accepted, tooMany, tooManyFromAddress }

    private struct Counts: Sendable {
        var all = 0
        var byHost: [SocketAddress.Host: Int] = [:]
    }

    private let counts = Mutex(Counts())

    /// Counts one more, if the limits allow it.
    func add(_ address: SocketAddress, _ limits: Limits) -> Verdict {
        counts.withLock { counts in
            if let most = limits.connections, counts.all >= most { return .tooMany }
            let host = ConnectionCounter.group(address.host)
            if let most = limits.connectionsPerAddress, counts.byHost[host, default: 0] >= most {
                return .tooManyFromAddress
            }
            counts.all += 1
            counts.byHost[host, default: 0] += 1
            return .accepted
        }
    }

    func remove(_ address: SocketAddress) {
        counts.withLock { counts in
            let host = ConnectionCounter.group(address.host)
            counts.all -= 1
            let left = counts.byHost[host, default: 1] - 1
            counts.byHost[host] = left == 0 ? nil : left
        }
    }

    var count: Int { counts.withLock { $0.all } }

    /// Whoever has one IPv6 address has 2^64 of them.
    private static func group(_ host: SocketAddress.Host) -> SocketAddress.Host {
        if case .v6(let high, _) = host { .v6(high: high, low: 0) } else { host }
    }
}
