import Foundation

/// An example's README, whose commands are given as they are written, in a folder that looks like a clone's.
struct Manual {
    private let text: String
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - example: the folder of it.
    ///   - server: its folder becomes like a clone's, with its own plugins.conf.
    init(_ example: String, at server: LiveServer) throws {
        text = try String(
            contentsOfFile: "\(Products.root)/Docs/examples/\(example)/README.md",
            encoding: .utf8
        )
        folder = server.patchbay.folder
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder.file(".build"), withIntermediateDirectories: false)
        let links = [
            (".build/release", Products.folder), (".build/python", "\(Products.root)/.build/python"),
            ("Docs", "\(Products.root)/Docs"), ("Tests", "\(Products.root)/Tests"),
        ]
        for (link, place) in links {
            try manager.createSymbolicLink(atPath: folder.file(link), withDestinationPath: place)
        }
    }

    /// The lines of its blocks in a language; an empty one: of what is printed.
    func blocks(_ language: String) -> [[String]] {
        let parts = text.components(separatedBy: "```")
        return parts.indices.compactMap { index in
            let lines = parts[index].split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard !index.isMultiple(of: 2), lines[0] == language else { return nil }
            return Array(lines.dropFirst().dropLast())
        }
    }

    func write(_ block: [String], to name: String) throws {
        try folder.write(block.joined(separator: "\n") + "\n", to: name)
    }

    /// A shell in the folder; what goes wrong stands in `log`.
    func shell(_ log: String, _ environment: [String]) throws -> Program {
        let shell = try Program("sh", errors: folder.file(log), environment: environment)
        try shell.write("cd '\(folder.path)'")
        return shell
    }

    func troubles(_ log: String) -> String { folder.text(log) }
}
