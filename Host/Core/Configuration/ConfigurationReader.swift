/// Turns the tree of directives into a configuration. After an error it goes on with the next directive; what
/// it then fills in is of use only for finding more errors.
struct ConfigurationReader {
    /// Where directives that may stand once stand, by directive or by kind and name.
    typealias Seen = [String: SourcePosition]

    var errors: FoundErrors
    var routes = ConfigurationRoutes()
    private var listenerAddresses: [(address: ListenerConfiguration.Address, name: String)] = []

    init(errors: FoundErrors) { self.errors = errors }

    /// Reads the tree into a configuration that has the defaults.
    ///
    /// Services come last: they need the listeners and the defaults, wherever these are written.
    mutating func read(_ directives: [ConfigurationDirective], into configuration: inout Configuration) {
        var seen: Seen = [:]
        for directive in directives where directive.name.text != "service" {
            readTop(directive, into: &configuration, &seen)
        }
        configuration.positions = seen
        for directive in directives where directive.name.text == "service" {
            readService(directive, into: &configuration, &seen)
        }
    }

    private mutating func readTop(
        _ directive: ConfigurationDirective,
        into configuration: inout Configuration,
        _ seen: inout Seen
    ) {
        let name = directive.name.text
        if name == "listen" { return readListener(directive, into: &configuration, &seen) }
        if readSetting(directive, in: .file, into: &configuration.defaults, &seen) { return }
        guard isKnown(directive, in: .file), name == "plugin_path" || isFirst(directive, &seen) else {
            return
        }
        switch name {
        case "state": path(directive, in: .file).map { configuration.state = $0 }
        case "loops": loops(directive).map { configuration.loops = $0 }
        case "engine": choice(directive, in: .file).map { configuration.engine = $0 }
        case "plugin_path":
            let words = values(directive, in: .file, count: 1...) ?? []
            configuration.pluginPath += words.map(path)
        case "log": choice(directive, in: .file).map { configuration.log = $0 }
        case "drain": drain(directive).map { configuration.drain = $0 }
        case "http_authorities": path(directive, in: .file).map { configuration.httpAuthorities = $0 }
        default: flag(directive, in: .file).map { configuration.isSupervised = $0 }  // supervise
        }
    }

    private mutating func loops(_ directive: ConfigurationDirective) -> Configuration.Loops? {
        guard let word = value(directive, in: .file) else { return nil }
        if word.text == "auto" { return .automatic }
        return number(.integer, word, for: "loops", in: 1...64).map { .count($0) }
    }

    private mutating func drain(_ directive: ConfigurationDirective) -> Duration? {
        guard let word = value(directive, in: .file) else { return nil }
        return duration(word, for: "drain", in: 0...3_600_000)
    }

    private mutating func readListener(
        _ directive: ConfigurationDirective,
        into configuration: inout Configuration,
        _ seen: inout Seen
    ) {
        guard let block = block(of: directive, in: .file) else {
            // Known all the same, or each service on it would have an error too.
            let name = directive.values.first?.text ?? ""
            if ConfigurationName.isValid(name) { routes.add(name, isAdmin: false) }
            return
        }
        let name = name(of: directive, in: .file)
        let isNew = isFirst(name, kind: "listener", &seen)
        let position = name?.position ?? directive.position
        let listener = listener(named: name?.text ?? "", at: position, block)
        guard isNew else { return }
        checkAddress(of: listener)
        routes.add(listener.name, isAdmin: listener.isAdmin)
        configuration.listeners.append(listener)
    }

    private mutating func checkAddress(of listener: ListenerConfiguration) {
        let first = listenerAddresses.first { $0.address.overlaps(listener.address) }
        listenerAddresses.append((listener.address, listener.name))
        guard let first else { return }
        let message = "listener \(listener.name) has the address of listener \(first.name)"
        errors.add(.duplicateAddress, at: listener.addressPosition, message, "give it another")
    }

    private mutating func readService(
        _ directive: ConfigurationDirective,
        into configuration: inout Configuration,
        _ seen: inout Seen
    ) {
        guard let block = block(of: directive, in: .file) else { return }
        let name = name(of: directive, in: .file)
        let isNew = isFirst(name, kind: "service", &seen)
        let empty = ServiceConfiguration(
            name: name?.text ?? "",
            plugin: .name(""),
            settings: configuration.defaults,
            position: name?.position ?? directive.position,
            pluginPosition: directive.position
        )
        configuration.services.append(service(empty, block, isCounted: isNew))
    }
}
