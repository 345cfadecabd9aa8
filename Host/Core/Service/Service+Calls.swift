import Net
import PatchbayABI

// What a plugin asks of its connections, rooms and principals. Answers are those of patchbay.h.
extension Service {
    /// The loop that lies under this lane, when output may go straight to it.
    func direct(_ handle: ConnectionHandle) -> Loop? {
        guard !isDeferred, let loop = lane.loop, loop.index == handle.loop else { return nil }
        return loop
    }

    func send(_ handle: ConnectionHandle, _ form: MessageForm, _ message: Span<UInt8>) -> pb_status {
        guard let peer = peers[handle], !peer.isClosing else { return PB_GONE }
        guard peer.upgrade == nil else { return PB_DENIED }
        statistics.sent += 1
        if let loop = direct(handle) {
            guard loop.send(handle, form, message) else {
                peer.isClosing = true
                return PB_FULL
            }
            return PB_OK
        }
        outgoing[handle.loop].send(handle, form, message)
        return PB_OK
    }

    func close(_ peer: Peer, code: UInt16, _ reason: String) {
        close(peer, code: code, Array(reason.utf8).span)
    }

    func close(_ peer: Peer, code: UInt16, _ reason: Span<UInt8>) {
        guard !peer.isClosing else { return }
        if isDeferred { undo.append(.closing(peer, held: peer.held)) }
        peer.isClosing = true
        peer.held = HeldMessages()
        if let loop = direct(peer.handle) {
            loop.close(peer.handle, code: code, reason)
        } else {
            outgoing[peer.handle.loop].close(peer.handle, code: code, reason)
        }
    }

    /// Has the loop end a connection whose peer has left already.
    func conclude(_ handle: ConnectionHandle) {
        if let loop = direct(handle) {
            loop.conclude(handle)
        } else {
            outgoing[handle.loop].append(.conclude(handle))
        }
    }

    func setState(_ peer: Peer, version: UInt32, _ bytes: [UInt8]) {
        if isDeferred { undo.append(.state(peer, version: peer.stateVersion, bytes: peer.state)) }
        peer.stateVersion = version
        peer.state = bytes
    }

    // MARK: Logins

    /// Decides who a connection is. PB_FULL: the principal has as many connections as it may.
    func logIn(_ peer: Peer, _ login: Peer.Login) -> pb_status {
        if case .principal(let principal) = login, peer.login != login,
            let most = limits.connectionsPerPrincipal, openCount(of: principal) >= most
        {
            return PB_FULL
        }
        if login == .checking, !peer.isChecking { beginCheck(peer) } else { setLogin(peer, login) }
        switch login {
        case .none: break
        // The time does not run while the plugin is checking, nor before the connection is open.
        case .checking: if peer.upgrade == nil { setLoginTime(peer, nil) }
        case .guest, .principal: if peer.upgrade == nil { loggedIn(peer) } else { admit(peer) }
        }
        return PB_OK
    }

    /// Those that are being closed, as when a newer login takes their place, count no more.
    private func openCount(of principal: [UInt8]) -> Int {
        principals[principal]?.count { peers[$0]?.isClosing == false } ?? 0
    }

    /// Says who it is, in the table of principals too.
    func setLogin(_ peer: Peer, _ login: Peer.Login) {
        guard peer.login != login else { return }
        if isDeferred { undo.append(.login(peer, peer.login, peer.check)) }
        peer.check = nil
        if case .principal(let old) = peer.login {
            principals[old]?.removeAll { $0 == peer.handle }
            if principals[old]?.isEmpty == true { principals[old] = nil }
        }
        if case .principal(let new) = login { principals[new, default: []].append(peer.handle) }
        peer.login = login
    }

    /// Gives the connection so much time to log in, in nanoseconds; nil: it has.
    func setLoginTime(_ peer: Peer, _ time: Int64?) {
        if let loop = direct(peer.handle) {
            loop.setLoginTime(peer.handle, time)
        } else {
            outgoing[peer.handle.loop].append(.loginTime(peer.handle, time))
        }
    }

    /// A login is about to be checked. Nil: too many have failed.
    func beginLogin(_ account: Span<UInt8>, _ address: Span<UInt8>) -> UInt64? {
        let ticket = logins.begin(account: account, address: address, now: clock.monotonic)
        if let ticket { noteLogin(ticket) } else { statistics.throttledLogins += 1 }
        return ticket
    }

    /// False: there is no such login, or it was settled before.
    func settleLogin(_ ticket: UInt64, hasSucceeded: Bool) -> Bool {
        logins.settle(ticket, hasSucceeded: hasSucceeded, now: clock.monotonic)
    }

    /// The time for logging in stops, and what waited goes on.
    private func loggedIn(_ peer: Peer) {
        setLoginTime(peer, nil)
        if !peer.held.isEmpty { replays.append(peer.handle) }
    }

    // MARK: Rooms

    func join(_ room: Span<UInt8>, _ peer: Peer) -> pb_status {
        guard let number = rooms.join(room, peer) else { return PB_EXISTS }
        if isDeferred { undo.append(.joined(room: [UInt8](room), peer)) }
        let key = RoomKey(service: self.number, room: number)
        if let loop = direct(peer.handle) {
            loop.join(key, peer.handle)
        } else {
            outgoing[peer.handle.loop].append(.join(key, peer.handle))
        }
        return PB_OK
    }

    func leave(_ room: Span<UInt8>, _ peer: Peer) -> pb_status {
        guard let number = rooms.number(of: room), rooms.leave(number, peer) else { return PB_INVALID }
        if isDeferred { undo.append(.left(room: [UInt8](room), number: number, peer)) }
        let key = RoomKey(service: self.number, room: number)
        if let loop = direct(peer.handle) {
            loop.leave(key, peer.handle)
        } else {
            outgoing[peer.handle.loop].append(.leave(key, peer.handle))
        }
        return PB_OK
    }

    /// One item for each loop, whatever the number of members. Answers how many members there are.
    func publish(
        _ room: Span<UInt8>,
        _ form: MessageForm,
        _ message: Span<UInt8>,
        except: Span<ConnectionHandle>
    ) -> Int {
        guard let number = rooms.number(of: room) else { return 0 }
        let key = RoomKey(service: self.number, room: number)
        let members = rooms.count(number)
        statistics.sent += members
        for index in outgoing.indices {
            if !isDeferred, let loop = lane.loop, loop.index == index {
                loop.publish(key, form, message, except: except)
            } else {
                outgoing[index].publish(key, form, message, except: except)
            }
        }
        return members
    }

    // MARK: Timers

    /// Milliseconds; more is as good as never, and leaves room to count.
    private static let longestTimer: Int64 = 1 << 40

    /// Starts a timer anew; `milliseconds` from now.
    func startTimer(_ key: TimerKey, milliseconds: Int64) {
        noteTimer(key)
        if let id = timerIds[key] { timers.cancel(id) }
        timerIds[key] = timers.insert(deadline: now + min(max(milliseconds, 0), Service.longestTimer), key)
    }

    func stopTimer(_ key: TimerKey) -> Bool {
        noteTimer(key)
        guard let id = timerIds.removeValue(forKey: key) else { return false }
        return timers.cancel(id)
    }

    func timerLeft(_ key: TimerKey) -> Int64? {
        guard let id = timerIds[key], let deadline = timers.deadline(of: id) else { return nil }
        return max(deadline - now, 0)
    }

    private func noteTimer(_ key: TimerKey) {
        guard isDeferred else { return }
        undo.append(.timer(key, deadline: timerIds[key].flatMap { timers.deadline(of: $0) }))
    }

    /// Calls the handlers of the timers that are due. True: some were.
    func fireTimers() -> Bool {
        var hasFired = false
        // Those that handlers start now have their turn in the next batch, however soon they are due.
        var left = timers.count
        while left > 0, let key = timers.popDue(now) {
            left -= 1
            timerIds[key] = nil
            hasFired = true
            guard let handler = generation?.ledger.timers[key.name] else { continue }
            // Should this batch not be stored, it is tried again in a second.
            if isDeferred { undo.append(.timer(key, deadline: now + 1000)) }
            handler.call(key.key)
            settleClaims()
        }
        return hasFired
    }
}
