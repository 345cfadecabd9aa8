import Net
import Synchronization
import TLS

/// Makes the requests to servers elsewhere that services ask for, on a thread of its own that is started with the first of
/// them. In virtual time there is none, and every request fails.
package final class Fetcher: Sendable {
    /// What live servers have.
    struct Network: Sendable {
        let authorities: String?  // a PEM file; nil: the system's
    }

    /// Under way: in all, and of one service.
    static let most = 256
    static let mostOfService = 64

    private struct UnderWay: Sendable {
        let service: ObjectIdentifier
        let generation: ObjectIdentifier
    }

    private struct Contents: Sendable {
        var jobs: [ObjectIdentifier: UnderWay] = [:]
        var arrived: [FetchJob] = []  // the thread has not seen them yet
        var hasForgotten = false
        var thread: Thread?
        var wakeup: Wakeup?
        var isEnding = false
    }

    /// Servers elsewhere know no other than the system's, in a live play neither.
    private let clock = Clock()
    private let network: Network?
    private let contents = Mutex(Contents())

    /// - Parameter network: nil in virtual time.
    init(_ network: Network?) { self.network = network }

    /// Nanoseconds; what deadlines are counted by.
    var now: Int64 { clock.monotonic }

    /// Takes a request; its service's lane is told. False: too many are under way. [any thread]
    func submit(_ job: FetchJob) -> Bool {
        guard network != nil else {
            job.outcome = .failure(FetchFailure("there is no network in a play in memory"))
            job.deliver()
            return true
        }
        let service = ObjectIdentifier(job.service)
        return contents.withLock { contents in
            let ofService = contents.jobs.values.reduce(0) { $0 + ($1.service == service ? 1 : 0) }
            guard !contents.isEnding, contents.jobs.count < Fetcher.most, ofService < Fetcher.mostOfService,
                start(&contents)
            else { return false }
            contents.jobs[ObjectIdentifier(job)] = UnderWay(
                service: service,
                generation: ObjectIdentifier(job.generation)
            )
            contents.arrived.append(job)
            contents.wakeup?.ring()
            return true
        }
    }

    /// Forgets what a generation has asked for. [any thread]
    func forget(_ generation: Generation) {
        let generation = ObjectIdentifier(generation)
        contents.withLock { contents in
            let before = contents.jobs.count
            contents.jobs = contents.jobs.filter { $0.value.generation != generation }
            guard contents.jobs.count < before else { return }
            contents.hasForgotten = true
            contents.wakeup?.ring()
        }
    }

    /// False: there is no thread.
    private func start(_ contents: inout Contents) -> Bool {
        guard contents.thread == nil, let network else { return contents.thread != nil }
        guard let wakeup = try? Wakeup() else { return false }
        do throws(SystemError) {
            contents.thread = try Thread(name: "fetch") { [self] in
                FetchLoop(self, clock: clock, wakeup: wakeup, authorities: network.authorities).run()
            }
        } catch {
            wakeup.close()
            return false
        }
        contents.wakeup = wakeup
        return true
    }

    /// Ends the thread, whatever is under way; nothing is taken any more.
    func end() {
        let (thread, wakeup) = contents.withLock { contents in
            contents.isEnding = true
            contents.jobs = [:]
            contents.arrived = []
            defer { (contents.thread, contents.wakeup) = (nil, nil) }
            contents.wakeup?.ring()
            return (contents.thread, contents.wakeup)
        }
        thread?.join()
        wakeup?.close()
    }

    // MARK: For the thread

    /// What is new.
    struct News {
        let arrived: [FetchJob]
        let hasForgotten: Bool
        let isEnding: Bool
    }

    func news() -> News {
        contents.withLock { contents in
            defer { (contents.arrived, contents.hasForgotten) = ([], false) }
            let news = News(
                arrived: contents.arrived,
                hasForgotten: contents.hasForgotten,
                isEnding: contents.isEnding
            )
            return news
        }
    }

    /// Whether anybody waits for it.
    func isWanted(_ job: FetchJob) -> Bool { contents.withLock { $0.jobs[ObjectIdentifier(job)] != nil } }

    /// It is done: tells the lane, unless it was forgotten.
    func finish(_ job: FetchJob, _ outcome: Result<FetchAnswer, FetchFailure>) {
        guard contents.withLock({ $0.jobs.removeValue(forKey: ObjectIdentifier(job)) != nil }) else { return }
        job.outcome = outcome
        job.deliver()
    }
}
