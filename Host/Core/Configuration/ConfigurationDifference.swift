/// Where two configurations differ, in the words of plugins.conf; their certificates aside.
struct ConfigurationDifference {
    private(set) var sentences: [String] = []

    /// Compares what a server runs with what a file says now.
    mutating func compare(_ old: Configuration, _ new: Configuration) {
        note("state", old.state, new.state)
        note("loops", old.loops, new.loops)
        note("engine", old.engine, new.engine)
        note("plugin_path", old.pluginPath, new.pluginPath)
        note("log", old.log, new.log)
        note("drain", old.drain, new.drain)
        note("http_authorities", old.httpAuthorities, new.httpAuthorities)
        note("supervise", old.isSupervised, new.isSupervised)
        compare("", old.defaults, new.defaults, nil)
        for (title, old, new) in pairs(old.listeners, new.listeners, title: \.title) {
            compare(title, old, new)
        }
        for (title, mine, its) in pairs(old.services, new.services, title: \.title) {
            compare(title, mine, its, (old.defaults, new.defaults))
        }
        guard sentences.isEmpty else { return }
        var aligned = new
        for (index, listener) in old.listeners.enumerated() where index < new.listeners.count {
            aligned.listeners[index].certificates = listener.certificates
        }
        note("the order of listeners, services or endpoints", old, aligned)
    }

    private mutating func note<Value: Equatable>(_ place: String, _ old: Value, _ new: Value) {
        if old != new { note(place, "has changed") }
    }

    private mutating func note(_ place: String, _ change: String) {
        sentences.append("\(place) \(change); that needs a restart in this version")
    }

    /// Those that both have; the others are noted.
    private mutating func pairs<Part>(_ old: [Part], _ new: [Part], title: (Part) -> String) -> [(
        title: String, old: Part, new: Part
    )] {
        for part in old where !new.contains(where: { title($0) == title(part) }) {
            note(title(part), "is gone")
        }
        var pairs: [(title: String, old: Part, new: Part)] = []
        for part in new {
            if let before = old.first(where: { title($0) == title(part) }) {
                pairs.append((title(part), before, part))
            } else {
                note(title(part), "is new")
            }
        }
        return pairs
    }

    private mutating func compare(_ title: String, _ old: ListenerConfiguration, _ new: ListenerConfiguration)
    {
        note("\(title): its address", old.address, new.address)
        note("\(title): the mode of its socket", old.socketMode, new.socketMode)
        note("\(title): admin", old.isAdmin, new.isAdmin)
        note("\(title): origins", old.origins, new.origins)
        note("\(title): proxy_protocol", old.hasProxyProtocol, new.hasProxyProtocol)
        note("\(title): trust_forwarded", old.trustForwarded, new.trustForwarded)
        // With or without TLS is another protocol.
        note("\(title): tls", old.certificates.isEmpty, new.certificates.isEmpty)
    }

    private mutating func compare(
        _ title: String,
        _ old: ServiceConfiguration,
        _ new: ServiceConfiguration,
        _ defaults: (old: ServiceSettings, new: ServiceSettings)
    ) {
        note("\(title): plugin", old.plugin, new.plugin)
        for (place, old, new) in pairs(old.endpoints, new.endpoints, title: { "\(title): \($0.title)" }) {
            note(place, old, new)
        }
        for (place, old, new) in pairs(old.options, new.options, title: { "\(title): option \($0.name)" }) {
            note(place, old.values, new.values)
        }
        compare("\(title): ", old.settings, new.settings, defaults)
    }

    /// What a service has from the top level is noted there only.
    private mutating func compare(
        _ prefix: String,
        _ old: ServiceSettings,
        _ new: ServiceSettings,
        _ defaults: (old: ServiceSettings, new: ServiceSettings)?
    ) {
        func differs<Value: Equatable>(_ value: (ServiceSettings) -> Value) -> Bool {
            guard value(old) != value(new) else { return false }
            guard let defaults else { return true }
            return value(old) != value(defaults.old) || value(new) != value(defaults.new)
        }
        let places = [
            ("limit connections", differs(\.limits.connections)),
            ("limit connections_per_address", differs(\.limits.connectionsPerAddress)),
            ("limit connections_per_principal", differs(\.limits.connectionsPerPrincipal)),
            ("limit rate", differs(\.limits.rate)), ("limit queries", differs(\.limits.queries)),
            ("limit bytes", differs(\.limits.bytesPerSecond)),
            ("limit auth_failures", differs(\.limits.authFailuresPerMinute)),
            ("limit message", differs(\.limits.message)), ("limit outbox", differs(\.limits.outbox)),
            ("limit queue", differs(\.limits.queue)), ("limit login", differs(\.limits.login)),
            ("limit idle", differs(\.limits.idle)), ("limit body_time", differs(\.limits.bodyTime)),
            ("limit compress", differs(\.limits.compress)),
            ("limit sockjs_response", differs(\.limits.sockJSResponse)),
            ("limit head", differs(\.limits.head)), ("limit head_time", differs(\.limits.headTime)),
            ("limit handshake", differs(\.limits.handshake)), ("origins", differs(\.origins)),
            ("back_ends", differs(\.backEnds)), ("lane", differs(\.lane)), ("watch", differs(\.isWatched)),
            ("isolate", differs(\.isIsolated)), ("compression", differs(\.compression)),
            ("sockjs_websocket", differs(\.hasSockJSWebSocket)),
            ("sockjs_cookie", differs(\.hasSockJSCookie)), ("sockjs_script", differs(\.sockJSScript)),
        ]
        for (place, differs) in places where differs { note(prefix + place, "has changed") }
    }
}

extension EndpointConfiguration {
    /// For messages: what it is and where.
    fileprivate var title: String {
        ([kind.rawValue, listener] + paths).joined(separator: " ")
    }
}
