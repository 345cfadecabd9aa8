/// So many messages a second, so many at once after a pause.
package struct TokenBucket: Equatable, Sendable {
    private let perSecond: Int64
    private let burst: Int64
    private var billionths: Int64  // of a token
    private var filledAt: Int64  // nanoseconds

    /// Full at `now` (nanoseconds).
    package init(perSecond: Int, burst: Int, now: Int64) {
        self.perSecond = Int64(max(perSecond, 1))
        self.burst = Int64(max(burst, 1))
        billionths = self.burst * 1_000_000_000
        filledAt = now
    }

    /// Takes a token if there is one.
    package mutating func take(now: Int64) -> Bool {
        let (earned, overflow) = max(now - filledAt, 0).multipliedReportingOverflow(by: perSecond)
        filledAt = now
        let full = burst * 1_000_000_000
        billionths = overflow || earned >= full - billionths ? full : billionths + earned
        guard billionths >= 1_000_000_000 else { return false }
        billionths -= 1_000_000_000
        return true
    }

    /// Nanoseconds from the last try until there is a token.
    package var wait: Int64 { max(0, (1_000_000_000 - billionths + perSecond - 1) / perSecond) }
}
