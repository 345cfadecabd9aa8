import Synchronization
import Testing

@testable import Core

@Suite struct LaneBatchTests {
    private let handle = ConnectionHandle(loop: 0, slot: 1, generation: 1)

    private func contents(_ batch: LaneBatch) -> [String] {
        batch.events.map { event in
            let start = event.kind == .job ? 0 : event.start
            let bytes = batch.bytes[start..<start + Int(event.count)]
            return "\(event.kind) \(event.number) \(String(decoding: bytes, as: UTF8.self))"
        }
    }

    @Test func `a batch that joins another keeps order, bytes and jobs`() {
        let called = Mutex<[Int]>([])
        func batch(_ number: Int) -> LaneBatch {
            var batch = LaneBatch()
            batch.append(.open, handle, number: UInt16(number), Array("address \(number)".utf8).span)
            batch.append { called.withLock { $0.append(number) } }
            batch.append(.message, handle, form: .binary, Array("message \(number)".utf8).span)
            batch.append(.close, handle, number: 1000, [UInt8]().span)
            return batch
        }
        var all = batch(1)
        all.append(batch(2))
        all.append(LaneBatch())
        all.append(batch(3))
        let expected = (1...3).flatMap {
            ["open \($0) address \($0)", "job 0 ", "message 0 message \($0)", "close 1000 "]
        }
        #expect(contents(all) == expected)
        for event in all.events where event.kind == .job { all.jobs[event.start]() }
        #expect(called.withLock { $0 } == [1, 2, 3])
        all.removeAll()
        #expect(all.isEmpty && all.bytes.isEmpty && all.jobs.isEmpty)
    }

    @Test func `a lane that is stuck may be given any number of jobs`() {
        let called = Mutex(0)
        var all = LaneBatch()
        for number in 0..<70_000 {
            var one = LaneBatch()
            one.append { called.withLock { $0 = number } }
            all.append(one)
        }
        if let last = all.events.last { all.jobs[last.start]() }
        #expect(called.withLock { $0 } == 69_999)
    }
}
