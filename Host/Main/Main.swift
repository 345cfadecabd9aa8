import Core
import Glibc

/// `patchbay`: see `Command` for what it understands.
@main
enum Main {
    static func main() {
        holdStandardStreams()
        let outcome = Command.run(Array(CommandLine.arguments.dropFirst()))
        exit(outcome.rawValue)
    }

    /// A standard stream that is closed would be the next file that is opened: the log would then be written
    /// into a database or to a peer.
    private static func holdStandardStreams() {
        var descriptor: Int32
        repeat { descriptor = unsafe open("/dev/null", O_RDWR) } while (0...2).contains(descriptor)
        close(descriptor)
    }
}
