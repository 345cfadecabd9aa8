import CLinux
import Glibc

/// An eventfd: one thread waits on it, others ring.
package struct Wakeup: Sendable {
    package let descriptor: Int32

    package init() throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError(call: .eventfd, code: errno) }
    }

    /// Wakes the waiting thread, or keeps it from falling asleep.
    package func ring() { _ = eventfd_write(descriptor, 1) }

    /// Sleeps until a ring or until the time has passed; nil sleeps for ever.
    package func wait(nanoseconds: Int64?) {
        if nanoseconds != nil {
            var entry = pollfd(descriptor: descriptor)
            guard unsafe poll(&entry, 1, Wakeup.milliseconds(nanoseconds)) > 0 else { return }
        }
        // Takes back all rings so far, or sleeps until there is one.
        var value: eventfd_t = 0
        _ = unsafe eventfd_read(descriptor, &value)
    }

    /// As poll and epoll_wait take it. Rounded up: waking a little late is one wait, waking early would be two.
    static func milliseconds(_ nanoseconds: Int64?) -> Int32 {
        guard let nanoseconds else { return -1 }
        let (whole, rest) = max(nanoseconds, 0).quotientAndRemainder(dividingBy: 1_000_000)
        return Int32(clamping: whole + (rest > 0 ? 1 : 0))
    }

    package func close() { System.close(descriptor) }
}

extension pollfd {
    fileprivate init(descriptor: Int32) { self.init(fd: descriptor, events: Int16(POLLIN), revents: 0) }
}
