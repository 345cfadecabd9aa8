import Net
import Synchronization
import Wire

/// One thread with its engine: owns its connections from their first byte to their end.
///
/// A turn reads what arrived, hands messages to lanes, runs the lanes that live here, and then writes what
/// is owed, once for each connection that was touched. Nothing is sent while the batch runs.
package final class Loop {
    /// Messages that one connection may give to a turn.
    static let mostMessages = 64
    /// Connections that a turn writes to of those that it touched; more are left to later turns.
    private static let mostFlushes = 512
    /// Connections that a turn writes to of those that earlier ones left.
    private static let postponedFlushes = 64

    struct Inbox: Sendable {
        var outgoing: [Outgoing] = []
        var adopted: [Adopted] = []
        var moved: [Moved] = []
        var jobs: [@Sendable (Loop) -> Void] = []
        var isAwake = false
        var isEmpty: Bool { outgoing.isEmpty && adopted.isEmpty && moved.isEmpty && jobs.isEmpty }
    }

    /// A connection that another loop accepted for this one.
    struct Adopted: Sendable {
        let descriptor: Int32
        let listener: Listener
        let peer: SocketAddress
    }

    package let index: Int
    let engine: Engine
    let clock: Clock
    let log: Log
    let pool = BlockPool()
    private let inbox = Mutex(Inbox())
    private let isEnding = Atomic<Bool>(false)
    /// Connections, for whoever hands new ones round. [any thread]
    let load = Atomic<Int>(0)
    /// How often something was refused, by reason. [any thread]
    let refusals = Mutex<[String: Int]>([:])

    var now: Int64  // of this turn, in the clock's nanoseconds
    var connections: [Connection?] = []
    var generations: [UInt32] = []
    var free: [Int] = []
    var rooms: [RoomKey: LoopRoom] = [:]
    var timers = TimerHeap<ConnectionHandle>()
    var codecs = Codecs()
    var statics = StaticCache()
    var sessions: [SessionKey: Connection] = [:]
    var sockJSReader = SockJSReader()
    var scratch: [[UInt8]] = []  // buffers that nobody uses at the moment
    private var touched: [Connection] = []  // in this turn
    private var postponed: [Connection] = []  // in earlier turns, and not yet written to
    private var firstPostponed = 0
    private var unfinished: [Connection] = []
    var heldUp: [Int: [Connection]] = [:]  // by service
    private var lanes: [Lane] = []  // those that live on this thread
    private var posts: [(service: Service, batch: LaneBatch)] = []  // by service number
    private(set) var listeners: [Listener] = []
    private(set) var peers: [Loop] = []  // all loops, this one too
    var lastAcceptError: Int64?
    var pausedListeners: [Int] = []
    var isAccepting = true

    init(index: Int, engine: Engine, clock: Clock, log: Log) {
        self.index = index
        self.engine = engine
        self.clock = clock
        self.log = log
        now = clock.monotonic
    }

    /// Before the first turn: who else there is, and what runs here.
    func prepare(peers: [Loop], services: [Service], listeners: [Listener]) throws(SystemError) {
        self.peers = peers
        lanes = services.map(\.lane).filter { $0.loop === self }
        posts = services.map { ($0, LaneBatch()) }
        self.listeners = listeners
        guard index == 0 else { return }
        for listener in listeners {
            if let socket = listener.socket {
                try engine.listen(listener.number, descriptor: socket.descriptor)
            }
        }
    }

    // MARK: Turns

    /// Turns until `end`.
    func runForever() {
        while !isEnding.load(ordering: .acquiring) { turn(waits: true) }
    }

    /// Makes `runForever` return. [any thread]
    func end() {
        isEnding.store(true, ordering: .releasing)
        engine.wake()
    }

    /// Lets go of everything, its connections' sockets too. After the last turn.
    func dismantle() {
        for connection in connections {
            guard let connection else { continue }
            connection.outbox.clear(pool: pool)
            connection.secure?.outbox.clear(pool: pool)
            connection.memberships = []
            if connection.session != nil { continue }
            engine.remove(connection.handle.slot)
        }
        inbox.withLock { inbox in
            for adopted in inbox.adopted { ListeningSocket.refuse(adopted.descriptor) }
            for moved in inbox.moved { ListeningSocket.refuse(moved.descriptor) }
            inbox = Inbox()
        }
        connections = []
        sessions = [:]
        rooms = [:]
        (touched, unfinished, heldUp) = ([], [], [:])
        (postponed, firstPostponed) = ([], 0)
        // Loops know each other and their lanes, so nothing would ever be freed.
        (peers, lanes, posts, listeners) = ([], [], [], [])
    }

    var loopCount: Int { peers.count }

    /// Handles everything that has happened. False: it had nothing to do, and nothing waits for the next turn.
    @discardableResult
    package func turn(waits: Bool) -> Bool {
        var wasBusy = rest(waits: waits)
        now = clock.monotonic
        if finish() { wasBusy = true }
        while true {
            let completion = engine.next()
            if case .none = completion { break }
            wasBusy = true
            handle(completion)
        }
        if readInbox() { wasBusy = true }
        if fireTimers() { wasBusy = true }
        post()
        for lane in lanes where lane.run() { wasBusy = true }
        if post() { wasBusy = true }
        flush()
        return wasBusy || !unfinished.isEmpty || !postponed.isEmpty
    }

    /// Waits for the engine if nothing else is to be done. True: something is.
    private func rest(waits: Bool) -> Bool {
        guard waits else { return false }
        var mayRest = unfinished.isEmpty && touched.isEmpty && postponed.isEmpty
        for lane in lanes where !lane.mayRest() { mayRest = false }
        mayRest = inbox.withLock { inbox in
            inbox.isAwake = !(mayRest && inbox.isEmpty)
            return !inbox.isAwake
        }
        guard mayRest else {
            engine.wait(nanoseconds: 0)
            return true
        }
        let deadline = lanes.reduce(timers.nextDeadline) { earliest($0, $1.nextDeadline) }
        engine.wait(nanoseconds: deadline.map { $0 - clock.monotonic })
        return false
    }

    /// The next time that something is due without anything arriving; for a clock moved by hand.
    package var nextDeadline: Int64? { lanes.reduce(timers.nextDeadline) { earliest($0, $1.nextDeadline) } }

    private func earliest(_ one: Int64?, _ other: Int64?) -> Int64? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    /// Ends a `wait` of this loop. [any thread]
    func wake() { engine.wake() }

    /// Whether the loop has nothing to send, to read or to hand on.
    private func finish() -> Bool {
        guard !unfinished.isEmpty else { return false }
        let waiting = unfinished
        unfinished = []
        for connection in waiting {
            connection.isUnfinished = false
            sendOn(connection)
            proceed(connection)
            throttle(connection)
            hearClosedSession(connection)
        }
        return true
    }

    private func handle(_ completion: Completion) {
        switch completion {
        case .accepted(let listener, let descriptor, let peer):
            handRound(descriptor, listeners[listener], peer)
        case .acceptFailed(let listener, let error):
            pauseAccepting(listener, error)
        case .received(let slot, let count):
            guard let connection = connections[slot] else { return }
            received(connection, count: count)
        case .ended(let slot, let error):
            guard let connection = connections[slot] else { return }
            if error == nil { endedByPeer(connection) } else { ended(connection) }
        case .written(let slot, let count):
            guard let connection = connections[slot] else { return }
            connection.consumeWritten(count, pool: pool)
            connection.isWriting = false
            touch(connection)
        case .removed(let slot):
            release(slot)
        case .detached(let slot, let descriptor):
            sendAway(slot, descriptor)
        case .woken, .none:
            break
        }
    }

    // MARK: From other threads

    /// Does what a lane wants done. [any thread]
    func post(_ outgoing: inout Outgoing) {
        var taken = Outgoing()
        swap(&taken, &outgoing)
        submit { $0.outgoing.append(taken) }
    }

    /// Runs `job` on this loop. [any thread]
    func perform(_ job: @escaping @Sendable (Loop) -> Void) { submit { $0.jobs.append(job) } }

    func submit(_ add: (inout Inbox) -> Void) {
        let mustWake = inbox.withLock { inbox in
            add(&inbox)
            defer { inbox.isAwake = true }
            return !inbox.isAwake
        }
        if mustWake { engine.wake() }
    }

    private func readInbox() -> Bool {
        var taken = Inbox()
        inbox.withLock { inbox in
            guard !inbox.isEmpty else { return }
            swap(&inbox, &taken)
            inbox.isAwake = true
        }
        guard !taken.isEmpty else { return false }
        for adopted in taken.adopted { adopt(adopted.descriptor, adopted.listener, adopted.peer) }
        for moved in taken.moved { takeIn(moved) }
        for outgoing in taken.outgoing { apply(outgoing) }
        for job in taken.jobs { job(self) }
        return true
    }

    // MARK: The end of a turn

    /// The connection is to be flushed when the turn ends.
    func touch(_ connection: Connection) {
        guard !connection.isTouched else { return }
        connection.isTouched = true
        touched.append(connection)
    }

    /// The connection has more messages than it may give to one turn.
    func leaveUnfinished(_ connection: Connection) {
        guard !connection.isUnfinished else { return }
        connection.isUnfinished = true
        unfinished.append(connection)
    }

    /// Hands a connection's event to its service, to be handled when its lane runs.
    func enqueue(_ service: Service, _ body: (inout LaneBatch) -> Void) { body(&posts[service.number].batch) }

    /// Whether the service's lane is here and has nothing waiting, so that a message may go straight to it.
    func isDirect(_ service: Service) -> Bool {
        // The lane's own state may be looked at only when the lane is this thread's.
        service.lane.isIdle(on: self) && posts[service.number].batch.isEmpty && !service.isDeferred
    }

    /// Hands lanes what they are to handle. False: nothing.
    @discardableResult
    private func post() -> Bool {
        var hasPosted = false
        for index in posts.indices where !posts[index].batch.isEmpty {
            posts[index].service.lane.post(&posts[index].batch, from: self)
            hasPosted = true
        }
        return hasPosted
    }

    /// Writes what this turn's connections are owed, then some of what earlier turns left: a message to a large
    /// room does not hold up the answers to others.
    private func flush() {
        var index = 0
        // A flush may touch others: a connection that ends, say.
        while index < touched.count {
            let connection = touched[index]
            connection.isTouched = false
            if index < Loop.mostFlushes {
                flush(connection)
            } else if !connection.isPostponed {
                connection.isPostponed = true
                postponed.append(connection)
            }
            index += 1
        }
        touched.removeAll(keepingCapacity: true)
        flushPostponed()
    }

    /// The connection is another loop's from now on.
    func forgetPostponed(_ connection: Connection) {
        guard connection.isPostponed else { return }
        connection.isPostponed = false
        postponed[firstPostponed...].removeAll { $0 === connection }
    }

    private func flushPostponed() {
        let end = min(postponed.count, firstPostponed + Loop.postponedFlushes)
        while firstPostponed < end {
            let connection = postponed[firstPostponed]
            connection.isPostponed = false
            flush(connection)
            firstPostponed += 1
        }
        // Not each time: what is behind moves up.
        guard firstPostponed > postponed.count / 2 else { return }
        postponed.removeFirst(firstPostponed)
        firstPostponed = 0
    }

    /// The connection that a handle names, unless it has ended.
    func connection(_ handle: ConnectionHandle) -> Connection? {
        guard handle.loop == index, handle.slot < connections.count,
            let connection = connections[handle.slot], connection.handle == handle
        else { return nil }
        return connection
    }
}

// Its thread's own, but for the inbox, the counters and the engine's `wake`.
extension Loop: @unchecked Sendable {}
