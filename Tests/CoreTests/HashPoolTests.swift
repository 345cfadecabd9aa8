import Crypto
import PatchbayABI
import Synchronization
import Testing

@testable import Core

/// The pool with its threads; what it has made is handed to a server of the test's thread.
@Suite struct HashPoolTests {
    /// What was answered: how often by which verdict.
    private final class Answers: Sendable {
        let counts = Mutex<[Int32: Int]>([:])
    }

    private static let note: pb_on_secret = { address, _, verdict, _ in
        guard let address = unsafe address else { return }
        let answers = unsafe Unmanaged<Answers>.fromOpaque(address).takeUnretainedValue()
        answers.counts.withLock { $0[verdict, default: 0] += 1 }
    }

    private func job(_ number: UInt64, _ service: Service, _ task: HashJob.Task, _ answers: Answers) throws
        -> HashJob
    {
        let facts = unsafe HostJob.Facts(
            number: number,
            generation: try #require(service.generation),
            cause: .none,
            ticket: number,
            context: Unmanaged.passUnretained(answers).toOpaque()
        )
        let password = Array("secret".utf8)
        let job = unsafe HashJob(facts, password: password, task: task, done: HashPoolTests.note)
        service.jobs[number] = job
        return job
    }

    @Test func `threads make all that is asked for, and the lane hears of each once`() throws {
        let test = try TestServer(), service = try test.service(), answers = Answers()
        let pool = HashPool(cost: .lowest, threads: 3)
        defer { pool.end() }
        for round in 0..<10 {
            for number in 0..<20 {
                let task = number.isMultiple(of: 2) ? HashJob.Task.hash : .verify([])
                let next = try job(UInt64(round * 20 + number), service, task, answers)
                #expect(pool.submit(next, of: UInt128(number % 5)))
            }
            #expect(pool.settle())
            test.settle()
        }
        #expect(answers.counts.withLock { $0 } == [1: 100, 0: 100] && service.jobs.isEmpty)
    }

    @Test func `a pool that ends makes no more, and takes no more`() throws {
        let test = try TestServer(), service = try test.service(), answers = Answers()
        let pool = HashPool(cost: Scrypt.Cost(ln: 13, r: 8, p: 1), threads: 1)
        for number in 0..<10 {
            #expect(pool.submit(try job(UInt64(number), service, .hash, answers), of: nil))
        }
        pool.end()
        #expect(!pool.submit(try job(10, service, .hash, answers), of: nil))
        test.settle()
        #expect(service.jobs.count > 5)
        pool.end()
    }

    @Test func `what is forgotten is not made, or not heard of`() throws {
        let test = try TestServer(), service = try test.service(), answers = Answers()
        let pool = HashPool(cost: Scrypt.Cost(ln: 12, r: 8, p: 1), threads: 1)
        defer { pool.end() }
        for number in 0..<50 { _ = pool.submit(try job(UInt64(number), service, .hash, answers), of: nil) }
        let generation = try #require(service.generation)
        service.forgetJobs(of: generation)
        pool.forget(generation)
        #expect(pool.settle())
        test.settle()
        #expect(answers.counts.withLock { $0 } == [:])
    }
}
