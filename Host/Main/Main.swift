import Core
import Glibc

/// `patchbay`: see `Command` for what it understands.
@main
enum Main {
    static func main() {
        let outcome = Command.run(Array(CommandLine.arguments.dropFirst()))
        exit(outcome.rawValue)
    }
}
