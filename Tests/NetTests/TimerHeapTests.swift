import Net
import Testing

@Suite struct TimerHeapTests {
    @Test func `timers fire in the order of their deadlines, equal ones in the order of starting`() {
        var timers = TimerHeap<String>()
        for (deadline, name) in [(30, "c"), (10, "a"), (20, "b1"), (20, "b2"), (40, "d")] {
            _ = timers.insert(deadline: Int64(deadline), name)
        }
        var fired: [String] = []
        while let name = timers.popDue(30) { fired.append(name) }
        #expect(fired == ["a", "b1", "b2", "c"])
        #expect(timers.nextDeadline == 40)
    }

    @Test func `a timer that fired or was cancelled is named by nothing any more`() {
        var timers = TimerHeap<Int>()
        let first = timers.insert(deadline: 1, 1)
        let fired = timers.popDue(1)
        let second = timers.insert(deadline: 2, 2)
        let isCancelledTwice = timers.cancel(first)
        #expect(fired == 1 && !isCancelledTwice)
        #expect(timers.deadline(of: first) == nil)
        #expect(timers.deadline(of: second) == 2)
        let isCancelled = timers.cancel(second)
        #expect(isCancelled && timers.count == 0)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it does what a sorted list does`(seed: UInt64) {
        var random = SplitMix(seed)
        var timers = TimerHeap<Int>()
        var model: [(deadline: Int64, order: Int, id: TimerHeap<Int>.Id)] = []
        for order in 0..<2000 {
            switch random.next() % 4 {
            case 0, 1:
                let deadline = Int64(random.next() % 100)
                model.append((deadline, order, timers.insert(deadline: deadline, order)))
            case 2 where !model.isEmpty:
                let entry = model.remove(at: Int(random.next() % UInt64(model.count)))
                let isCancelled = timers.cancel(entry.id)
                #expect(isCancelled && timers.deadline(of: entry.id) == nil)
            default:
                let now = Int64(random.next() % 100)
                let due = model.filter { $0.deadline <= now }.min {
                    ($0.deadline, $0.order) < ($1.deadline, $1.order)
                }
                let fired = timers.popDue(now)
                #expect(fired == due?.order)
                model.removeAll { $0.order == due?.order }
            }
            #expect(timers.count == model.count)
            #expect(timers.nextDeadline == model.map(\.deadline).min())
            if let entry = model.last { #expect(timers.deadline(of: entry.id) == entry.deadline) }
        }
    }
}
