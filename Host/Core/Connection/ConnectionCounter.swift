import Net
import Synchronization

/// Counts connections, in all and by address, against limits. [any thread]
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
            if let host = ConnectionCounter.group(address.host) {
                if let most = limits.connectionsPerAddress, counts.byHost[host, default: 0] >= most {
                    return .tooManyFromAddress
                }
                counts.byHost[host, default: 0] += 1
            }
            counts.all += 1
            return .accepted
        }
    }

    func remove(_ address: SocketAddress) {
        counts.withLock { counts in
            counts.all -= 1
            guard let host = ConnectionCounter.group(address.host) else { return }
            let left = counts.byHost[host, default: 1] - 1
            counts.byHost[host] = left == 0 ? nil : left
        }
    }

    var count: Int { counts.withLock { $0.all } }

    /// Whoever has one IPv6 address has 2^64 of them; the peers of a Unix socket have none.
    private static func group(_ host: SocketAddress.Host) -> SocketAddress.Host? {
        switch host {
        case .v4: host
        case .v6(let high, _): .v6(high: high, low: 0)
        case .unix: nil
        }
    }
}
