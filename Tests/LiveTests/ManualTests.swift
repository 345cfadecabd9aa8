import Foundation
import Testing

/// What the documents show happens so: the conversation in README.md, the plugins in Docs/writing-a-plugin.md.
@Suite struct ManualTests {
    /// Puts a file that the manual shows into the folder: the text between the fences behind "`NAME`".
    private func write(_ name: String, into folder: TemporaryFolder, as path: String) throws {
        let manual = try String(contentsOfFile: "\(Products.root)/Docs/writing-a-plugin.md", encoding: .utf8)
        let blocks = manual.components(separatedBy: "\n```")
        let before = try #require(
            blocks.indices.first { $0.isMultiple(of: 2) && blocks[$0].contains(headline(name)) },
            "the manual shows no \(name)"
        )
        let block = blocks[before + 1]
        let start = try #require(block.firstIndex(of: "\n"))
        try folder.write(String(block[start...].dropFirst()) + "\n", to: path)
    }

    private func headline(_ name: String) -> Regex<Substring> {
        let text = NSRegularExpression.escapedPattern(for: name)
        return (try? Regex("`\(text)`[^`]*:\\n$")) ?? /$^/
    }

    private func plays(_ plugin: String, in patchbay: Patchbay, _ flags: [String]) throws {
        try write("parlour.transcript", into: patchbay.folder, as: "parlour.transcript")
        let words = ["test", plugin, patchbay.folder.file("parlour.transcript")]
        let (program, errors) = try patchbay.begin(words + flags)
        let outcome = try patchbay.finish(program, errors)
        #expect(outcome.errors == "")
        #expect(outcome.output == "1 played, all as written\n")
    }

    /// Asks the plugin by plain HTTP and over a stream, as the manual's plugins.conf has it.
    private func answers(_ plugin: String, in folder: TemporaryFolder) throws {
        try write("parlour.conf", into: folder, as: "parlour.conf")
        let text = folder.text("parlour.conf").replacing("state parlour-state;", with: "")
            .replacing("plugin_path .;", with: "plugin_path \(plugin);")
            .replacing("127.0.0.1:8090", with: "127.0.0.1:0")
        let server = try LiveServer(text)
        let client = try WebSocketClient(server.address("/parlour"))
        let said = #"{"type":"say","data":{"text":"hello"}}"#
        #expect(try client.ask(said) == .text(said))
        let page = try PeerSocket(port: server.addresses[0].port)
        page.write(Array("GET /parlour/said HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8))
        let answer = String(decoding: try page.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("\r\n\r\n{\"said\":1}"), "\(answer)")
        #expect(answer.contains("application/json"))
        let lines = try PeerSocket(path: server.patchbay.folder.file("parlour.sock"))
        lines.write(Array("how many?\r\n".utf8))
        let counted = String(decoding: try lines.read() ?? [], as: UTF8.self)
        #expect(counted == "1\n")
    }

    private func build(_ program: String, _ words: [String], in folder: TemporaryFolder) throws {
        let compiler = try Program(program, words, errors: folder.file("build.log"))
        let (code, output) = try compiler.waitForEnd(Deadline(seconds: 300))
        guard code == 0 else { throw Unexpected(folder.text("build.log") + output) }
    }

    @Test(arguments: [[], ["--live", "--reload-everywhere"]])
    func `the plugin in C is built without a warning and plays its transcript`(flags: [String]) throws {
        let patchbay = try Patchbay(nil)
        let folder = patchbay.folder
        try write("parlour.c", into: folder, as: "parlour.c")
        let words = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
        let include = ["-I", "\(Products.root)/Host/Interface/ABI/include"]
        try build(
            "cc",
            words + include + ["-o", folder.file("libParlour.so"), folder.file("parlour.c")],
            in: folder
        )
        try plays(folder.file("libParlour.so"), in: patchbay, flags)
        try answers(folder.path, in: folder)
        try write("parlour.conf", into: folder, as: "plugins.conf")
        let checked = try patchbay.command("check")
        #expect(checked.errors == "")
        #expect(checked.output == "\(patchbay.file): 1 service, no errors\n")
    }

    @Test func `the plugin in Swift is a package of its own and plays the same transcript`() throws {
        let patchbay = try Patchbay(nil)
        let folder = patchbay.folder
        let package = folder.file("parlour")
        let manager = FileManager.default
        try manager.createDirectory(atPath: "\(package)/Sources/Parlour", withIntermediateDirectories: true)
        try manager.createSymbolicLink(atPath: folder.file("patchbay"), withDestinationPath: Products.root)
        for name in ["Package.swift", "Sources/Parlour/Plugin.swift", "Sources/Parlour/ParlourService.swift"]
        {
            try write(name, into: folder, as: "parlour/\(name)")
        }
        // The package manager leaves its locks in the folder for temporary files.
        try build("env", ["TMPDIR=\(folder.path)", "swift", "build", "--package-path", package], in: folder)
        try plays("\(package)/.build/debug/libParlour.so", in: patchbay, ["--live", "--reload-everywhere"])
        try answers("\(package)/.build/debug", in: folder)
    }

    /// The README's commands and what stands behind "<" and ">", as a transcript.
    private func conversation() throws -> String {
        let text = try String(contentsOfFile: "\(Products.root)/README.md", encoding: .utf8)
        let lines = text.split(separator: "\n")
        let calls = lines.filter { $0.hasPrefix("patchbay call gg ") }
            .flatMap { ["call \($0.dropFirst("patchbay call gg ".count))", "= …"] }
        let said = lines.filter { $0.hasPrefix("< {") || $0.hasPrefix("> {") }
            .flatMap { $0.contains("channel_counters") ? ["wait 5s", "anna \($0)"] : ["anna \($0)"] }
        try #require(calls.count >= 6 && said.count >= 8)
        return (calls + ["anna connects"] + said).joined(separator: "\n") + "\n"
    }

    @Test func `the README's conversation goes as it is shown`() throws {
        let patchbay = try Patchbay(nil)
        try patchbay.folder.write(conversation(), to: "readme.transcript")
        let (program, errors) = try patchbay.begin(["test", "GG", patchbay.folder.file("readme.transcript")])
        let outcome = try patchbay.finish(program, errors)
        #expect(outcome.errors == "")
        #expect(outcome.output == "1 played, all as written\n")
    }
}
