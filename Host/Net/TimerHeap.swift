/// Deadlines in order, each with what it is for. Inlinable, so that it is made for each payload where it is used.
package struct TimerHeap<Payload> {
    /// Names one timer; once it has fired or was cancelled it names nothing.
    package struct Id: Equatable, Hashable, Sendable {
        @usableFromInline let slot: Int32
        @usableFromInline let generation: UInt32

        @inlinable
        init(slot: Int32, generation: UInt32) {
            self.slot = slot
            self.generation = generation
        }
    }

    @usableFromInline var deadlines = DeadlineHeap()
    @usableFromInline var payloads: [Payload?] = []  // by slot

    @inlinable
    package init() {}

    @inlinable package var count: Int { deadlines.count }
    /// When the first timer is due, in the unit of the deadlines given; nil without timers.
    @inlinable package var nextDeadline: Int64? { deadlines.first?.deadline }

    /// Starts a timer.
    @inlinable
    package mutating func insert(deadline: Int64, _ payload: Payload) -> Id {
        let slot = deadlines.insert(deadline)
        if Int(slot) == payloads.count { payloads.append(payload) } else { payloads[Int(slot)] = payload }
        return Id(slot: slot, generation: deadlines.generation(of: slot))
    }

    /// Takes a timer out. False: it is not there any more.
    @discardableResult
    @inlinable
    package mutating func cancel(_ id: Id) -> Bool {
        guard isLive(id) else { return false }
        payloads[Int(id.slot)] = nil
        deadlines.remove(id.slot)
        return true
    }

    /// When the timer is due; nil: it is not there any more.
    @inlinable
    package func deadline(of id: Id) -> Int64? { isLive(id) ? deadlines.deadline(of: id.slot) : nil }

    /// Takes out the first timer that is due at `now`.
    @inlinable
    package mutating func popDue(_ now: Int64) -> Payload? {
        guard let first = deadlines.first, first.deadline <= now else { return nil }
        let payload = payloads[Int(first.slot)]
        payloads[Int(first.slot)] = nil
        deadlines.remove(first.slot)
        return payload
    }

    /// A slot that is free has a generation that nobody was told.
    @inlinable
    func isLive(_ id: Id) -> Bool { deadlines.generation(of: id.slot) == id.generation }
}
