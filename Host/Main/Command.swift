import Core
import Net

/// What a command's process ends with: 0 done, 1 refused or failed, 2 usage.
enum Outcome: Int32 { case done = 0, failed = 1, usage = 2 }

/// The commands, from one table: what they are called, what they take, what they do.
struct Command: Sendable {
    let name: String
    let usage: String
    let summary: String
    let run: @Sendable (Invocation) throws(StartError) -> Outcome

    /// A command line, taken apart.
    struct Invocation {
        var file: String?  // -c FILE
        var options: [String: String] = [:]  // --json; with what stands behind its =, if anything
        var words: [String] = []
    }

    static let all = [
        Command(name: "run", usage: "[-c FILE]", summary: "starts the server", run: Commands.run),
        Command(
            name: "check",
            usage: "[-c FILE]",
            summary: "checks the configuration and the plugins",
            run: Commands.check
        ),
        Command(
            name: "status",
            usage: "[-c FILE] [--json]",
            summary: "shows the services of the running server",
            run: Commands.status
        ),
        Command(
            name: "call",
            usage: "[-c FILE] SERVICE [COMMAND name=value …]",
            summary: "runs an administration command of a service, or lists them",
            run: Commands.call
        ),
        Command(
            name: "reload",
            usage: "[-c FILE] SERVICE [FILE]",
            summary: "replaces a service's plugin while its connections stay open",
            run: Commands.reload
        ),
        Command(
            name: "apply",
            usage: "[-c FILE]",
            summary: "puts new certificates of plugins.conf in force while connections stay open",
            run: Commands.apply
        ),
        Command(
            name: "test",
            usage: "PLUGIN TRANSCRIPT… [--live[=LOOPS]] [--sockjs[=websocket]] [--reload-everywhere]",
            summary: "plays transcripts against a plugin",
            run: TestCommand.run
        ),
        Command(name: "version", usage: "", summary: "prints the version", run: Commands.version),
    ]

    /// Does what a command line asks for.
    static func run(_ arguments: [String]) -> Outcome {
        guard let name = arguments.first, !["--help", "-h", "help"].contains(name) else {
            Output.print(help)
            return arguments.isEmpty ? .usage : .done
        }
        let rest = Array(arguments.dropFirst())
        if name == "--version" { return run(["version"] + rest) }
        guard let command = all.first(where: { $0.name == name }) else {
            let near = Suggestion.nearest(to: name, among: all.map(\.name)).map { "did you mean \"\($0)\"?" }
            Output.complain("patchbay has no command \"\(name)\"; \(near ?? "see patchbay --help")")
            return .usage
        }
        return command.run(rest)
    }

    private func run(_ arguments: [String]) -> Outcome {
        if arguments.contains("--help") || arguments.contains("-h") {
            Output.print("\(form)\n\(summary)")
            return .done
        }
        let invocation: Invocation
        do throws(UsageError) {
            invocation = try parse(arguments)
        } catch {
            Output.complain("\(error.sentence)\nusage: \(form)")
            return .usage
        }
        do throws(StartError) {
            let outcome = try run(invocation)
            if outcome == .usage { Output.complain("usage: \(form)") }
            return outcome
        } catch {
            Output.complain(error.description)
            return .failed
        }
    }

    private var form: String { usage.isEmpty ? "patchbay \(name)" : "patchbay \(name) \(usage)" }

    /// An option that cannot be understood.
    private struct UsageError: Error {
        let sentence: String
    }

    private func parse(_ arguments: [String]) throws(UsageError) -> Invocation {
        var invocation = Invocation()
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "-c", takes(word) {
                guard invocation.file == nil else { throw UsageError(sentence: "-c stands twice") }
                guard let file = rest.popFirst() else { throw UsageError(sentence: "-c needs a FILE") }
                invocation.file = file
            } else if word.hasPrefix("--"), let option = option(word) {
                invocation.options[option.name] = option.value
            } else if word.hasPrefix("-"), !word.contains("=") {
                throw UsageError(sentence: "patchbay \(name) has no option \"\(word)\"")
            } else {
                invocation.words.append(word)
            }
        }
        return invocation
    }

    private func takes(_ option: String) -> Bool {
        usage.split(whereSeparator: \.isWhitespace).contains { $0 == "[\(option)]" || $0 == "[\(option)" }
            || takesValue(option)
    }

    private func takesValue(_ option: String) -> Bool {
        usage.split(whereSeparator: \.isWhitespace).contains { $0.hasPrefix("[\(option)[=") }
    }

    /// `--live=2` taken apart, if that is an option of the command.
    private func option(_ word: String) -> (name: String, value: String)? {
        guard let equals = word.firstIndex(of: "=") else { return takes(word) ? (word, "") : nil }
        let name = String(word[..<equals])
        return takesValue(name) ? (name, String(word[word.index(after: equals)...])) : nil
    }

    private static var help: String {
        let width = all.map(\.name.count).max() ?? 0
        let lines = all.map { command in
            let blanks = String(repeating: " ", count: width - command.name.count)
            return "  \(command.name)\(blanks)  \(command.summary)"
        }
        return """
            patchbay: a server for chat and control protocols, each a plugin

            \(lines.joined(separator: "\n"))

            patchbay COMMAND --help says what it takes. -c FILE is the configuration; without it ./plugins.conf, then /etc/patchbay/plugins.conf.
            Exit codes: 0 done, 1 refused or failed, 2 usage.
            """
    }
}

/// What people and scripts read.
enum Output {
    /// A line on standard output.
    static func print(_ text: String) { write(1, text) }

    /// A line on standard error.
    static func complain(_ text: String) { write(2, text) }

    private static func write(_ descriptor: Int32, _ text: String) {
        // There is nobody left to tell.
        try? System.write(Array((text + "\n").utf8), to: descriptor)
    }
}
