import Net

// `limit queries`: a paced message for which there is no token waits, and all that come after it; meanwhile its
// connection is not read. So what waits is what was under way: nobody can make it grow.
extension Service {
    /// Whether a paced message may be handled now.
    func mayPass(_ peer: Peer) -> Bool {
        guard let rate = limits.queries else { return true }
        let pace = peer.pace ?? Pace(TokenBucket(rate, now: clock.monotonic))
        peer.pace = pace
        return pace.isOver || pace.bucket.take(now: clock.monotonic)
    }

    /// The first of the peer's messages that wait is one for which there was no token.
    func slowDown(_ peer: Peer) {
        guard let pace = peer.pace else { return }
        if !pace.isWaiting {
            pace.isWaiting = true
            tellLoop(peer, isPaced: true)
        }
        schedule(peer, pace, after: pace.bucket.wait)
    }

    /// Nothing of the peer's waits any more.
    func speedUp(_ peer: Peer) {
        guard let pace = peer.pace, pace.isWaiting, peer.held.isEmpty, !peer.isClosing else { return }
        pace.isWaiting = false
        tellLoop(peer, isPaced: false)
    }

    /// Sees to it that those whose token has come are looked at.
    func wakePaced() {
        guard paced.count > 0 else { return }
        while let handle = paced.popDue(clock.monotonic) {
            guard let peer = peers[handle] else { continue }
            peer.pace?.isScheduled = false
            replays.append(handle)
        }
    }

    /// Looks at a peer again, of whom something was taken back.
    func lookAgain(at peer: Peer) {
        guard let pace = peer.pace, pace.isWaiting else { return }
        schedule(peer, pace, after: 0)
    }

    /// Handles what waits, as its sender will say nothing more.
    func finishPaced(_ peer: Peer) {
        guard let pace = peer.pace, pace.isWaiting else { return }
        pace.isOver = true
        replay(peer)
    }

    private func schedule(_ peer: Peer, _ pace: Pace, after time: Int64) {
        guard !pace.isScheduled else { return }
        pace.isScheduled = true
        _ = paced.insert(deadline: clock.monotonic + time, peer.handle)
    }

    /// At once, also in a batch that is not stored yet: it says nothing to the peer.
    private func tellLoop(_ peer: Peer, isPaced: Bool) {
        var outgoing = Outgoing()
        outgoing.append(.pace(peer.handle, isPaced: isPaced))
        lane.deliver(&outgoing, to: peer.handle.loop)
    }
}

extension TokenBucket {
    /// Full at `now`.
    init(_ rate: Limits.Rate, now: Int64) {
        self.init(perSecond: rate.perSecond, burst: rate.burst, now: now)
    }
}
