import Foundation
import PatchbayStage
import Testing

/// Every play in Tests/Transcripts, in memory and over sockets, with and without a reload after every line.
@Suite struct TranscriptTests {
    @Test(arguments: Play.all)
    func `the plugin plays it in memory`(play: Play) throws {
        expectNone(play.stage.play(try play.transcript()))
    }

    @Test(arguments: Play.all)
    func `a reload after every line changes nothing in memory`(play: Play) throws {
        expectNone(play.stage.play(try play.transcript(), reloadingAfterEveryLine: true))
    }

    @Test(arguments: Play.all)
    func `the plugin plays it over sockets`(play: Play) throws {
        expectNone(play.liveStage(loops: 1).play(try play.transcript()))
    }

    @Test(arguments: Play.all)
    func `a reload after every line changes nothing over sockets and two loops`(play: Play) throws {
        let stage = play.liveStage(loops: 2)
        expectNone(stage.play(try play.transcript(), reloadingAfterEveryLine: true))
    }

    @Test(arguments: Play.ofTexts, [StageTransport.sockJSWebSocket, .sockJSRequests])
    func `the plugin plays it over SockJS in memory`(play: Play, transport: StageTransport) throws {
        expectNone(Stage(plugin: play.plugin, in: Play.folder, by: transport).play(try play.transcript()))
    }

    @Test(arguments: Play.ofTexts, [StageTransport.sockJSWebSocket, .sockJSRequests])
    func `a reload after every line changes nothing over SockJS, sockets and two loops`(
        play: Play,
        transport: StageTransport
    ) throws {
        let stage = LiveStage(plugin: play.plugin, loops: 2, in: Play.folder, by: transport)
        expectNone(stage.play(try play.transcript(), reloadingAfterEveryLine: true))
    }

    private func expectNone(_ failure: StageFailure?, _ location: SourceLocation = #_sourceLocation) {
        guard let failure else { return }
        Issue.record("\(failure)", sourceLocation: location)
    }

    @Test(arguments: Play.plugins)
    func `each plugin has plays`(plugin: String) {
        #expect(Play.all.contains { $0.plugin == plugin })
    }
}

/// A transcript's file and the plugin that plays it.
struct Play: CustomTestStringConvertible, Sendable {
    let plugin: String
    let file: URL

    static let plugins = ["EchoC", "Fire", "GG", "SongRequest", "Tally", "VKChat", "Wnet"]

    /// Every file in Tests/Transcripts, by the plugin that its folder is named for.
    static let all: [Play] = plugins.flatMap { plugin in
        let folder = transcripts.appending(path: plugin)
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "transcript" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { Play(plugin: plugin, file: $0) }
    }

    /// Those without bytes for WebSockets, which SockJS does not carry.
    static let ofTexts = all.filter { play in
        let text = (try? String(contentsOf: play.file, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 3) }
        let streams = lines.filter { $0.count > 2 && $0[1] == "connects" && $0[2] == "stream" }.map { $0[0] }
        return !lines.contains { words in
            words.count > 1 && [">hex", "<hex"].contains(words[1]) && !streams.contains(words[0])
        }
    }

    private static let transcripts = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Transcripts")

    /// Where the plugins are built to: beside the tests.
    static let folder = URL(filePath: "/proc/self/exe")
        .resolvingSymlinksInPath().deletingLastPathComponent().path

    var testDescription: String { "\(plugin)/\(file.lastPathComponent)" }

    var stage: Stage {
        Stage(plugin: plugin, in: Play.folder)
    }

    func liveStage(loops: Int) -> LiveStage {
        LiveStage(plugin: plugin, loops: loops, in: Play.folder)
    }

    func transcript() throws -> Transcript { try Transcript(file: file.path) }
}
