import Net
import PatchbayABI
import Store

// What happens to connections, handed on to the plugin.
extension Service {
    func open(_ handle: ConnectionHandle, binding: Int, _ origin: Peer.Origin) {
        greet(add(handle, binding: binding, origin))
        replay()
    }

    func add(_ handle: ConnectionHandle, binding: Int, _ origin: Peer.Origin) -> Peer {
        let bucket = limits.rate.map { TokenBucket($0, now: clock.monotonic) }
        let peer = Peer(handle: handle, binding: binding, origin, bucket: bucket)
        peers.insert(peer)
        if isDeferred { undo.append(.opened(peer)) }
        return peer
    }

    /// The connection is open: its time to log in begins, and the plugin hears of it.
    func greet(_ peer: Peer) {
        guard let generation else { return close(peer, code: 1011, "the service is down") }
        let endpoint = generation.endpoints[peer.binding]
        if endpoint.grammar?.needsLogin == true, !peer.isLoggedIn { startLoginTime(peer) }
        if let handler = endpoint.open { attending(peer) { handler.call(peer.handle) } }
        settleClaims()
    }

    /// The connection has the time to log in that the operator, the endpoint or the host gives it.
    func startLoginTime(_ peer: Peer) {
        let ours = generation?.endpoints[peer.binding].grammar?.loginTime
        setLoginTime(peer, (limits.login ?? ours ?? Limits.usualLogin).nanoseconds)
    }

    /// False: it waits for its connection's pace, and is not lost with the batch should that be.
    @discardableResult
    func receive(_ handle: ConnectionHandle, _ form: MessageForm, _ message: Span<UInt8>) -> Bool {
        guard let peer = peers[handle], !peer.isClosing else { return true }
        if peer.isChecking {
            holdForLogin(peer, form, message)
            return true
        }
        guard peer.held.isEmpty, attend(to: peer, form, message) else {
            peer.held.append(HeldMessages.Message(form: form, bytes: [UInt8](message), batch: nil))
            slowDown(peer)
            return false
        }
        settleClaims()
        replay()
        return true
    }

    /// Keeps a message until the login is decided.
    private func holdForLogin(_ peer: Peer, _ form: MessageForm, _ message: Span<UInt8>) {
        let batch = statistics.batches
        if isDeferred { undo.append(.held(peer, batch: batch)) }
        peer.held.append(HeldMessages.Message(form: form, bytes: [UInt8](message), batch: batch))
        // A stream's message may be longer than the limit: its endpoint says how long.
        let longest = max(limits.message, peer.held.longest)
        // Of one that is not read, there come but those that were under way.
        guard peer.pace?.isWaiting != true, peer.held.bytes > longest + Service.mostHeld else { return }
        close(peer, code: 1008, "too many messages before the login was checked")
    }

    /// Bytes that may wait for a login, besides one message of any length.
    private static let mostHeld = 64 << 10

    func closed(_ handle: ConnectionHandle, code: UInt16, reason: Span<UInt8>) {
        guard let peer = peers[handle] else { return }
        // The plugin hears of the end of what it has seen open.
        guard peer.upgrade == nil, !peer.isUnopened else { return forget(peer) }
        finishPaced(peer)
        peer.isClosing = true
        if let handler = generation?.endpoints[peer.binding].close {
            ending = handle
            handler.call(handle, code: code, reason: reason)
            ending = nil
        }
        forget(peer)
        settleClaims()
        replay()
    }

    /// Takes a connection out of everything.
    func forget(_ peer: Peer) {
        for room in peer.rooms.reversed() {
            if isDeferred { undo.append(.left(room: rooms.name(room), number: room, peer)) }
            _ = rooms.leave(room, peer)
        }
        releaseClaims(of: peer)
        setLogin(peer, .none)
        peers.remove(peer)
        if isDeferred { undo.append(.forgotten(peer)) }
    }

    /// Hands on what waited for logins that are decided now, and for tokens that there are.
    func replay() {
        openAdmitted()
        while let handle = replays.popLast() {
            if let peer = peers[handle] { replay(peer) }
            openAdmitted()
        }
    }

    func replay(_ peer: Peer) {
        while !peer.isChecking, !peer.isClosing, let held = peer.held.popFirst() {
            guard attend(to: peer, held.form, held.bytes.span) else {
                peer.held.putBack(held)
                return slowDown(peer)
            }
            settleClaims()
            // One that came with this very batch is refused with that, should it be lost.
            if isDeferred, held.batch != statistics.batches { lane.replayed.append((peer.handle, held)) }
        }
        speedUp(peer)
    }

    /// False: it must wait for its connection's pace; nothing has been done with it.
    private func attend(to peer: Peer, _ form: MessageForm, _ message: Span<UInt8>) -> Bool {
        let outer = handled
        handled = peer.handle
        defer { handled = outer }
        if !begun.isEmpty { begun = [] }
        guard dispatch(peer, form, message) else { return false }
        if peer.isChecking { keepChecked(peer, form, message) }
        return true
    }

    private func dispatch(_ peer: Peer, _ form: MessageForm, _ message: Span<UInt8>) -> Bool {
        guard let generation else { return true }
        statistics.messages += 1
        let endpoint = generation.endpoints[peer.binding]
        let grammar = endpoint.grammar ?? Grammar()
        var arrival = Arrival(peer: peer, form: form, endpoint: endpoint)
        guard grammar.maximum == 0 || message.count <= grammar.maximum else {
            _ = takeToken(peer)
            refuse(arrival, message, PB_REFUSED_SIZE)
            return true
        }
        switch grammar.read(message, scratch: &scratch) {
        case .malformed:
            _ = takeToken(peer)
            guard let handler = endpoint.malformed else { return true }
            arrival.call(handler, message, type: message.extracting(0..<0))
            return true
        case .message(let type, let payload):
            arrival.payload = payload
            return deliver(arrival, grammar, message, type: message.extracting(type))
        case .escapedType(let payload):
            arrival.payload = payload
            let type = scratch
            return deliver(arrival, grammar, message, type: type.span)
        }
    }

    private func deliver(
        _ arrival: borrowing Arrival,
        _ grammar: Grammar,
        _ message: Span<UInt8>,
        type: Span<UInt8>
    ) -> Bool {
        let known = arrival.endpoint.types.place(of: type).map { arrival.endpoint.messages[$0] }
        if let known, known.isPaced, !mayPass(arrival.peer) {
            statistics.messages -= 1
            return false
        }
        deliver(arrival, known, grammar, message, type: type)
        return true
    }

    private func deliver(
        _ arrival: borrowing Arrival,
        _ known: Ledger.MessageType?,
        _ grammar: Grammar,
        _ message: Span<UInt8>,
        type: Span<UInt8>
    ) {
        let peer = arrival.peer
        if known?.isCounted == true, !takeToken(peer) {
            return refuse(arrival, message, type: type, PB_REFUSED_RATE)
        }
        if grammar.needsLogin, !peer.isLoggedIn, known?.isLogin != true {
            return refuse(arrival, message, type: type, PB_REFUSED_LOGIN)
        }
        guard let known else {
            guard let handler = arrival.endpoint.unknown else { return }
            return arrival.call(handler, message, type: type)
        }
        if known.needsLogin, !peer.isLoggedIn || known.needsPrincipal && peer.login == .guest {
            return refuse(arrival, message, type: type, PB_REFUSED_LOGIN)
        }
        if known.maximum > 0, message.count > known.maximum {
            return refuse(arrival, message, type: type, PB_REFUSED_SIZE)
        }
        arrival.call(known.handler, message, type: type)
    }

    private func takeToken(_ peer: Peer) -> Bool { peer.bucket?.take(now: clock.monotonic) ?? true }

    private func refuse(_ arrival: borrowing Arrival, _ message: Span<UInt8>, _ refusal: pb_refusal) {
        refuse(arrival, message, type: message.extracting(0..<0), refusal)
    }

    private func refuse(
        _ arrival: borrowing Arrival,
        _ message: Span<UInt8>,
        type: Span<UInt8>,
        _ refusal: pb_refusal
    ) {
        statistics.refused += 1
        guard let handler = arrival.endpoint.refused else { return }
        arrival.call(handler, message, type: type, refusal: refusal)
    }

    /// Tells the plugin that a message it had handled is not in force. False: it has no words for that.
    func refuseUnstored(_ handle: ConnectionHandle, _ form: MessageForm, _ message: Span<UInt8>) -> Bool {
        guard let peer = peers[handle], let generation else { return false }
        let endpoint = generation.endpoints[peer.binding]
        guard endpoint.refused != nil else { return false }
        let grammar = endpoint.grammar ?? Grammar()
        var arrival = Arrival(peer: peer, form: form, endpoint: endpoint)
        switch grammar.read(message, scratch: &scratch) {
        case .malformed:
            refuse(arrival, message, PB_REFUSED_STORE)
        case .message(let type, let payload):
            arrival.payload = payload
            refuse(arrival, message, type: message.extracting(type), PB_REFUSED_STORE)
        case .escapedType(let payload):
            arrival.payload = payload
            let type = scratch
            refuse(arrival, message, type: type.span, PB_REFUSED_STORE)
        }
        settleClaims()
        return true
    }
}

/// A message on its way into a handler.
private struct Arrival: ~Copyable {
    let peer: Peer
    let form: MessageForm
    let endpoint: Ledger.Endpoint
    var payload = 0..<0

    init(peer: Peer, form: MessageForm, endpoint: Ledger.Endpoint) {
        self.peer = peer
        self.form = form
        self.endpoint = endpoint
    }

    func call(_ handler: MessageHandler, _ message: Span<UInt8>, type: Span<UInt8>) {
        unsafe with(message, type) { unsafe handler.function(handler.context, peer.handle.plugin, $0) }
    }

    func call(
        _ handler: RefusedHandler,
        _ message: Span<UInt8>,
        type: Span<UInt8>,
        refusal: pb_refusal
    ) {
        unsafe with(message, type) {
            unsafe handler.function(handler.context, peer.handle.plugin, $0, refusal.rawValue)
        }
    }

    private func with(
        _ message: Span<UInt8>,
        _ type: Span<UInt8>,
        _ body: (UnsafePointer<pb_message>) -> Void
    ) {
        unsafe message.withPluginBytes { bytes in
            unsafe type.withPluginBytes { type in
                let part = unsafe UnsafeBufferPointer(rebasing: bytes.buffer[payload])
                var view = unsafe pb_message(
                    size: UInt32(MemoryLayout<pb_message>.size),
                    kind: UInt32(form.rawValue),
                    body: bytes,
                    type: type,
                    payload: pb_bytes(part)
                )
                unsafe body(&view)
            }
        }
    }
}
