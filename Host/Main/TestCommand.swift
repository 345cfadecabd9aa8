import Core
import PatchbayStage

/// `patchbay test`: plays transcripts against a plugin, each from an empty store on.
enum TestCommand {
    static func run(_ invocation: Command.Invocation) throws(StartError) -> Outcome {
        guard let plugin = invocation.words.first, invocation.words.count > 1,
            let transport = transport(invocation.options["--sockjs"]),
            let loops = loops(invocation.options["--live"])
        else { return .usage }
        let play = player(plugin, loops: loops, by: transport)
        let isReloading = invocation.options["--reload-everywhere"] != nil
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

    /// What `--sockjs` asks for; nil: it says what there is not.
    private static func transport(_ option: String?) -> StageTransport? {
        switch option {
        case nil: return .webSocket
        case "": return .sockJSRequests
        case "websocket": return .sockJSWebSocket
        case .some(let word):
            Output.complain(
                "--sockjs=\(word): there is no such transport here; write --sockjs or --sockjs=websocket"
            )
            return nil
        }
    }

    /// How many loops `--live` asks for, 0 where it is not there; nil: it says what cannot be.
    private static func loops(_ option: String?) -> Int? {
        switch option {
        case nil: return 0
        case "": return 1
        case .some(let word):
            if let number = Int(word), (1...64).contains(number) { return number }
            Output.complain("--live=\(word): loops are a number from 1 to 64")
            return nil
        }
    }

    /// - Parameter loops: 0 plays in memory.
    private static func player(
        _ plugin: String,
        loops: Int,
        by transport: StageTransport
    ) -> (Transcript, Bool) -> StageFailure? {
        let folder = Commands.folder()
        let plugin = plugin.contains("/") ? Commands.absolute(plugin) : plugin
        guard loops == 0 else {
            let stage = LiveStage(plugin: plugin, loops: loops, in: folder, by: transport)
            return { stage.play($0, reloadingAfterEveryLine: $1) }
        }
        let stage = Stage(plugin: plugin, in: folder, by: transport)
        return { stage.play($0, reloadingAfterEveryLine: $1) }
    }
}
