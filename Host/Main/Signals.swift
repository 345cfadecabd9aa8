import Glibc

/// The signals that end the server, held back from its threads and waited for by the main one.
struct Signals {
    private var set = sigset_t()

    /// Blocks them; before any thread is started.
    init() {
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGHUP)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
        // At the limit of a file's size (ulimit -f) a write fails like any other.
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Returns when SIGTERM or SIGINT came. The next one ends the process at once.
    func waitForEnd() {
        var set = set
        var number: Int32 = 0
        repeat {
            guard unsafe sigwait(&set, &number) == 0 else { return }
        } while number == SIGHUP
        unsafe sigdelset(&set, SIGHUP)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }
}
