/// What the host does for a service. Written in the service, or at top level as the default for all.
package struct ServiceSettings: Sendable, Equatable {
    /// The thread that a service's lane runs on.
    package enum Lane: String, Sendable, CaseIterable {
        case shared  // a loop's
        case own
    }

    /// Whether WebSocket messages are compressed.
    package enum Compression: String, Sendable, CaseIterable {
        case off
        case on  // each message by itself
        case takeover  // with the memory of those before it: smaller, for more memory of each connection
    }

    package var limits = Limits()
    package var origins: [String] = []  // normal form, see OriginText; empty: any
    package var backEnds: [AddressRange] = []  // addresses that bring many people
    package var lane: Lane?  // nil: not said, the host chooses by what the plugin needs
    package var isWatched = false  // reloaded when its plugin's file changes
    package var isIsolated = false  // in a process of its own
    package var compression = Compression.on
    package var hasSockJSWebSocket = true  // SockJS clients may use WebSocket
    package var hasSockJSCookie = false  // for balancers that keep a client by it
    package var sockJSScript: String?  // URL of the client for the iframe page; nil: not said

    /// The defaults.
    package init() {}
}
