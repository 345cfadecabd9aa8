// Names that one connection holds: the table's changes as parts of the batch, and the plugin's handlers for them.
extension Service {
    /// Milliseconds that a challenge may last.
    static let longestChallenge: Int64 = 1 << 40

    func claim(_ kind: Int, _ registered: Ledger.ClaimKind, _ name: Span<UInt8>, _ who: ConnectionHandle)
        -> ClaimTable.Answer
    {
        beginClaims()
        defer { noteClaims() }
        return claims.claim(kind, registered.mode, name, who, deadline: now + registered.milliseconds)
    }

    func release(_ kind: Int, _ name: Span<UInt8>, _ who: ConnectionHandle) -> Bool {
        beginClaims()
        defer { noteClaims() }
        return claims.release(kind, name, who)
    }

    func confirm(_ kind: Int, _ name: Span<UInt8>, _ who: ConnectionHandle) -> Bool {
        beginClaims()
        defer { noteClaims() }
        return claims.confirm(kind, name, who)
    }

    func leaveQueues(_ kind: Int, _ who: ConnectionHandle) -> Int {
        beginClaims()
        defer { noteClaims() }
        return claims.leaveQueues(kind, who)
    }

    /// The connection has ended; who waits for its names gets them once no handler runs.
    func releaseClaims(of peer: Peer) {
        beginClaims()
        defer { noteClaims() }
        claims.releaseAll(peer.handle)
    }

    /// Gives what has fallen vacant to those that wait, outside of handlers. What falls vacant by that has its turn
    /// the next time, so that a plugin cannot keep the lane here.
    func settleClaims() {
        guard claims.vacancyCount > 0 else { return }
        for _ in 0..<claims.vacancyCount {
            beginClaims()
            let granted = claims.fill { kind, who in
                generation?.ledger.claimKind(kind)?.mode == .probe && peers[who]?.isClosing == false
            }
            noteClaims()
            guard let granted else { continue }
            generation?.ledger.claimKind(granted.kind)?.granted?.call(granted.holder, granted.name)
        }
    }

    /// Takes names from those that were asked and did not answer in time.
    func expireClaims() {
        guard let next = claims.nextDeadline, next <= now else { return }
        // Those that handlers start now have their turn in the next batch, however short they are.
        for _ in 0..<claims.challengeCount {
            beginClaims()
            // Should this batch not be stored, it is tried again in a second.
            let lost = claims.expire(now: now, again: now + 1000)
            noteClaims()
            guard let lost else { return }
            generation?.ledger.claimKind(lost.kind)?.lost?.call(lost.holder, lost.name)
            settleClaims()
        }
    }

    /// What the generation that takes over has no use for goes.
    func settleClaimKinds(of next: Generation) {
        claims.isNoting = false
        for kind in 0..<claims.kindCount {
            guard let registered = next.ledger.claimKind(kind) else {
                claims.drop(kind)
                continue
            }
            if registered.mode != .probe { claims.endChallenges(kind) }
        }
    }

    private func beginClaims() { claims.isNoting = isDeferred }

    private func noteClaims() {
        guard claims.isNoting else { return }
        for change in claims.noted { undo.append(.claims(change)) }
        claims.forgetNoted()
    }
}
