import Glibc

/// A moment after which nobody waits any longer.
struct Deadline {
    private let end: ContinuousClock.Instant

    init(seconds: Double = 30) { end = .now + .seconds(seconds) }

    var hasPassed: Bool { end <= .now }

    /// Waits for something to read, or for room to write. False: nothing came in time.
    func wait(for descriptor: Int32, _ events: Int32 = POLLIN) -> Bool {
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let count = unsafe poll(&entry, 1, milliseconds)
            if count > 0 { return true }
            guard count < 0, errno == EINTR else { return false }
        }
    }

    /// What is left, rounded up.
    var milliseconds: Int32 {
        let left = end - .now
        guard left > .zero else { return 0 }
        return Int32(
            clamping: left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
                + 1
        )
    }
}

/// Something that the system refused to a test, or that did not come in time.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// The last call of the system failed.
    static func failed(_ call: String) -> Unexpected {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "unknown"
        return Unexpected("\(call): \(reason)")
    }
}
