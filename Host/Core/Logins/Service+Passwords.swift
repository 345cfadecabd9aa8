import Net
import PatchbayABI

// Hashes of passwords, and logins whose verdict comes later: what becomes of them when a generation ends.
extension Service {
    // MARK: Hashes

    /// Has a hash made, for whatever is being handled.
    ///
    /// - Parameter login: the ticket of its try; 0: none.
    func startHash(
        _ generation: Generation,
        _ password: [UInt8],
        _ task: HashJob.Task,
        login: UInt64,
        ticket: UInt64,
        done: @escaping pb_on_secret,
        context: UnsafeMutableRawPointer?
    ) -> pb_status {
        let facts = unsafe facts(generation, ticket, context)
        let job = unsafe HashJob(facts, password: password, task: task, done: done)
        guard pool.submit(job, of: address(ofLogin: login)) else { return PB_FULL }
        jobs[job.number] = job
        return PB_OK
    }

    /// Whose turn it is; nil: it has no count of its own.
    private func address(ofLogin ticket: UInt64) -> UInt128? {
        if let known = logins.address(of: ticket) { return known }
        if let errand {
            guard case .request(let request) = errand.kind else { return nil }
            let address = Array(request.address.utf8)
            return logins.key(address: address.span)
        }
        guard let address = peers[handled]?.origin.address else { return nil }
        return logins.key(address: address.span)
    }

    // MARK: Logins that are checked

    /// The plugin says who the connection is later.
    func beginCheck(_ peer: Peer) {
        let check = Peer.Check(former: peer.login)
        setLogin(peer, .checking)
        peer.check = check
    }

    /// A login was begun; it may have to be begun once more.
    func noteLogin(_ ticket: UInt64) {
        if let errand {
            errand.logins.append(ticket)
        } else if let check = peers[handled]?.check {
            check.logins.append(ticket)
        } else if handled.bits != 0 {
            begun.append(ticket)
        }
    }

    /// Runs a handler that is about a connection, and about no message of it.
    func attending(_ peer: Peer, _ body: () -> Void) {
        let outer = handled
        handled = peer.handle
        begun = []
        body()
        handled = outer
        if let check = peer.check { check.logins = begun + check.logins }
        begun = []
    }

    /// Keeps the message that the plugin wants to decide on later.
    func keepChecked(_ peer: Peer, _ form: MessageForm, _ message: Span<UInt8>) {
        guard let check = peer.check, check.message == nil else { return }
        check.message = HeldMessages.Message(form: form, bytes: [UInt8](message), batch: nil)
        check.logins = begun + check.logins
        begun = []
    }

    /// The generation that said LATER has ended: the next one gets what it was about, before what waits behind it.
    func checkAgain() {
        for peer in peers.all where peer.isChecking {
            guard peer.upgrade == nil else {
                // Is shown again.
                for ticket in peer.check?.logins ?? [] { logins.withdraw(ticket) }
                continue
            }
            guard let message = undoCheck(peer) else {
                // No message says it again; whoever does not decide now loses the connection in time.
                startLoginTime(peer)
                continue
            }
            peer.held.putBack(message)
            _ = paced.insert(deadline: clock.monotonic, peer.handle)
        }
    }

    /// Takes LATER back, for good: it is no part of a batch. Nil: no message waits for the verdict.
    private func undoCheck(_ peer: Peer) -> HeldMessages.Message? {
        guard let check = peer.check, let message = check.message else { return nil }
        for ticket in check.logins { logins.withdraw(ticket) }
        if case .principal(let name) = check.former { principals[name, default: []].append(peer.handle) }
        peer.login = check.former
        peer.check = nil
        let needsLogin = generation?.endpoints[peer.binding].grammar?.needsLogin == true
        if needsLogin, !peer.isLoggedIn { startLoginTime(peer) }
        return message
    }

    /// The batch in which they were decided is lost: their logins are refused, as its messages are. To check them again
    /// would lose the next batch.
    func refuseAnswered() {
        let handles = answered
        answered = []
        var refused: [(ConnectionHandle, HeldMessages.Message)] = []
        for handle in handles {
            guard let peer = peers[handle], peer.isChecking, let message = undoCheck(peer) else {
                continue
            }
            refused.append((handle, message))
            _ = paced.insert(deadline: clock.monotonic, handle)
        }
        lane.replayed.insert(contentsOf: refused, at: 0)
    }
}
