/// What a plugins.conf says: checked in itself, but not against plugins, ports and the disk.
package struct Configuration: Sendable, Equatable {
    /// How many event loops there are: as many as cores, or a number from 1 to 64.
    package enum Loops: Sendable, Equatable {
        case automatic
        case count(Int)
    }

    /// What drives the loops.
    package enum Engine: String, Sendable, CaseIterable {
        case automatic = "auto"
        case uring = "io_uring"
        case epoll
    }

    /// The least severe messages that are logged.
    package enum LogLevel: String, Sendable, CaseIterable {
        case error, warning, info, debug
    }

    package var state: String  // a directory
    package var loops = Loops.automatic
    package var engine = Engine.automatic
    package var pluginPath: [String] = []  // directories; empty: the usual ones
    package var log = LogLevel.info
    package var drain = Duration.seconds(10)  // over which connections are closed at the end
    package var httpAuthorities: String?  // path of a PEM file; nil: the system's
    package var isSupervised: Bool?  // nil: not said, the host chooses
    package var defaults = ServiceSettings()  // already part of each service
    package var listeners: [ListenerConfiguration] = []  // in the order of the file
    package var services: [ServiceConfiguration] = []  // in the order of the file
    @Uncompared package private(set) var path: String  // of the main file, as it was named
    @Uncompared package var positions: [String: SourcePosition] = [:]  // of the directives at top level

    /// What an empty file at a path says.
    package init(path: String) {
        self.path = path
        state = ConfigurationPath.resolve("var", from: path)
    }

    /// Reads a configuration and all that it includes, and checks it.
    ///
    /// - Parameters:
    ///   - path: of the main file, as errors shall name it; other paths are relative to the file they are in.
    ///   - source: the files and environment.
    /// - Throws: everything that is wrong, not only the first.
    package static func read(
        path: String,
        from source: ConfigurationSource = .system
    ) throws(ConfigurationErrors) -> Configuration {
        var errors = FoundErrors()
        var loader = ConfigurationLoader(source: source)
        let directives = loader.load(main: path, &errors)
        var configuration = Configuration(path: path)
        var reader = ConfigurationReader(errors: errors)
        reader.read(directives, into: &configuration)
        guard reader.errors.isEmpty else { throw reader.errors.sorted(files: loader.files) }
        return configuration
    }

    /// The listener of a name.
    package func listener(named name: String) -> ListenerConfiguration? {
        listeners.first { $0.name == name }
    }

    /// The service of a name.
    package func service(named name: String) -> ServiceConfiguration? { services.first { $0.name == name } }
}
