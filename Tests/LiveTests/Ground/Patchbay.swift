/// The `patchbay` executable with a configuration of the test's own, in a folder of its own.
final class Patchbay {
    /// What a command came to.
    struct Outcome {
        let code: Int32
        let output: String
        let errors: String
    }

    let folder: TemporaryFolder
    let file: String
    private var commands = 0

    /// - Parameter configuration: `FOLDER` in it stands for the test's folder; nil: there is no file.
    init(_ configuration: String?) throws {
        folder = try TemporaryFolder()
        file = folder.file("plugins.conf")
        if let configuration { try write(configuration) }
    }

    func write(_ configuration: String) throws {
        try folder.write(configuration.replacing("FOLDER", with: folder.path), to: "plugins.conf")
    }

    /// Runs a command to its end; `-c FILE` is added.
    func command(_ words: String..., input: String? = nil) throws -> Outcome {
        let (program, errors) = try begin(words + ["-c", file])
        if let input { try program.write(input) }
        return try finish(program, errors)
    }

    /// Runs a command line as it is.
    func plain(_ words: String...) throws -> Outcome {
        let (program, errors) = try begin(words)
        return try finish(program, errors)
    }

    /// Starts a command; `finish` waits for it.
    func begin(_ words: [String], limit: Int? = nil) throws -> (Program, errors: String) {
        commands += 1
        let errors = "errors-\(commands)"
        let path = folder.file(errors)
        guard let limit else { return (try Program(Products.patchbay, words, errors: path), errors) }
        let script = "ulimit -n \(limit); exec \"$0\" \"$@\""
        return (try Program("sh", ["-c", script, Products.patchbay] + words, errors: path), errors)
    }

    func finish(_ program: Program, _ errors: String) throws -> Outcome {
        let (code, output) = try program.waitForEnd()
        return Outcome(code: code, output: output, errors: folder.text(errors))
    }
}
