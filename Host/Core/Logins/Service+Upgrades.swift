import PatchbayABI
import Wire

/// The request by which a connection comes, while the plugin thinks about it.
final class ShownUpgrade {
    let request: Request
    let number: Int  // counts up
    var isShown = false  // to the instance that runs

    init(_ request: Request, number: Int) {
        self.request = request
        self.number = number
    }
}

// Connections that open when the plugin says so. Until then they have a peer, which nothing but a verdict and a state can
// be given to; their loop waits, for a minute at the most.
extension Service {
    func upgrade(_ request: Request) {
        guard let origin = request.origin else { return }
        guard generation != nil else { return turnAway(request.handle, "the service is down") }
        let peer = add(request.handle, binding: request.binding, origin)
        lastUpgrade += 1
        peer.upgrade = ShownUpgrade(request, number: lastUpgrade)
        show(peer)
        replay()
    }

    /// Shows a new instance those that the one before had not decided about.
    func showUpgradesAgain() {
        for peer in peers.all { peer.upgrade?.isShown = false }
        showUpgrades()
    }

    /// The same after a batch was lost, in one of its own: should that be lost, too, nobody else's is.
    func showUpgradesLater() {
        guard peers.all.contains(where: { $0.upgrade != nil }) else { return }
        for peer in peers.all { peer.upgrade?.isShown = false }
        perform { $0.showUpgrades() }
    }

    private func showUpgrades() {
        let waiting = peers.all.filter { $0.upgrade?.isShown == false }
        for peer in waiting.sorted(by: { ($0.upgrade?.number ?? 0) < ($1.upgrade?.number ?? 0) }) {
            setLogin(peer, .none)
            show(peer)
        }
    }

    /// What the plugin does not decide opens as it does where nobody asks.
    private func show(_ peer: Peer) {
        guard let upgrade = peer.upgrade, let generation else { return }
        guard let handler = generation.endpoints[peer.binding].auth else { return admit(peer) }
        statistics.messages += 1
        upgrade.isShown = true
        if isDeferred { undo.append(.shown(peer)) }
        attending(peer) { handler.call(peer.handle, upgrade.request) }
        if !peer.isChecking { admit(peer) }
    }

    // MARK: Verdicts

    /// Lets a connection in, unless that is decided already. The plugin hears of it when the handler at hand has returned.
    func admit(_ peer: Peer) {
        guard decide(peer) else { return }
        peer.isUnopened = true
        admitted.append(peer.handle)
        if let loop = direct(peer.handle) {
            loop.admit(peer.handle)
        } else {
            outgoing[peer.handle.loop].append(.admit(peer.handle))
        }
    }

    /// Does not let a connection in: that is the last of it.
    func reject(_ peer: Peer, _ failure: HTTPFailure) {
        guard decide(peer) else { return }
        forget(peer)
        if let loop = direct(peer.handle) {
            loop.turnAway(peer.handle, failure)
        } else {
            outgoing[peer.handle.loop].append(.turnAway(peer.handle, failure))
        }
    }

    /// False: that has been done.
    private func decide(_ peer: Peer) -> Bool {
        guard let upgrade = peer.upgrade else { return false }
        if isDeferred { undo.append(.decided(peer, upgrade)) }
        peer.upgrade = nil
        statistics.sent += 1
        return true
    }

    /// Tells the plugin that those which it has let in are open, in that order.
    func openAdmitted() {
        guard !admitted.isEmpty else { return }
        var next = 0
        while next < admitted.count {
            let handle = admitted[next]
            next += 1
            guard let peer = peers[handle], peer.isUnopened, !peer.isClosing else { continue }
            peer.isUnopened = false
            greet(peer)
        }
        admitted.removeAll(keepingCapacity: true)
    }

    // MARK: Failures

    /// Turns away connections about which the plugin cannot decide any more, or whose verdict was not stored.
    func turnAway(_ peers: [Peer], _ sentence: String) {
        for peer in peers {
            peer.upgrade = nil
            self.peers.remove(peer)
            turnAway(peer.handle, sentence)
        }
    }

    /// At once, also in a batch that is lost: it changes nothing but what the client hears.
    private func turnAway(_ handle: ConnectionHandle, _ sentence: String) {
        var outgoing = Outgoing()
        outgoing.append(.turnAway(handle, HTTPFailure(.serviceUnavailable, sentence)))
        lane.deliver(&outgoing, to: handle.loop)
    }
}

extension Undo {
    /// Whose upgrade it is about.
    var upgrading: Peer? {
        switch self {
        case .shown(let peer), .decided(let peer, _): peer
        default: nil
        }
    }
}
