/// Plays transcripts against a plugin on the real host with all its threads, over sockets of this machine. Its
/// clock alone is moved by hand; what happens at once, happens at once.
public struct LiveStage: Sendable {
    private let setting: StageSetting
    private let loops: Int

    /// A stage for a plugin; see `Stage`.
    ///
    /// - Parameters:
    ///   - loops: event loops, each a thread.
    ///   - transport: of all who connect.
    public init(
        plugin: String,
        loops: Int = 1,
        in folder: String,
        by transport: StageTransport = .webSocket
    ) {
        setting = StageSetting(plugin: plugin, folder: folder, transport: transport)
        self.loops = loops
    }

    /// Plays a transcript from an empty store on. Nil: everything went as it says.
    ///
    /// - Parameter reloadingAfterEveryLine: the service is reloaded after each line, which must change nothing.
    public func play(_ transcript: Transcript, reloadingAfterEveryLine: Bool = false) -> StageFailure? {
        Player<SocketGround>.play(transcript, on: setting, loops: loops, reloadingAfterEveryLine)
    }
}
