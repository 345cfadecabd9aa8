import Testing

@testable import Core

@Suite struct HashQueueTests {
    private final class Owner {}
    private let one = Owner(), other = Owner()

    private func add(
        _ queue: inout HashQueue<String>,
        _ job: String,
        _ address: UInt128?,
        to owner: Owner? = nil
    )
        -> Bool
    {
        queue.add(job, of: address, owner: ObjectIdentifier(owner ?? one))
    }

    private func jobs(_ queue: inout HashQueue<String>) -> [String] {
        var jobs: [String] = []
        while let turn = queue.next() {
            jobs.append(turn.job)
            queue.finish(turn)
        }
        return jobs
    }

    @Test func `addresses take turns, and each of them in order`() {
        var queue = HashQueue<String>()
        for number in 0..<4 { #expect(add(&queue, "a\(number)", 1)) }
        #expect(add(&queue, "b0", 2) && add(&queue, "none", nil) && add(&queue, "b1", 2))
        #expect(jobs(&queue) == ["a0", "b0", "none", "a1", "b1", "a2", "a3"])
        #expect(queue.count == 0 && !queue.isWaiting)
    }

    @Test func `who comes when a flood waits is next but one`() {
        var queue = HashQueue<String>()
        for number in 0..<16 { _ = add(&queue, "flood \(number)", 1) }
        _ = queue.next()
        #expect(add(&queue, "anna", 2))
        #expect(queue.next()?.job == "flood 1" && queue.next()?.job == "anna")
    }

    @Test func `an address has so many under way, those that are being made among them`() {
        var queue = HashQueue<String>()
        for number in 0..<16 { #expect(add(&queue, "\(number)", 1)) }
        #expect(!add(&queue, "too many", 1) && add(&queue, "another's", 2))
        let turn = queue.next()
        #expect(!add(&queue, "too many", 1))
        if let turn { queue.finish(turn) }
        #expect(add(&queue, "again", 1) && !add(&queue, "too many", 1))
    }

    @Test func `those without an address are bounded by the whole alone`() {
        var queue = HashQueue<String>()
        for number in 0..<256 { #expect(add(&queue, "\(number)", nil)) }
        #expect(!add(&queue, "too many", nil) && !add(&queue, "too many", 7))
        _ = queue.next().map { queue.finish($0) }
        #expect(add(&queue, "one more", 7) && !add(&queue, "too many", 8))
    }

    @Test func `what an owner asked for is forgotten and does not count`() {
        var queue = HashQueue<String>()
        for number in 0..<15 { _ = add(&queue, "\(number)", 1) }
        _ = add(&queue, "kept", 1, to: other)
        let running = queue.next()
        queue.forget(ObjectIdentifier(one))
        #expect(queue.count == 1)
        if let running { queue.finish(running) }  // is late, and counted already
        for number in 0..<15 { #expect(add(&queue, "new \(number)", 1)) }
        #expect(!add(&queue, "too many", 1))
        #expect(jobs(&queue).first == "kept" && queue.count == 0)
    }
}
