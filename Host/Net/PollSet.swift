import Glibc

/// Descriptors that one thread waits for, a few hundred at most; made anew each time.
package struct PollSet {
    private var entries: [pollfd] = []

    package init() {}

    /// - Parameter writes: waits for room to write, too.
    package mutating func add(_ descriptor: Int32, writes: Bool = false) {
        let events = writes ? POLLIN | POLLOUT : POLLIN
        entries.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
    }

    /// Sleeps until something is ready or the time has passed; nil sleeps for ever.
    package mutating func wait(nanoseconds: Int64?) {
        if unsafe poll(&entries, nfds_t(entries.count), Wakeup.milliseconds(nanoseconds)) < 0 {
            for index in entries.indices { entries[index].revents = 0 }
        }
    }

    /// Whether the one that was added at `index` is ready, or broken.
    package func isReady(_ index: Int) -> Bool { entries[index].revents != 0 }
}
