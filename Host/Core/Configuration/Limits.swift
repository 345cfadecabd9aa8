/// What a service allows its connections. Every value is resolved: the service's own, else the one at top
/// level, else the default here.
package struct Limits: Sendable, Equatable {
    /// Messages per second; the protocol refuses those over it.
    package struct Rate: Sendable, Equatable {
        package var perSecond: Int
        package var burst: Int  // messages at once after a pause

        package init(perSecond: Int, burst: Int) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    package var connections: Int?  // of the service; nil: any number
    package var connectionsPerAddress: Int? = 1_000  // IPv6 by /64; nil: any number
    package var connectionsPerPrincipal: Int?  // nil: any number
    package var rate: Rate?  // of each connection; nil: any
    package var queries: Rate? = Rate(perSecond: 50, burst: 200)  // of each connection's paced ones; nil: any
    package var bytesPerSecond: Int?  // of each connection; nil: any
    package var authFailuresPerMinute: Int? = 10  // per address and per account; nil: any number
    package var message = 64 << 10  // bytes of a message or body
    package var outbox = 1 << 20  // bytes owed to a connection
    package var queue = 4 << 20  // bytes waiting for the lane
    package var login: Duration?  // from open to a login; nil: what the protocol says, else 30 s
    package var idle = Duration.seconds(25)  // of silence before a ping
    package var pong = Duration.seconds(10)  // of silence after the ping; not configurable
    package var bodyTime = Duration.seconds(30)  // for a request's body to arrive
    package var compress = 1 << 10  // bytes of a message; a shorter one is sent uncompressed
    package var sockJSResponse = 128 << 10  // bytes of a SockJS response before the client must ask again

    // Of all connections: these hold before the service is known, and are set at top level only.
    package var head = 16 << 10  // bytes of a request's head
    package var headTime = Duration.seconds(10)  // for a head to arrive
    package var handshake = Duration.seconds(10)  // for TLS to be agreed on

    /// For a protocol that asks for a login and says no time.
    static let usualLogin = Duration.seconds(30)

    /// The defaults.
    package init() {}
}
