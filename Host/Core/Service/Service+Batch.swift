import Net
import PatchbayABI
import Store

// A batch of the lane is one transaction: what it sends leaves when it is committed, or not at all.
extension Service {
    /// Ends a batch. False: it could not be stored, and nothing of it is in force.
    func endBatch() -> Bool {
        statistics.batches += 1
        let hasWritten = database?.isInTransaction == true
        do throws(StoreError) {
            try database?.commitBatch()
        } catch {
            recover(from: error)
            return false
        }
        if hasWritten { statistics.commits += 1 }
        undo.removeAll(keepingCapacity: true)
        answered.removeAll(keepingCapacity: true)
        deliver()
        return true
    }

    /// Hands what waited to the loops, and gives the answers that waited.
    func deliver() {
        for index in outgoing.indices where !outgoing[index].isEmpty {
            lane.deliver(&outgoing[index], to: index)
        }
        let given = answers
        answers = []
        for (ticket, answer) in given { tickets.removeValue(forKey: ticket)?(answer) }
    }

    /// Takes back everything since the last commit, in the store and in what the host keeps.
    func takeBack() {
        if let database {
            do throws(StoreError) {
                try database.rollbackBatch()
            } catch {
                log.write(.error, "\(error)", ["service": name])
            }
        }
        for index in outgoing.indices { outgoing[index].removeAll() }
        answers = []
        let changes = undo
        undo = []
        for change in changes.reversed() { takeBack(change) }
        undo = []
    }

    private func takeBack(_ change: Undo) {
        switch change {
        case .state(let peer, let version, let bytes):
            peer.stateVersion = version
            peer.state = bytes
        case .login(let peer, let login, let check):
            if peers[peer.handle] != nil { setLogin(peer, login) }
            peer.check = check
            lookAgain(at: peer)
        case .closing(let peer, let held):
            peer.isClosing = false
            peer.held = held
            lookAgain(at: peer)
        case .held(let peer, let batch):
            peer.held.remove(batch: batch)
            lookAgain(at: peer)
        case .opened(let peer): peers.remove(peer)
        case .shown: break  // `recover` sees to it
        case .decided(let peer, let upgrade):
            peer.upgrade = upgrade
            peer.isUnopened = false
        case .forgotten(let peer): peers.insert(peer)
        case .joined(let room, let peer):
            if let number = rooms.number(of: room.span) { _ = rooms.leave(number, peer) }
        case .left(let room, let number, let peer):
            if peers[peer.handle] != nil { _ = rooms.join(room.span, peer, former: number) }
        case .asked(let ticket): requests[ticket] = nil
        case .answered(let ticket, let request): requests[ticket] = request
        case .claims(let change): claims.takeBack(change)
        case .timer(let key, let deadline):
            if let id = timerIds.removeValue(forKey: key) { timers.cancel(id) }
            if let deadline { timerIds[key] = timers.insert(deadline: deadline, key) }
        }
    }

    /// After a batch that could not be stored: nothing of it is in force, and the instance, which believes
    /// otherwise, is replaced by one that starts from the store.
    private func recover(from error: StoreError) {
        statistics.failedBatches += 1
        log.write(.error, "a batch was not stored: \(error)", ["service": name])
        let lost = undo.compactMap(\.upgrading)
        takeBack()
        turnAway(lost, "temporary failure: nothing was changed")
        refuseAnswered()
        restart(reason: "its store failed: \(error)")
        // The new instance knows nothing of the calls that the old one had.
        let calls = tickets
        tickets = [:]
        for answer in calls.values { answer(.failure(CallError("nothing was changed: \(error)"))) }
        refuseRequests()
        showUpgradesLater()
    }

    /// Puts a new instance of the same generation in the place of one that cannot go on.
    private func restart(reason: String) {
        guard let old = generation else { return }
        old.destroy()
        let next = Generation(number: old.number, library: old.library, service: self, options: old.options)
        generation = next
        next.statements = database.map { StatementAccess($0) }
        let refusal = next.create(start: PB_RECOVERY, restored: [], version: old.plugin.stateVersion)
        if let refusal = refusal ?? commit() {
            goDown("it could not be made anew after \(reason): \(refusal)")
        } else {
            next.phase = .running
            checkAgain()
        }
    }

    /// The service ends; its connections hear so. A reload starts it again.
    func goDown(_ reason: String) {
        log.write(.error, "the service is down: \(reason)", ["service": name])
        takeBack()
        generation?.destroy()
        generation = nil
        turnAway(peers.all.filter { $0.upgrade != nil }, "the service is down")
        for peer in peers.all { close(peer, code: 1011, "the service is down") }
        refuseRequests()
    }
}
