import Glibc
import Net
import Synchronization

/// The signals that end the server, held back from all its threads but one.
///
/// While the server is starting the first of them ends the process, whatever a plugin does meanwhile; when it
/// serves the first asks for an end in good order, and the next one ends the process at once.
final class Signals: Sendable {
    private let came: Wakeup
    private let isServing = Atomic(false)
    private let isEnding = Atomic(false)

    /// Holds them back; before any other thread is started, since threads inherit it.
    init() throws(SystemError) {
        came = try Wakeup()
        var set = Signals.set
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
        // At the limit of a file's size (ulimit -f) a write fails like any other.
        signal(SIGXFSZ, SIG_IGN)
        try Thread(name: "signals") { [self] in take() }.detach()
    }

    private static var set: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, number) }
        return set
    }

    private func take() {
        var set = Signals.set
        var number: Int32 = 0
        while unsafe sigwait(&set, &number) == 0 {
            guard number != SIGHUP else { continue }
            guard isServing.load(ordering: .relaxed), !isEnding.load(ordering: .relaxed) else { break }
            isEnding.store(true, ordering: .releasing)
            came.ring()
        }
        // As the signal would have ended it, had nobody held it back.
        signal(number, SIG_DFL)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(number)
    }

    /// From now on there is something to end in good order.
    func beginServing() { isServing.store(true, ordering: .relaxed) }

    /// Returns when SIGTERM or SIGINT came.
    func waitForEnd() { while !isEnding.load(ordering: .acquiring) { came.wait(nanoseconds: nil) } }
}
