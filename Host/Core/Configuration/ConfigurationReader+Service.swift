extension ConfigurationReader {
    /// Reads the block of a service into one that has the defaults. Where it is not counted, as
    /// another has its name, it takes no paths.
    mutating func service(
        _ empty: ServiceConfiguration,
        _ directives: [ConfigurationDirective],
        isCounted: Bool
    ) -> ServiceConfiguration {
        var service = empty
        var seen: Seen = [:]
        var hasEndpoint = false
        for directive in directives where isKnown(directive, in: .service) {
            if readSetting(directive, in: .service, into: &service.settings, &seen) { continue }
            switch directive.name.text {
            case "plugin":
                guard isFirst(directive, &seen) else { continue }
                readPlugin(directive, into: &service)
            case "option": option(directive, &seen).map { service.options.append($0) }
            default:
                hasEndpoint = true
                guard let endpoint = endpoint(directive, of: service, isCounted: isCounted) else { continue }
                service.endpoints.append(endpoint)
            }
        }
        if seen["plugin"] == nil { reportMissing(.missingPlugin, "plugin", "plugin NAME;", in: service) }
        if !hasEndpoint {
            reportMissing(
                .missingEndpoint,
                "endpoint",
                "websocket LISTENER PATH; or another endpoint",
                in: service
            )
        }
        return service
    }

    private mutating func reportMissing(
        _ code: ConfigurationError.Code,
        _ what: String,
        _ form: String,
        in service: ServiceConfiguration
    ) {
        errors.add(code, at: service.position, "\(service.title) has no \(what)", "write: \(form)")
    }

    private mutating func readPlugin(
        _ directive: ConfigurationDirective,
        into service: inout ServiceConfiguration
    ) {
        guard let word = value(directive, in: .service) else { return }
        service.pluginPosition = word.position
        if word.text.utf8.contains(UInt8(ascii: "/")) || word.text.hasSuffix(".so") {
            service.plugin = .file(path(word))
        } else if isName(word, of: "a plugin") {
            service.plugin = .name(word.text)
        }
    }

    private mutating func option(_ directive: ConfigurationDirective, _ seen: inout Seen) -> OptionEntry? {
        guard directive.values.count >= 2, directive.block == nil else {
            let message = "option needs a name and a value"
            errors.add(.wrongValues, at: directive.position, message, "write: option NAME VALUE;")
            return nil
        }
        let name = directive.values[0]
        guard !directive.values.contains(where: \.isBroken) else { return nil }
        guard isFirst(name, kind: "option", &seen) else { return nil }
        return OptionEntry(
            name: name.text,
            values: Array(directive.values.dropFirst()),
            position: name.position
        )
    }

    /// Reads a directive that may stand in a service and at top level. False: it is another one.
    mutating func readSetting(
        _ directive: ConfigurationDirective,
        in block: ConfigurationBlock,
        into settings: inout ServiceSettings,
        _ seen: inout Seen
    ) -> Bool {
        let name = directive.name.text
        if name == "limit" {
            readLimit(directive, in: block, into: &settings.limits, &seen)
            return true
        }
        guard ConfigurationBlock.sharedNames.contains(name) else { return false }
        guard isFirst(directive, &seen) else { return true }
        switch name {
        case "origins": origins(directive, in: block).map { settings.origins = $0 }
        case "back_ends": ranges(directive, in: block).map { settings.backEnds = $0 }
        case "lane": choice(directive, in: block).map { settings.lane = $0 }
        case "watch": flag(directive, in: block).map { settings.isWatched = $0 }
        case "isolate": flag(directive, in: block).map { settings.isIsolated = $0 }
        case "compression": choice(directive, in: block).map { settings.compression = $0 }
        case "sockjs_websocket": flag(directive, in: block).map { settings.hasSockJSWebSocket = $0 }
        case "sockjs_cookie": flag(directive, in: block).map { settings.hasSockJSCookie = $0 }
        default: script(directive, in: block).map { settings.sockJSScript = $0 }  // sockjs_script
        }
        return true
    }

    /// A URL that stands in a page as it is.
    private mutating func script(_ directive: ConfigurationDirective, in block: ConfigurationBlock) -> String?
    {
        guard let word = value(directive, in: block) else { return nil }
        let isPlain = word.text.utf8.allSatisfy { byte in
            (0x21...0x7e).contains(byte) && !"\"'<>\\`".utf8.contains(byte)
        }
        let isURL = ["https://", "http://", "/"].contains { start in
            word.text.hasPrefix(start) && word.text != start
        }
        guard isPlain, isURL else {
            let remedy = "write one such as https://example.com/sockjs.min.js or /sockjs.min.js"
            errors.add(.badValue, at: word.position, "\(word.quoted) is not the URL of a script", remedy)
            return nil
        }
        return word.text
    }
}
