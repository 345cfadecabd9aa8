import Net
import Synchronization

// For those who move the clock by hand: to see that everything has been handled. Only while `run` is in force.
extension Server {
    /// Waits until loops and lanes have looked at the clock and handled what they had, and whatever came of
    /// that. False: they did not get to it within 10 seconds.
    package func settle() -> Bool {
        var last: [Int: [Int]]?
        // What loops get from lanes that have been quiet since the last pass, they got before this one.
        while true {
            guard passLoops({ _ in }), pool.settle() else { return false }
            let activity = Mutex<[Int: [Int]]>([:])
            let hasPassed = passLanes { service in
                activity.withLock { $0[service.number] = service.activity }
            }
            guard hasPassed else { return false }
            let found = activity.withLock { $0 }
            if found == last { return true }
            last = found
        }
    }

    /// When something is due next, in the clock's nanoseconds, once everything has settled.
    package func nextDeadline() -> Int64? {
        let earliest = Mutex<Int64?>(nil)
        @Sendable func note(_ deadline: Int64?) {
            guard let deadline else { return }
            earliest.withLock { $0 = min($0 ?? deadline, deadline) }
        }
        _ = passLoops { note($0.nextDeadline) }
        _ = passLanes { note($0.lane.nextDeadline) }
        return earliest.withLock { $0 }
    }

    /// Whether messages of somebody wait for their pace, or somebody for a verdict.
    package func isHoldingBack() -> Bool {
        let found = Atomic(false)
        _ = passLoops { loop in
            if loop.connections.contains(where: { $0?.isPaced == true || $0?.isShown == true }) {
                found.store(true, ordering: .relaxed)
            }
        }
        return found.load(ordering: .relaxed)
    }

    /// The port that peers connect to; nil: no such listener, or one without a socket.
    package func port(ofListener name: String) -> UInt16? {
        listeners.first { $0.name == name }?.socket?.address.port
    }

    /// Runs `body` on every loop, once it has ended the turn that it was in.
    func passLoops(_ body: @escaping @Sendable (Loop) -> Void) -> Bool {
        let latch = Latch(loops.count)
        for loop in loops {
            loop.perform { loop in
                loop.perform { loop in
                    body(loop)
                    latch.countDown()
                }
            }
        }
        return latch.wait(seconds: 10)
    }

    /// Runs `body` on every lane, once the batch that it was in has been delivered.
    func passLanes(_ body: @escaping @Sendable (Service) -> Void) -> Bool {
        let latch = Latch(services.count)
        for service in services {
            service.perform { service in
                service.perform { service in
                    body(service)
                    latch.countDown()
                }
            }
        }
        return latch.wait(seconds: 10)
    }
}

extension Service {
    /// Runs `job` on the service's lane, between two batches. [any thread]
    package func perform(_ job: @escaping @Sendable (Service) -> Void) {
        lane.perform { [self] in job(self) }
    }

    /// Replaces the running generation by one of a library that `load` gave, once or again; `done` is called on
    /// the lane. [any thread]
    package func reload(_ library: PluginLibrary, done: @escaping @Sendable (CallError?) -> Void) {
        perform { service in
            do throws(CallError) {
                try service.reload(library)
                done(nil)
            } catch {
                done(error)
            }
        }
    }

    /// What changes when the service has anything to do; on the lane.
    fileprivate var activity: [Int] {
        [
            statistics.messages, statistics.sent, statistics.refused, peers.count, generationNumber,
            Int(lastJob), jobs.count,
        ]
    }
}

/// Waits for several threads, each of which counts down once.
private final class Latch: Sendable {
    private let left: Atomic<Int>
    private let wakeup: Wakeup?

    init(_ count: Int) {
        left = Atomic(count)
        wakeup = try? Wakeup()
    }

    deinit { wakeup?.close() }

    func countDown() {
        if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { wakeup?.ring() }
    }

    /// False: some have not come within `seconds`.
    func wait(seconds: Int) -> Bool {
        for _ in 0..<seconds where left.load(ordering: .acquiring) > 0 {
            wakeup?.wait(nanoseconds: 1_000_000_000)
        }
        return left.load(ordering: .acquiring) == 0
    }
}
