/// Plays transcripts against a plugin on the real host, in memory and with a clock moved by hand: one thread,
/// no sockets, and nothing ever waits.
public struct Stage: Sendable {
    /// A WebSocket path of the service.
    public struct Endpoint: Equatable, Sendable {
        /// Begins with `/`.
        public let path: String
        /// As the plugin calls it; nil is its main endpoint.
        public let name: String?

        /// The plugin's endpoint `name` at `path`.
        public init(_ path: String, name: String? = nil) {
            self.path = path
            self.name = name
        }
    }

    private let setting: StageSetting

    /// A stage for a plugin.
    ///
    /// - Parameters:
    ///   - plugin: its name, or the path of its file.
    ///   - endpoints: the first is where peers connect when a transcript names no path.
    ///   - directives: further lines for the service's block in plugins.conf: `limit rate 10/s burst 30;`.
    ///   - folder: where `libNAME.so` is.
    public init(
        plugin: String,
        endpoints: [Endpoint] = [Endpoint("/")],
        directives: [String] = [],
        in folder: String
    ) {
        setting = StageSetting(plugin: plugin, endpoints: endpoints, directives: directives, folder: folder)
    }

    /// Plays a transcript from an empty store on. Nil: everything went as it says.
    ///
    /// - Parameter reloadingAfterEveryLine: the service is reloaded after each line, which must change nothing.
    public func play(_ transcript: Transcript, reloadingAfterEveryLine: Bool = false) -> StageFailure? {
        Player<MemoryGround>.play(transcript, on: setting, loops: 1, reloadingAfterEveryLine)
    }
}
