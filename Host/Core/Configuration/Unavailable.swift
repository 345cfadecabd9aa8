/// What plugins.conf may say and this version does not serve yet.
package enum Unavailable {
    /// One error for each place that asks for such a thing.
    package static func errors(in configuration: Configuration) -> [ConfigurationError] {
        top(configuration) + configuration.listeners.flatMap(errors(in:))
            + configuration.services.flatMap(errors(in:))
    }

    private static func top(_ configuration: Configuration) -> [ConfigurationError] {
        var errors: [ConfigurationError] = []
        if configuration.engine == .uring, let position = configuration.positions["engine"] {
            errors.append(error("engine io_uring", position))
        }
        if configuration.isSupervised == true, let position = configuration.positions["supervise"] {
            errors.append(error("supervise", position))
        }
        return errors
    }

    private static func errors(in listener: ListenerConfiguration) -> [ConfigurationError] {
        var errors: [ConfigurationError] = []
        if listener.isAdmin { errors.append(error("the admin listener", listener.position)) }
        return errors
    }

    private static func errors(in service: ServiceConfiguration) -> [ConfigurationError] {
        var errors: [ConfigurationError] = []
        if service.settings.isWatched { errors.append(error("watch", service.position)) }
        if service.settings.isIsolated { errors.append(error("isolate", service.position)) }
        return errors
    }

    private static func error(_ what: String, _ position: SourcePosition) -> ConfigurationError {
        ConfigurationError(
            .notServed,
            at: position,
            "\(what) is not available in this version",
            "leave it out"
        )
    }
}
