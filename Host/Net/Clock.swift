import Glibc
import Synchronization

/// Where the host reads the time: the system's clocks, or ones that a transcript moves by hand.
package final class Clock: Sendable {
    private let isManual: Bool
    private let manualMonotonic = Atomic<Int64>(0)
    private let manualWall = Atomic<Int64>(0)

    /// The system's clocks.
    package init() { isManual = false }

    /// Clocks that stand still until `advance`. `wall` in nanoseconds since 1970.
    package init(manualFrom wall: Int64) {
        isManual = true
        manualWall.store(wall, ordering: .relaxed)
    }

    /// Nanoseconds from no particular start; never goes back.
    package var monotonic: Int64 {
        isManual ? manualMonotonic.load(ordering: .relaxed) : Clock.read(CLOCK_MONOTONIC)
    }

    /// Nanoseconds since 1970-01-01 UTC.
    package var wall: Int64 { isManual ? manualWall.load(ordering: .relaxed) : Clock.read(CLOCK_REALTIME) }

    /// Moves clocks that stand still.
    package func advance(nanoseconds: Int64) {
        precondition(isManual, "the system's clock cannot be moved")
        manualMonotonic.add(nanoseconds, ordering: .relaxed)
        manualWall.add(nanoseconds, ordering: .relaxed)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
