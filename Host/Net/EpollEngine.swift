import CLinux
import Glibc

/// The engine on epoll, level-triggered: one system call to learn what is ready, one to read, one to write.
@safe package final class EpollEngine: Engine {
    private struct Peer {
        var descriptor: Int32
        var isReceiving: Bool
        var isWriting: Bool
        /// It is gone altogether, which the kernel would say again and again while nothing is received.
        var isUnwatched = false
    }

    private enum Token {
        static let wakeup = UInt64.max
        static let listener = UInt64(1) << 32
    }

    /// Accepts of one listener between two looks at the connections.
    private static let acceptBurst = 64

    private let epoll: Int32
    private let wakeup: Wakeup
    private var peers: [Peer?] = []
    private var listeners: [Int32?] = []
    private var events: UnsafeMutableBufferPointer<epoll_event>
    private var vectors: UnsafeMutableBufferPointer<iovec>
    private var eventCount = 0
    private var eventIndex = 0
    private var accepted = 0
    private var removed: [Int] = []
    private var detached: [(slot: Int, descriptor: Int32)] = []

    override package convenience init() {
        do throws(SystemError) {
            try self.init(events: 512)
        } catch {
            fatalError("\(error): the kernel gives no event queue")
        }
    }

    private init(events count: Int) throws(SystemError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SystemError(call: .epollCreate, code: errno) }
        wakeup = try Wakeup()
        unsafe events = .allocate(capacity: count)
        unsafe vectors = .allocate(capacity: Outbox.mostVectors)
        super.init()
        // Told of each ring once, so that nothing has to be taken back.
        try control(EPOLL_CTL_ADD, wakeup.descriptor, EPOLLIN.rawValue | EPOLLET.rawValue, Token.wakeup)
    }

    deinit {
        for peer in peers { if let peer { System.close(peer.descriptor) } }
        for (_, descriptor) in detached { System.close(descriptor) }
        unsafe events.deallocate()
        unsafe vectors.deallocate()
        wakeup.close()
        System.close(epoll)
    }

    // MARK: Listeners

    override package func listen(_ listener: Int, descriptor: Int32) throws(SystemError) {
        while listeners.count <= listener { listeners.append(nil) }
        listeners[listener] = descriptor
        try control(EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue, Token.listener | UInt64(listener))
    }

    override package func setAccepting(_ listener: Int, _ isOn: Bool) {
        guard listeners.indices.contains(listener), let descriptor = listeners[listener] else { return }
        let interest = isOn ? EPOLLIN.rawValue : 0
        try? control(EPOLL_CTL_MOD, descriptor, interest, Token.listener | UInt64(listener))
    }

    private func accept(_ listener: Int) -> Completion? {
        guard accepted < EpollEngine.acceptBurst, let descriptor = listeners[listener] else {
            accepted = 0
            return nil
        }
        var peer = SocketAddress(host: .unix(""), port: 0)
        do throws(SystemError) {
            guard let connection = try System.accept(descriptor, peer: &peer) else {
                accepted = 0
                return nil
            }
            accepted += 1
            return .accepted(listener: listener, descriptor: connection, peer: peer)
        } catch {
            switch error.code {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                setAccepting(listener, false)
                // This event is over: asked again at once, it would fail again, for ever.
                accepted = EpollEngine.acceptBurst
                return .acceptFailed(listener: listener, error)
            default:
                accepted = 0
                // The peer was gone before it was accepted; the next one waits behind it.
                return nil
            }
        }
    }

    // MARK: Connections

    override package func adopt(_ slot: Int, descriptor: Int32) throws(SystemError) {
        // Not a TCP socket (a Unix one): nothing to switch off.
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        try control(EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue, UInt64(slot))
        while peers.count <= slot { peers.append(nil) }
        peers[slot] = Peer(descriptor: descriptor, isReceiving: true, isWriting: false)
    }

    override package func keepAlive(_ slot: Int) {
        guard let peer = peers[slot] else { return }
        // A first question after a minute of silence, and so many more, ten seconds apart. Not a TCP socket (a Unix
        // one): its end is known at once.
        set(peer.descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        set(peer.descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        set(peer.descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10)
        set(peer.descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    }

    private func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    override package func setReceiving(_ slot: Int, _ isOn: Bool) {
        guard let peer = peers[slot], peer.isReceiving != isOn else { return }
        peers[slot]?.isReceiving = isOn
        setInterest(slot)
    }

    override package func write(_ slot: Int, _ outbox: borrowing Outbox) -> WriteOutcome {
        guard let peer = peers[slot] else { return .failed }
        let count = unsafe outbox.gather(vectors)
        guard count > 0 else { return .written(0) }
        do throws(SystemError) {
            let gathered = unsafe UnsafeMutableBufferPointer(rebasing: vectors[..<count])
            let written = unsafe try System.send(peer.descriptor, gathered) ?? 0
            if written == outbox.count { return .written(written) }
            setWriting(slot, true)
            return .pending(written: written)
        } catch {
            // The read side reports the same end, with all that the peer said before it.
            return .failed
        }
    }

    override package func shutdown(_ slot: Int) {
        guard let peer = peers[slot] else { return }
        _ = Glibc.shutdown(peer.descriptor, Int32(SHUT_WR))
    }

    override package func detach(_ slot: Int) {
        guard let peer = peers[slot] else { return }
        peers[slot] = nil
        // Fails only for a descriptor that is not there, and this one is.
        try? control(EPOLL_CTL_DEL, peer.descriptor, 0, UInt64(slot))
        detached.append((slot, peer.descriptor))
    }

    override package func remove(_ slot: Int) {
        guard let peer = peers[slot] else { return }
        peers[slot] = nil
        System.close(peer.descriptor)
        removed.append(slot)
    }

    private func setWriting(_ slot: Int, _ isOn: Bool) {
        guard let peer = peers[slot], peer.isWriting != isOn else { return }
        peers[slot]?.isWriting = isOn
        setInterest(slot)
    }

    private func setInterest(_ slot: Int) {
        guard let peer = peers[slot] else { return }
        let interest = (peer.isReceiving ? EPOLLIN.rawValue : 0) | (peer.isWriting ? EPOLLOUT.rawValue : 0)
        // Fails only for a descriptor that is not there, and this one is.
        try? control(
            peer.isUnwatched ? EPOLL_CTL_ADD : EPOLL_CTL_MOD,
            peer.descriptor,
            interest,
            UInt64(slot)
        )
        peers[slot]?.isUnwatched = false
    }

    /// Hears nothing of a connection until its interest changes.
    private func unwatch(_ slot: Int, _ descriptor: Int32) {
        try? control(EPOLL_CTL_DEL, descriptor, 0, UInt64(slot))
        peers[slot]?.isUnwatched = true
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ interest: UInt32, _ token: UInt64)
        throws(SystemError)
    {
        var event = unsafe epoll_event(events: interest, data: epoll_data_t(u64: token))
        guard unsafe epoll_ctl(epoll, operation, descriptor, &event) == 0 else {
            throw SystemError(call: .epollControl, code: errno)
        }
    }

    // MARK: Completions

    override package func wait(nanoseconds: Int64?) {
        guard eventIndex == eventCount, removed.isEmpty, detached.isEmpty else { return }
        let timeout = Wakeup.milliseconds(nanoseconds)
        let count = unsafe epoll_wait(epoll, events.baseAddress, Int32(events.count), timeout)
        eventIndex = 0
        eventCount = max(0, Int(count))
    }

    override package func next() -> Completion {
        while eventIndex < eventCount {
            let event = unsafe events[eventIndex]
            let token = unsafe event.data.u64
            if token == Token.wakeup {
                eventIndex += 1
                return .woken
            }
            if token & Token.listener != 0 {
                if let completion = accept(Int(token & 0xffff_ffff)) { return completion }
                eventIndex += 1
                continue
            }
            if let completion = completion(slot: Int(token), events: unsafe event.events) {
                return completion
            }
        }
        if let slot = removed.popLast() { return .removed(slot: slot) }
        if let (slot, descriptor) = detached.popLast() {
            return .detached(slot: slot, descriptor: descriptor)
        }
        return .none
    }

    /// What one event of a connection means; it is done with when it has brought its bytes.
    private func completion(slot: Int, events ready: UInt32) -> Completion? {
        if ready & EPOLLOUT.rawValue != 0, peers[slot]?.isWriting == true {
            setWriting(slot, false)
            unsafe events[eventIndex].events &= ~EPOLLOUT.rawValue
            return .written(slot: slot, count: 0)
        }
        eventIndex += 1
        guard ready & ~EPOLLOUT.rawValue != 0, let peer = peers[slot] else { return nil }
        guard !peer.isReceiving else { return receive(slot, peer.descriptor) }
        if ready & EPOLLERR.rawValue != 0 { return receive(slot, peer.descriptor) }
        if ready & EPOLLHUP.rawValue != 0 { unwatch(slot, peer.descriptor) }
        return nil
    }

    private func receive(_ slot: Int, _ descriptor: Int32) -> Completion? {
        do throws(SystemError) {
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: input[Engine.headroom...])
            switch unsafe try System.receive(descriptor, into: room) {
            case .bytes(let count): return .received(slot: slot, count: count)
            case .wouldBlock: return nil
            case .endOfStream: return .ended(slot: slot, nil)
            }
        } catch {
            return .ended(slot: slot, error)
        }
    }

    override package func wake() { wakeup.ring() }
}

// Handed to its loop's thread; `wake` alone is called from others.
extension EpollEngine: @unchecked Sendable {}
