/// How many bytes a connection may send: so many a second, and those of a second at once after a pause.
///
/// What the kernel has is read whole, so the allowance may be overdrawn. Then nothing is read until the debt is
/// paid and there is enough again to be worth a look.
final class ByteAllowance {
    let perSecond: Int
    /// When reading goes on; nil: it has not stopped.
    private(set) var resumption: Int64?
    private var billionths: Int64  // of a byte; less than none: owed
    private var filledAt: Int64
    private var stoppedAt: Int64 = 0

    /// Full at `now`; times are nanoseconds.
    init(perSecond: Int, now: Int64) {
        self.perSecond = perSecond
        billionths = Int64(perSecond) * 1_000_000_000
        filledAt = now
    }

    /// So many bytes have come. True: nothing more is to be read until `resumption`.
    func spend(_ count: Int, now: Int64) -> Bool {
        let full = Int64(perSecond) * 1_000_000_000
        let (earned, overflow) = max(now - filledAt, 0).multipliedReportingOverflow(by: Int64(perSecond))
        filledAt = now
        billionths = overflow || earned >= full - billionths ? full : billionths + earned
        billionths -= Int64(count) * 1_000_000_000
        guard billionths < 0 else { return false }
        let wanted = max(full / ByteAllowance.looks, 1_000_000_000)
        if resumption == nil { stoppedAt = now }
        resumption = now + (wanted - billionths + Int64(perSecond) - 1) / Int64(perSecond)
        return true
    }

    /// Reading goes on; for how long it had stopped.
    func resume(now: Int64) -> Int64 {
        resumption = nil
        return now - stoppedAt
    }

    /// How often in a second, at most, a connection is looked at that sends more than it may.
    private static let looks: Int64 = 8
}

extension Connection {
    /// Whether nothing is read because too much was.
    var isSlowed: Bool { allowance?.resumption != nil }

    /// When its phase must be over. The time for a request stands still while nothing is read of it.
    var runningDeadline: Int64? { isSlowed && (phase == .head || phase == .body) ? nil : phaseDeadline }
}
