import Net
import PatchbayABI
import Store

// What happens to connections, handed on to the plugin.
extension Service {
    func open(_ handle: ConnectionHandle, binding: Int, _ origin: Peer.Origin) {
        let bucket = limits.rate.map {
            TokenBucket(perSecond: $0.perSecond, burst: $0.burst, now: clock.monotonic)
        }
        let peer = Peer(handle: handle, binding: binding, origin, bucket: bucket)
        peers.insert(peer)
        if isDeferred { undo.append(.opened(peer)) }
        guard let generation else { return close(peer, code: 1011, "the service is down") }
        let endpoint = generation.endpoints[binding]
        if let grammar = endpoint.grammar, grammar.needsLogin {
            setLoginTime(peer, (limits.login ?? grammar.loginTime ?? Limits.usualLogin).nanoseconds)
        }
        guard let handler = endpoint.open else { return }
        handler.call(handle)
        replay()
    }

    func receive(_ handle: ConnectionHandle, _ form: MessageForm, _ message: Span<UInt8>) {
        guard let peer = peers[handle], !peer.isClosing else { return }
        if peer.login == .checking || !peer.held.isEmpty {
            return hold(peer, form, message)
        }
        dispatch(peer, form, message)
        replay()
    }

    /// Keeps a message until the login is decided.
    private func hold(_ peer: Peer, _ form: MessageForm, _ message: Span<UInt8>) {
        if isDeferred { undo.append(.held(peer, count: peer.held.count)) }
        peer.heldBytes += message.count + Peer.HeldMessage.overhead
        guard peer.heldBytes <= limits.message + Service.mostHeld else {
            return close(peer, code: 1008, "too many messages before the login was checked")
        }
        let batch = statistics.batches
        peer.held.append(Peer.HeldMessage(form: form, bytes: [UInt8](message), batch: batch))
    }

    /// Bytes that may wait for a login, besides one message of any length.
    private static let mostHeld = 64 << 10

    func closed(_ handle: ConnectionHandle, code: UInt16, reason: Span<UInt8>) {
        guard let peer = peers[handle] else { return }
        peer.isClosing = true
        if let handler = generation?.endpoints[peer.binding].close {
            handler.call(handle, code: code, reason: reason)
        }
        forget(peer)
        replay()
    }

    /// Takes a connection out of everything.
    func forget(_ peer: Peer) {
        for room in peer.rooms {
            if isDeferred { undo.append(.left(room: rooms.name(room), number: room, peer)) }
            _ = rooms.leave(room, peer)
        }
        setLogin(peer, .none)
        peers.remove(peer)
        if isDeferred { undo.append(.forgotten(peer)) }
    }

    /// Hands on what waited for logins that are decided now.
    func replay() {
        while let handle = replays.popLast() {
            guard let peer = peers[handle] else { continue }
            while peer.login != .checking, !peer.isClosing, !peer.held.isEmpty {
                let held = peer.held.removeFirst()
                peer.heldBytes -= held.bytes.count + Peer.HeldMessage.overhead
                // One that came with this very batch is refused with that, should it be lost.
                if isDeferred, held.batch != statistics.batches { lane.replayed.append((handle, held)) }
                dispatch(peer, held.form, held.bytes.span)
            }
        }
    }

    private func dispatch(_ peer: Peer, _ form: MessageForm, _ message: Span<UInt8>) {
        guard let generation else { return }
        statistics.messages += 1
        let endpoint = generation.endpoints[peer.binding]
        let grammar = endpoint.grammar ?? Grammar()
        var arrival = Arrival(peer: peer, form: form, endpoint: endpoint)
        guard grammar.maximum == 0 || message.count <= grammar.maximum else {
            _ = takeToken(peer)
            return refuse(arrival, message, PB_REFUSED_SIZE)
        }
        switch grammar.read(message, scratch: &scratch) {
        case .malformed:
            _ = takeToken(peer)
            guard let handler = endpoint.malformed else { return }
            arrival.call(handler, message, type: message.extracting(0..<0))
        case .message(let type, let payload):
            arrival.payload = payload
            deliver(arrival, grammar, message, type: message.extracting(type))
        case .escapedType(let payload):
            arrival.payload = payload
            let type = scratch
            deliver(arrival, grammar, message, type: type.span)
        }
    }

    private func deliver(
        _ arrival: Arrival,
        _ grammar: Grammar,
        _ message: Span<UInt8>,
        type: Span<UInt8>
    ) {
        let peer = arrival.peer
        let endpoint = arrival.endpoint
        let known = endpoint.types.place(of: type).map { endpoint.messages[$0] }
        if known?.isCounted == true, !takeToken(peer) {
            return refuse(arrival, message, type: type, PB_REFUSED_RATE)
        }
        if grammar.needsLogin, !peer.isLoggedIn, known?.isLogin != true {
            return refuse(arrival, message, type: type, PB_REFUSED_LOGIN)
        }
        guard let known else {
            guard let handler = endpoint.unknown else { return }
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

    private func refuse(_ arrival: Arrival, _ message: Span<UInt8>, _ refusal: pb_refusal) {
        refuse(arrival, message, type: message.extracting(0..<0), refusal)
    }

    private func refuse(
        _ arrival: Arrival,
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
        return true
    }
}

/// A message on its way into a handler.
private struct Arrival {
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
