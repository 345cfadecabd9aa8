/// Deadlines in order: a binary heap whose entries know their place, so that any of them can be taken out.
///
/// Inlinable, so that it is made for each payload where it is used: looking the generic type up at run time took 2,500
/// instructions of each turn of a loop, and 10,000 of a connection's end.
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

    @usableFromInline
    struct Entry {
        @usableFromInline var deadline: Int64
        @usableFromInline var order: UInt64  // equal deadlines fire in the order of their starting
        @usableFromInline var slot: Int32

        @inlinable
        init(deadline: Int64, order: UInt64, slot: Int32) {
            self.deadline = deadline
            self.order = order
            self.slot = slot
        }
    }

    @usableFromInline
    struct Slot {
        @usableFromInline var generation: UInt32
        @usableFromInline var place: Int  // in `heap`
        @usableFromInline var payload: Payload?

        @inlinable
        init(generation: UInt32) {
            self.generation = generation
            place = 0
        }
    }

    @usableFromInline var heap: [Entry] = []
    @usableFromInline var slots: [Slot] = []
    @usableFromInline var free: [Int32] = []
    @usableFromInline var started: UInt64 = 0

    @inlinable
    package init() {}

    @inlinable package var count: Int { heap.count }
    /// When the first timer is due, in the unit of the deadlines given; nil without timers.
    @inlinable package var nextDeadline: Int64? { heap.first?.deadline }

    /// Starts a timer.
    @inlinable
    package mutating func insert(deadline: Int64, _ payload: Payload) -> Id {
        let slot = free.popLast() ?? newSlot()
        slots[Int(slot)].payload = payload
        started += 1
        heap.append(Entry(deadline: deadline, order: started, slot: slot))
        rise(heap.count - 1)
        return Id(slot: slot, generation: slots[Int(slot)].generation)
    }

    /// Takes a timer out. False: it is not there any more.
    @discardableResult
    @inlinable
    package mutating func cancel(_ id: Id) -> Bool {
        guard isLive(id) else { return false }
        remove(at: slots[Int(id.slot)].place)
        return true
    }

    /// When the timer is due; nil: it is not there any more.
    @inlinable
    package func deadline(of id: Id) -> Int64? { isLive(id) ? heap[slots[Int(id.slot)].place].deadline : nil }

    /// Takes out the first timer that is due at `now`.
    @inlinable
    package mutating func popDue(_ now: Int64) -> Payload? {
        guard let entry = heap.first, entry.deadline <= now else { return nil }
        let payload = slots[Int(entry.slot)].payload
        remove(at: 0)
        return payload
    }

    @inlinable
    func isLive(_ id: Id) -> Bool {
        let slot = slots[Int(id.slot)]
        return slot.generation == id.generation && slot.payload != nil
    }

    @inlinable
    mutating func newSlot() -> Int32 {
        slots.append(Slot(generation: 1))
        return Int32(slots.count - 1)
    }

    @inlinable
    mutating func remove(at place: Int) {
        let slot = heap[place].slot
        slots[Int(slot)].payload = nil
        slots[Int(slot)].generation &+= 1
        free.append(slot)
        let last = heap.removeLast()
        guard place < heap.count else { return }
        put(last, at: place)
        rise(place)
        sink(slots[Int(last.slot)].place)
    }

    @inlinable
    mutating func put(_ entry: Entry, at place: Int) {
        heap[place] = entry
        slots[Int(entry.slot)].place = place
    }

    @inlinable
    static func isBefore(_ one: Entry, _ other: Entry) -> Bool {
        (one.deadline, one.order) < (other.deadline, other.order)
    }

    @inlinable
    mutating func rise(_ start: Int) {
        var place = start
        let entry = heap[place]
        while place > 0, TimerHeap.isBefore(entry, heap[(place - 1) / 2]) {
            put(heap[(place - 1) / 2], at: place)
            place = (place - 1) / 2
        }
        put(entry, at: place)
    }

    @inlinable
    mutating func sink(_ start: Int) {
        var place = start
        let entry = heap[place]
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, TimerHeap.isBefore(heap[child + 1], heap[child]) { child += 1 }
            guard TimerHeap.isBefore(heap[child], entry) else { break }
            put(heap[child], at: place)
            place = child
        }
        put(entry, at: place)
    }
}
