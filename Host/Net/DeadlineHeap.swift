/// A binary heap of deadlines whose entries know their place, so that any of them can be taken out.
///
/// It knows nothing of what they are for: the types of a generic one would be looked up at each step, wherever it is used
/// from another module.
@usableFromInline
struct DeadlineHeap {
    @usableFromInline
    struct Entry {
        @usableFromInline var deadline: Int64
        var order: UInt64  // equal deadlines fire in the order of their starting
        @usableFromInline var slot: Int32
    }

    private struct Slot {
        var generation: UInt32
        var place: Int  // in `heap`
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var free: [Int32] = []
    private var started: UInt64 = 0

    @usableFromInline init() {}

    @usableFromInline var count: Int { heap.count }
    @usableFromInline var first: Entry? { heap.first }

    /// Returns the slot that the deadline has until it is removed: a free one, or the next that there has not been.
    @usableFromInline mutating func insert(_ deadline: Int64) -> Int32 {
        let slot = free.popLast() ?? newSlot()
        started += 1
        heap.append(Entry(deadline: deadline, order: started, slot: slot))
        rise(heap.count - 1)
        return slot
    }

    @usableFromInline func deadline(of slot: Int32) -> Int64 { heap[slots[Int(slot)].place].deadline }

    /// Another one after each removal.
    @usableFromInline func generation(of slot: Int32) -> UInt32 { slots[Int(slot)].generation }

    @usableFromInline mutating func remove(_ slot: Int32) {
        let place = slots[Int(slot)].place
        slots[Int(slot)].generation &+= 1
        free.append(slot)
        let last = heap.removeLast()
        guard place < heap.count else { return }
        put(last, at: place)
        rise(place)
        sink(slots[Int(last.slot)].place)
    }

    private mutating func newSlot() -> Int32 {
        slots.append(Slot(generation: 1, place: 0))
        return Int32(slots.count - 1)
    }

    private mutating func put(_ entry: Entry, at place: Int) {
        heap[place] = entry
        slots[Int(entry.slot)].place = place
    }

    private static func isBefore(_ one: Entry, _ other: Entry) -> Bool {
        (one.deadline, one.order) < (other.deadline, other.order)
    }

    private mutating func rise(_ start: Int) {
        var place = start
        let entry = heap[place]
        while place > 0, DeadlineHeap.isBefore(entry, heap[(place - 1) / 2]) {
            put(heap[(place - 1) / 2], at: place)
            place = (place - 1) / 2
        }
        put(entry, at: place)
    }

    private mutating func sink(_ start: Int) {
        var place = start
        let entry = heap[place]
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, DeadlineHeap.isBefore(heap[child + 1], heap[child]) { child += 1 }
            guard DeadlineHeap.isBefore(heap[child], entry) else { break }
            put(heap[child], at: place)
            place = child
        }
        put(entry, at: place)
    }
}
