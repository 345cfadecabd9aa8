import Net
import Synchronization

// New connections: who takes them, and who may come.
extension Loop {
    /// Connections go to the loop that has the fewest: they stay for long, so numbers are what balances.
    func handRound(_ descriptor: Int32, _ listener: Listener, _ peer: SocketAddress) {
        var target = self
        var least = load.load(ordering: .relaxed)
        for loop in peers where loop !== self {
            let count = loop.load.load(ordering: .relaxed)
            if count < least { (target, least) = (loop, count) }
        }
        target.load.add(1, ordering: .relaxed)
        if target === self { return adopt(descriptor, listener, peer) }
        let adopted = Adopted(descriptor: descriptor, listener: listener, peer: peer)
        target.submit { $0.adopted.append(adopted) }
    }

    func adopt(_ descriptor: Int32, _ listener: Listener, _ peer: SocketAddress) {
        guard let handle = place(descriptor) else { return }
        let connection = Connection(handle: handle, listener: listener, peer: peer, now: now)
        connections[handle.slot] = connection
        begin(connection)
        // Another loop accepted it for this one before it stopped, too.
        if !isAccepting { ended(connection) }
    }

    /// Gives a descriptor, which `load` counts already, a slot. Nil: there is no room, and it is closed.
    func place(_ descriptor: Int32) -> ConnectionHandle? {
        let slot = free.popLast() ?? connections.count
        do throws(SystemError) {
            guard slot < ConnectionHandle.mostSlots else { throw SystemError(call: .accept, code: 24) }
            try engine.adopt(slot, descriptor: descriptor)
            return handle(of: slot)
        } catch {
            load.subtract(1, ordering: .relaxed)
            if slot < connections.count { free.append(slot) }
            ListeningSocket.refuse(descriptor)
            log.write(.warning, "a connection could not be taken in: \(error)")
            return nil
        }
    }

    /// A slot for a session, which has no descriptor. Nil: there is no room.
    func placeSession() -> ConnectionHandle? {
        let slot = free.popLast() ?? connections.count
        guard slot < ConnectionHandle.mostSlots else { return nil }
        load.add(1, ordering: .relaxed)
        return handle(of: slot)
    }

    /// A handle for the slot's next life.
    private func handle(of slot: Int) -> ConnectionHandle {
        if slot == connections.count {
            connections.append(nil)
            generations.append(0)
        }
        generations[slot] &+= 1
        if generations[slot] == 0 { generations[slot] = 1 }
        return ConnectionHandle(loop: index, slot: slot, generation: generations[slot])
    }

    private func begin(_ connection: Connection) {
        if connection.listener.configuration.hasProxyProtocol { return beginProxy(connection) }
        guard admit(connection) else { return }
        beginLayers(connection)
    }

    /// TLS first, where the listener has it.
    func beginLayers(_ connection: Connection) {
        if let security = connection.listener.security {
            security.rotate()
            beginTLS(connection, security.context)
        } else {
            beginProtocol(connection)
        }
    }

    /// What the listener is for.
    func beginProtocol(_ connection: Connection) {
        if let target = connection.listener.stream {
            openStream(connection, target)
        } else {
            beginRequests(connection)
        }
    }

    /// Counts the connection for its address. False: that has too many, and this one is gone.
    func admit(_ connection: Connection) -> Bool {
        let listener = connection.listener
        guard !listener.trusts(connection.peer) else { return true }
        guard listener.counter.add(connection.peer, listener.admission) == .accepted else {
            note(.tooManyFromAddress, connection, "too many connections from this address")
            remove(connection)
            return false
        }
        connection.isCounted = true
        return true
    }

    func release(_ slot: Int) {
        guard let connection = connections[slot] else { return }
        connection.outbox.clear(pool: pool)
        connection.secure?.outbox.clear(pool: pool)
        connections[slot] = nil
        free.append(slot)
        load.subtract(1, ordering: .relaxed)
    }

    // MARK: Out of descriptors or memory

    /// The peers wait in the kernel's queue for a second.
    func pauseAccepting(_ listener: Int, _ error: SystemError) {
        pausedListeners.append(listener)
        _ = timers.insert(deadline: now + 1_000_000_000, ConnectionHandle(bits: 0))
        if lastAcceptError.map({ now - $0 >= 60_000_000_000 }) ?? true {
            lastAcceptError = now
            log.write(
                .error,
                "no more connections can be accepted: \(error); raise the limit of open files (ulimit -n)",
                ["listener": listeners[listener].name]
            )
        }
    }

    func resumeAccepting() {
        for listener in pausedListeners { engine.setAccepting(listener, true) }
        pausedListeners = []
    }

    /// No more peers are accepted, for good.
    func stopAccepting() {
        isAccepting = false
        pausedListeners = []
        for listener in listeners { engine.setAccepting(listener.number, false) }
    }
}
