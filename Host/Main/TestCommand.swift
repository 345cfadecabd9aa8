import Core
import PatchbayStage

/// `patchbay test`: plays transcripts against a plugin, each from an empty store on.
enum TestCommand {
    static func run(_ invocation: Command.Invocation) throws(StartError) -> Outcome {
        guard let plugin = invocation.words.first, invocation.words.count > 1 else {
            return .usage
        }
        let play = player(
            plugin,
            isLive: invocation.flags.contains("--live"),
            by: invocation.flags.contains("--sockjs") ? .sockJSRequests : .webSocket
        )
        let isReloading = invocation.flags.contains("--reload-everywhere")
        let files = invocation.words.dropFirst()
        var failures: [String] = []
        for file in files {
            do throws(TranscriptError) {
                guard let failure = play(try Transcript(file: file), isReloading) else { continue }
                failures.append(failure.description)
            } catch {
                failures.append(error.description)
            }
        }
        guard failures.isEmpty else {
            failures.append("\(files.count) played, \(failures.count) went otherwise than written")
            throw StartError(failures)
        }
        Output.print("\(files.count) played, all as written")
        return .done
    }

    private static func player(
        _ plugin: String,
        isLive: Bool,
        by transport: StageTransport
    ) -> (Transcript, Bool) -> StageFailure? {
        let folder = Commands.folder()
        let plugin = plugin.contains("/") ? Commands.absolute(plugin) : plugin
        guard !isLive else {
            let stage = LiveStage(plugin: plugin, in: folder, by: transport)
            return { stage.play($0, reloadingAfterEveryLine: $1) }
        }
        let stage = Stage(plugin: plugin, in: folder, by: transport)
        return { stage.play($0, reloadingAfterEveryLine: $1) }
    }
}
