import PatchbayKit

/// States that have ended are not read any more; once in a while they are removed.
extension FireService {
    private static let timer = "expiry"
    private static let interval: Int64 = 60_000

    static func registerExpiry(_ setup: Setup<FireService>) {
        setup.onTimer(timer) { fire, _ in fire.expire() }
    }

    /// There may be states that end.
    func startExpiry(after milliseconds: Int64 = interval) {
        guard host.timerLeft(Self.timer) == nil else { return }
        host.startTimer(Self.timer, milliseconds: milliseconds)
    }

    /// There are states of before that end. What has ended meanwhile goes at once, but a store that has just failed is
    /// left alone for a while.
    func resumeExpiry(_ start: Setup<FireService>.Start) {
        startExpiry(after: start == .recovery ? Self.interval : 1)
    }

    /// Removes a part of what has ended, so that nobody waits for all of it.
    private func expire() {
        do throws(StoreError) {
            let removed = try stateRecords.expire(now: host.wallMilliseconds)
            let haveEnds = try stateRecords.haveEnds()
            guard haveEnds else { return }
            host.startTimer(Self.timer, milliseconds: removed > 0 ? 1 : Self.interval)
        } catch {
            // The log has the reason already.
            host.startTimer(Self.timer, milliseconds: Self.interval)
        }
    }
}
