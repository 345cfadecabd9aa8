import Net
import Synchronization

/// A service's serial executor: a queue that loops fill and that one thread empties, a batch at a time.
///
/// A shared lane lives on its loop's thread, which calls `run` between its own turns, and hands messages over
/// without any queue while nothing waits and the service has no store. An own lane has a thread.
package final class Lane {
    /// A batch ends after so many events or so much time; then the loop looks at its sockets again.
    private static let mostEvents = 256
    private static let mostNanoseconds: Int64 = 2_000_000

    private struct Inbox: Sendable {
        var batch = LaneBatch()
        var isAwake = false  // somebody has rung, or the lane is running
    }

    /// Set once, by the service that the lane is made for.
    unowned var service: Service!
    /// The loop whose thread this lane shares; nil: it has its own.
    private(set) var loop: Loop?
    private let loops: [Loop]
    private let wakeup: Wakeup?
    private let clock: Clock
    private let inbox = Mutex(Inbox())
    private let queued = Atomic<Int>(0)  // bytes and a little for each event
    private let hasPaused = Atomic<Bool>(false)  // some loop has stopped reading for us
    private let isEnding = Atomic<Bool>(false)

    private var current = LaneBatch()
    private var cursor = 0
    private let thread = Atomic<UInt>(0)  // on which it runs; a plugin's own threads ask
    var replayed: [(ConnectionHandle, HeldMessages.Message)] = []

    /// A lane on `loop`'s thread, or with a thread of its own when that is nil.
    init(on loop: Loop?, loops: [Loop], clock: Clock) throws(SystemError) {
        self.loop = loop
        self.loops = loops
        self.clock = clock
        wakeup = loop == nil ? try Wakeup() : nil
    }

    deinit { wakeup?.close() }

    // MARK: From the loops

    /// Adds events; wakes the lane when it sleeps, unless it lives on the caller, which runs it anyway.
    /// [any thread]
    func post(_ batch: inout LaneBatch, from caller: Loop? = nil) {
        guard !batch.isEmpty else { return }
        queued.add(batch.weight, ordering: .relaxed)
        let mustWake = inbox.withLock { inbox in
            if inbox.batch.isEmpty { swap(&inbox.batch, &batch) } else { inbox.batch.append(batch) }
            defer { inbox.isAwake = true }
            return !inbox.isAwake
        }
        batch.removeAll()
        if mustWake, caller == nil || caller !== loop { wake() }
    }

    /// Runs `job` on the lane between two events. [any thread]
    func perform(_ job: @escaping @Sendable () -> Void) {
        var batch = LaneBatch()
        batch.append(job: job)
        post(&batch)
    }

    /// Whether connections should not be read because of this lane; it says `resume` when that has changed.
    /// [any thread]
    func isOverloaded(limit: Int) -> Bool {
        guard queued.load(ordering: .relaxed) > limit else { return false }
        hasPaused.store(true, ordering: .sequentiallyConsistent)
        // The lane may have emptied its queue just before it could see the mark.
        return queued.load(ordering: .sequentiallyConsistent) > limit
    }

    private func wake() {
        if let wakeup { wakeup.ring() } else { loop?.wake() }
    }

    /// Whether a message may be handled now, without the queue: the lane is the caller's thread and idle.
    func isIdle(on loop: Loop) -> Bool { self.loop === loop && queued.load(ordering: .relaxed) == 0 }

    // MARK: On the lane's thread

    /// Whether the caller is the lane.
    var isCurrent: Bool { thread.load(ordering: .relaxed) == Thread.current }

    /// Calls the service from outside a batch of the queue: a message handed over directly.
    func handleDirectly(_ body: (Service) -> Void) {
        // Nobody else writes it: the lane's own thread, or the loop's, is this one.
        let outer = thread.load(ordering: .relaxed)
        thread.store(Thread.current, ordering: .relaxed)
        body(service)
        thread.store(outer, ordering: .relaxed)
    }

    /// Handles a batch of what waits and the timers that are due. True: there is more.
    func run() -> Bool {
        thread.store(Thread.current, ordering: .relaxed)
        defer { thread.store(0, ordering: .relaxed) }
        if cursor == current.events.count { refill() }
        let first = cursor
        let start = clock.monotonic
        var handled = 0
        while cursor < current.events.count, handled < Lane.mostEvents {
            let isAlone = isAlone(current.events[cursor])
            if isAlone, handled > 0 { break }
            handle(current.events[cursor])
            cursor += 1
            handled += 1
            if isAlone { break }
            if handled & 15 == 0, clock.monotonic - start > Lane.mostNanoseconds { break }
        }
        service.settleClaims()
        _ = service.fireTimers()
        service.expireClaims()
        service.wakePaced()
        service.replay()
        if !service.endBatch() { refuse(first..<cursor) }
        replayed.removeAll()
        release(first..<cursor)
        return cursor < current.events.count || inbox.withLock { !$0.batch.isEmpty }
    }

    /// What is a batch of its own: a job, which may be a reload, and must find everything committed; and the rest of a
    /// command, so that nobody's messages are lost with it.
    private func isAlone(_ event: LaneBatch.Event) -> Bool {
        event.kind == .job || event.kind == .made && current.made[event.start].isOfErrand
    }

    /// When `run` is to be called although nothing was posted, in the clock's nanoseconds.
    var nextDeadline: Int64? {
        if service.claims.vacancyCount > 0 { return clock.monotonic }
        var first = Int64.max
        if let timer = service.timers.nextDeadline { first = timer * 1_000_000 }
        if let challenge = service.claims.nextDeadline { first = min(first, challenge * 1_000_000) }
        if let token = service.paced.nextDeadline { first = min(first, token) }
        return first == .max ? nil : first
    }

    /// Whether something waits; until it does, posting rings. [the lane's thread]
    func mayRest() -> Bool {
        guard cursor == current.events.count else { return false }
        return inbox.withLock { inbox in
            if inbox.batch.isEmpty { inbox.isAwake = false }
            return inbox.batch.isEmpty
        }
    }

    private func refill() {
        current.removeAll()
        cursor = 0
        inbox.withLock { swap(&$0.batch, &current) }
    }

    private func handle(_ event: LaneBatch.Event) {
        if event.kind == .request { return service.request(current.requests[event.start]) }
        if event.kind == .upgrade { return service.upgrade(current.requests[event.start]) }
        if event.kind == .made { return service.finish(current.made[event.start]) }
        let range = event.start..<event.start + Int(event.count)
        let bytes = current.bytes
        switch event.kind {
        case .message:
            let isDone = service.receive(event.handle, event.form, bytes.span.extracting(range))
            if !isDone { current.setWaiting(cursor) }
        case .open:
            service.open(event.handle, binding: Int(event.number), Peer.Origin(bytes[range]))
        case .close:
            service.closed(event.handle, code: event.number, reason: bytes.span.extracting(range))
        case .leave:
            service.closed(event.handle, code: event.number, reason: bytes.span.extracting(range))
            service.conclude(event.handle)
        case .abandon:
            service.abandon(event.handle)
        case .job:
            current.jobs[event.start]()
        case .request, .upgrade, .made, .waiting:
            break
        }
    }

    /// The batch was not stored: tells each message's sender so, in a batch that stores nothing.
    private func refuse(_ events: Range<Int>) {
        let bytes = current.bytes
        for event in current.events[events] {
            if event.kind == .request {
                service.refuseUnstored(current.requests[event.start])
                continue
            }
            // Their clients have been told already.
            if event.kind == .upgrade { continue }
            let range = event.start..<event.start + Int(event.count)
            switch event.kind {
            case .message:
                refuse(event.handle, event.form, bytes.span.extracting(range))
            case .open:
                // What it was told at open has not left, so it must not go on as if it had.
                closeUnopened(event.handle)
            case .close:
                service.closed(event.handle, code: event.number, reason: bytes.span.extracting(range))
            case .leave:
                service.closed(event.handle, code: event.number, reason: bytes.span.extracting(range))
                service.conclude(event.handle)
            case .abandon:
                service.abandon(event.handle)
            case .job, .request, .upgrade, .made, .waiting:
                break  // calls were answered with the failure, and logins are among `replayed`
            }
        }
        for (handle, held) in replayed { refuse(handle, held.form, held.bytes.span) }
        guard !service.endBatch() else { return }
        // What the plugin did to say so was not stored either: the host says it.
        for event in current.events[events] {
            if event.kind == .open { closeUnopened(event.handle) }
            guard let peer = service.peers[event.handle] else { continue }
            if event.kind == .message { close(peer) }
            if event.kind == .close || event.kind == .leave { service.forget(peer) }
        }
        _ = service.endBatch()
    }

    private static let refusal = "temporary failure"

    private func close(_ peer: Peer) { service.close(peer, code: 1011, Lane.refusal) }

    /// Closes a connection whose opening was taken back: the service has no peer for it.
    private func closeUnopened(_ handle: ConnectionHandle) {
        service.outgoing[handle.loop].close(handle, code: 1011, Array(Lane.refusal.utf8).span)
    }

    private func refuse(_ handle: ConnectionHandle, _ form: MessageForm, _ message: Span<UInt8>) {
        guard let peer = service.peers[handle], !peer.isClosing else { return }
        if !service.refuseUnstored(handle, form, message) { close(peer) }
    }

    private func release(_ events: Range<Int>) {
        guard !events.isEmpty else { return }
        let bytes = current.events[events].reduce(0) { $0 + Int($1.count) }
        let left = queued.subtract(bytes + 64 * events.count, ordering: .sequentiallyConsistent).newValue
        guard left <= service.limits.queue / 2, hasPaused.exchange(false, ordering: .sequentiallyConsistent)
        else { return }
        for index in loops.indices {
            var resume = Outgoing()
            resume.append(.resume(service: service.number))
            deliver(&resume, to: index)
        }
    }

    /// Hands a batch's output to a loop: at once when that lies under this lane.
    func deliver(_ outgoing: inout Outgoing, to index: Int) {
        if let loop, loop.index == index {
            loop.apply(outgoing)
            outgoing.removeAll()
        } else {
            loops[index].post(&outgoing)
        }
    }

    // MARK: A thread of its own

    /// The thread's body: runs until `end`.
    func runForever() {
        guard let wakeup else { return }
        while !isEnding.load(ordering: .acquiring) {
            if run() { continue }
            guard mayRest() else { continue }
            wakeup.wait(nanoseconds: nextDeadline.map { $0 - clock.monotonic })
        }
    }

    /// Makes `runForever` return. [any thread]
    func end() {
        isEnding.store(true, ordering: .releasing)
        wakeup?.ring()
    }

    /// Lets go of what waited. After the last run.
    func dismantle() {
        inbox.withLock { $0.batch = LaneBatch() }
        // Jobs know the service, which knows its lane.
        current = LaneBatch()
        cursor = 0
    }
}

extension Lane: @unchecked Sendable {}  // the inbox is locked, the counters atomic, the rest the lane's own
