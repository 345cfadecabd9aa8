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
        var flags: Set<String> = []  // --json
        var words: [String] = []
    }

    static let all = [
        Command(name: "run", usage: "", summary: "starts the server", run: Commands.run),
        Command(
            name: "check",
            usage: "",
            summary: "checks the configuration and the plugins",
            run: Commands.check
        ),
        Command(
            name: "status",
            usage: "[--json]",
            summary: "shows the services of the running server",
            run: Commands.status
        ),
        Command(
            name: "call",
            usage: "SERVICE [COMMAND name=value …]",
            summary: "runs an administration command of a service, or lists them",
            run: Commands.call
        ),
        Command(
            name: "reload",
            usage: "SERVICE [FILE]",
            summary: "replaces a service's plugin while its connections stay open",
            run: Commands.reload
        ),
        Command(
            name: "test",
            usage: "PLUGIN TRANSCRIPT… [--live] [--reload-everywhere]",
            summary: "plays transcripts against a plugin",
            run: TestCommand.run
        ),
        Command(name: "version", usage: "", summary: "prints the version", run: Commands.version),
    ]

    /// Does what a command line asks for.
    static func run(_ arguments: [String]) -> Outcome {
        guard let name = arguments.first, name != "--help", name != "help" else {
            Output.print(help)
            return arguments.isEmpty ? .usage : .done
        }
        guard let command = all.first(where: { $0.name == name }) else {
            let near = Suggestion.nearest(to: name, among: all.map(\.name)).map { "did you mean \"\($0)\"?" }
            Output.complain("patchbay has no command \"\(name)\"; \(near ?? "see patchbay --help")")
            return .usage
        }
        return command.run(Array(arguments.dropFirst()))
    }

    private func run(_ arguments: [String]) -> Outcome {
        if arguments.contains("--help") {
            Output.print("patchbay \(name) [-c FILE] \(usage)\n\(summary)")
            return .done
        }
        guard let invocation = parse(arguments) else {
            Output.complain("usage: patchbay \(name) [-c FILE] \(usage)")
            return .usage
        }
        do throws(StartError) {
            let outcome = try run(invocation)
            if outcome == .usage { Output.complain("usage: patchbay \(name) [-c FILE] \(usage)") }
            return outcome
        } catch {
            Output.complain(error.description)
            return .failed
        }
    }

    private func parse(_ arguments: [String]) -> Invocation? {
        var invocation = Invocation()
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "-c", invocation.file == nil {
                guard let file = rest.popFirst() else { return nil }
                invocation.file = file
            } else if word.hasPrefix("--"), usage.contains("[\(word)]") {
                invocation.flags.insert(word)
            } else if word.hasPrefix("-"), !word.contains("=") {
                return nil
            } else {
                invocation.words.append(word)
            }
        }
        return invocation
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

            patchbay COMMAND --help says what it takes. Every command takes -c FILE; without it ./plugins.conf, then /etc/patchbay/plugins.conf.
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
