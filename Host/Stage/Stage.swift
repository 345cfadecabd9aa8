/// Plays transcripts against a plugin on the real host, in memory and with a clock moved by hand: one thread,
/// no sockets, and nothing ever waits.
public struct Stage: Sendable {
    private let setting: StageSetting

    /// A stage for a plugin.
    ///
    /// - Parameters:
    ///   - plugin: its name, or the path of its file.
    ///   - folder: where `libNAME.so` is.
    ///   - transport: of all who connect.
    public init(
        plugin: String,
        in folder: String,
        by transport: StageTransport = .webSocket
    ) {
        setting = StageSetting(plugin: plugin, folder: folder, transport: transport)
    }

    /// Plays a transcript from an empty store on. Nil: everything went as it says.
    ///
    /// - Parameter reloadingAfterEveryLine: the service is reloaded after each line, which must change nothing.
    public func play(_ transcript: Transcript, reloadingAfterEveryLine: Bool = false) -> StageFailure? {
        Player<MemoryGround>.play(transcript, on: setting, loops: 1, reloadingAfterEveryLine)
    }
}
