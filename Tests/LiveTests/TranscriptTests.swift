import Foundation
import Testing

/// Every play in Tests/Transcripts by `patchbay test`: in memory and over sockets, with and without a reload after every
/// line. A process plays a few of them: each reload loads one more copy of the plugin, and the more are loaded, the longer
/// the run time of Swift takes to look through them.
@Suite struct TranscriptTests {
    @Test(arguments: Plays.all)
    func `the plugin plays it in memory`(plays: Plays) throws {
        try expectAsWritten(plays)
    }

    @Test(arguments: Plays.all)
    func `a reload after every line changes nothing in memory`(plays: Plays) throws {
        try expectAsWritten(plays, "--reload-everywhere")
    }

    @Test(arguments: Plays.all)
    func `the plugin plays it over sockets`(plays: Plays) throws {
        try expectAsWritten(plays, "--live")
    }

    @Test(arguments: Plays.all)
    func `a reload after every line changes nothing over sockets and two loops`(plays: Plays) throws {
        try expectAsWritten(plays, "--live=2", "--reload-everywhere")
    }

    @Test(arguments: Plays.ofTexts, ["--sockjs=websocket", "--sockjs"])
    func `the plugin plays it over SockJS in memory`(plays: Plays, transport: String) throws {
        try expectAsWritten(plays, transport)
    }

    @Test(arguments: Plays.ofTexts, ["--sockjs=websocket", "--sockjs"])
    func `a reload after every line changes nothing over SockJS, sockets and two loops`(
        plays: Plays,
        transport: String
    ) throws {
        try expectAsWritten(plays, transport, "--live=2", "--reload-everywhere")
    }

    private func expectAsWritten(
        _ plays: Plays,
        _ options: String...,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let folder = try TemporaryFolder()
        let program = try Program(
            Products.patchbay,
            ["test", plays.plugin] + plays.files + options,
            errors: folder.file("errors"),
            environment: ["TMPDIR=\(folder.path)"]
        )
        let (code, output) = try program.waitForEnd(Deadline(seconds: 240))
        let said = "exit code \(code)\n\(output)\(folder.text("errors"))".prefix(20_000)
        #expect(
            code == 0 && output == "\(plays.files.count) played, all as written\n",
            "\(said)",
            sourceLocation: location
        )
    }

    @Test func `each plugin has plays`() throws {
        let package = try String(contentsOfFile: "\(Products.root)/Package.swift", encoding: .utf8)
        let plugins = package.matches(of: /\.library\(name: "(\w+)", type: \.dynamic/).map { String($0.1) }
        #expect(Set(Plays.all.map(\.plugin)) == Set(plugins))
    }
}

/// A few transcripts, and the plugin that plays them.
struct Plays: CustomTestStringConvertible, Sendable {
    let plugin: String
    let files: [String]

    private static let most = 10
    private static let folder = "\(Products.root)/Tests/Transcripts"

    /// Every file in Tests/Transcripts, by the plugin that its folder is named for.
    static let all = some { _ in true }

    /// Those without bytes for WebSockets, which SockJS does not carry.
    static let ofTexts = some { file in
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 3) }
        let streams = lines.filter { $0.count > 2 && $0[1] == "connects" && $0[2] == "stream" }.map { $0[0] }
        return !lines.contains { words in
            words.count > 1 && [">hex", "<hex"].contains(words[1]) && !streams.contains(words[0])
        }
    }

    private static func some(_ isTaken: (String) -> Bool) -> [Plays] {
        names(in: folder).flatMap { plugin -> [Plays] in
            let files = names(in: "\(folder)/\(plugin)").filter { $0.hasSuffix(".transcript") }
                .map { "\(folder)/\(plugin)/\($0)" }.filter(isTaken)
            return stride(from: 0, to: files.count, by: most).map { first in
                Plays(plugin: plugin, files: Array(files[first..<min(first + most, files.count)]))
            }
        }
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    var testDescription: String {
        let names = files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
        return "\(plugin): \(names.first ?? "") … \(names.last ?? "")"
    }
}
