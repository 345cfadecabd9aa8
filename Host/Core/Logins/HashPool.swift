import Crypto
import Net
import Synchronization

/// Makes the hashes of passwords that services ask for, off their lanes: on threads of a low priority, which are started
/// with the first hash. In virtual time it has none, and each hash is made when its lane gets to it.
package final class HashPool: Sendable {
    private struct Contents: Sendable {
        var queue = HashQueue<HashJob>()
        var threads: [Thread] = []
        var wakeups: [Wakeup] = []  // by thread
        var resting: [Int] = []  // threads
        var settling: [Wakeup] = []  // rung when nothing is under way
        var isHeld = false
        var isEnding = false
    }

    private let cost: Scrypt.Cost
    private let threads: Int
    private let contents = Mutex(Contents())

    /// - Parameters:
    ///   - cost: of a new hash, and of a comparison with none.
    ///   - threads: 0: there are none.
    init(cost: Scrypt.Cost, threads: Int) {
        self.cost = cost
        self.threads = threads
    }

    /// Has a hash made; its service's lane is told. False: too many are under way. [any thread]
    func submit(_ job: HashJob, of address: UInt128?) -> Bool {
        let isTaken = contents.withLock { contents in
            guard !contents.isEnding, threads == 0 || start(&contents) else { return false }
            guard contents.queue.add(job, of: address, owner: ObjectIdentifier(job.generation)) else {
                return false
            }
            if let resting = contents.resting.popLast() { contents.wakeups[resting].ring() }
            return true
        }
        if isTaken, threads == 0 { job.service.lane.perform { [self] in makeNext() } }
        return isTaken
    }

    /// Makes none until `release`; for tests, in virtual time.
    func hold() { contents.withLock { $0.isHeld = true } }

    func release() {
        contents.withLock { $0.isHeld = false }
        while makeNext() {}
    }

    /// Forgets what a generation has asked for. [any thread]
    func forget(_ generation: Generation) {
        contents.withLock { contents in
            contents.queue.forget(ObjectIdentifier(generation))
            HashPool.note(&contents)
        }
    }

    /// False: there is no thread.
    private func start(_ contents: inout Contents) -> Bool {
        guard contents.threads.isEmpty else { return true }
        // Blocks as large as a hash's go back to the system, instead of staying with each thread.
        MemoryPolicy.returnLargeBlocks()
        for number in 0..<threads {
            guard let wakeup = try? Wakeup() else { break }
            guard let thread = try? Thread(name: "hash \(number)", { [self] in run(number, wakeup) }) else {
                wakeup.close()
                break
            }
            contents.threads.append(thread)
            contents.wakeups.append(wakeup)
        }
        return !contents.threads.isEmpty
    }

    private func run(_ number: Int, _ wakeup: Wakeup) {
        Thread.lowerPriority()
        while !contents.withLock({ $0.isEnding }) {
            if makeNext() { continue }
            let mayRest = contents.withLock { contents in
                guard !contents.isEnding, !contents.queue.isWaiting else { return false }
                contents.resting.append(number)
                return true
            }
            if mayRest { wakeup.wait(nanoseconds: nil) }
        }
    }

    /// Makes the hash whose turn it is. False: none waits.
    @discardableResult
    private func makeNext() -> Bool {
        guard let turn = contents.withLock({ $0.isEnding || $0.isHeld ? nil : $0.queue.next() }) else {
            return false
        }
        turn.job.run(cost: cost)
        turn.job.deliver()
        contents.withLock { contents in
            contents.queue.finish(turn)
            HashPool.note(&contents)
        }
        return true
    }

    private static func note(_ contents: inout Contents) {
        guard contents.queue.count == 0 else { return }
        for wakeup in contents.settling { wakeup.ring() }
        contents.settling = []
    }

    /// Waits until the lanes have been told of all that was under way. False: not within 10 seconds.
    func settle() -> Bool {
        guard threads > 0, contents.withLock({ $0.queue.count > 0 }) else { return true }
        guard let wakeup = try? Wakeup() else { return false }
        defer { wakeup.close() }
        let isBusy = contents.withLock { contents in
            if contents.queue.count > 0 { contents.settling.append(wakeup) }
            return contents.queue.count > 0
        }
        if isBusy { wakeup.wait(nanoseconds: 10_000_000_000) }
        return contents.withLock { contents in
            contents.settling.removeAll { $0.descriptor == wakeup.descriptor }
            return contents.queue.count == 0
        }
    }

    /// Ends the threads; what waits is not made. Nothing is taken any more.
    func end() {
        let (threads, wakeups) = contents.withLock { contents in
            contents.isEnding = true
            contents.queue = HashQueue()
            defer { (contents.threads, contents.wakeups, contents.resting) = ([], [], []) }
            for wakeup in contents.wakeups { wakeup.ring() }
            return (contents.threads, contents.wakeups)
        }
        for thread in threads { thread.join() }
        for wakeup in wakeups { wakeup.close() }
    }
}
