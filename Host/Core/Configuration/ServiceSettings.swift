/// What the host does for a service. Written in the service, or at top level as the default for all.
package struct ServiceSettings: Sendable, Equatable {
    /// The thread that a service's lane runs on.
    package enum Lane: String, Sendable, CaseIterable {
        case shared  // a loop's
        case own
    }

    package var limits = Limits()
    package var origins: [String] = []  // normal form, see OriginText; empty: any
    package var backEnds: [AddressRange] = []  // addresses that bring many people
    package var lane: Lane?  // nil: not said, the host chooses by what the plugin needs
    package var isWatched = false  // reloaded when its plugin's file changes
    package var isIsolated = false  // in a process of its own

    /// The defaults.
    package init() {}
}
