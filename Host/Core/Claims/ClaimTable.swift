import Net

/// Names that connections hold, those that wait for them, and what happens when a name is wanted by a second one.
/// It knows neither the plugin nor the clock; each of its changes can be taken back.
///
/// A class, for it is asked after each message, and the compiler copied the whole of a struct for that.
final class ClaimTable {
    /// How a second holder is met.
    enum Mode { case deny, replace, probe }

    /// What a claim came to.
    enum Answer: Equatable {
        case granted
        case isHolder
        case denied(by: ConnectionHandle)
        case replaced(ConnectionHandle)
        case probing(ConnectionHandle)
        case waiting(for: ConnectionHandle?)  // nil: it is about to be given to the first that waits
    }

    enum Phase: Equatable {
        case held
        case asked(until: Int64)  // in milliseconds
        case vacant(order: Int64)  // nobody holds it, and the first that waits is to get it
    }

    struct Name {
        let kind: Int
        let bytes: [UInt8]
        let hash: UInt32
        fileprivate(set) var holder: ConnectionHandle?
        fileprivate(set) var phase = Phase.held
        fileprivate var timer: TimerHeap<Int>.Id?
        fileprivate var index = 0  // in what its holder holds
        fileprivate var first = -1, last = -1  // of those that wait
    }

    /// That somebody waits for a name: between two others in the name's queue.
    private struct Wait {
        let name: Int
        let who: ConnectionHandle
        var previous: Int
        var next = -1
        var index: Int  // in what its connection waits for
    }

    private struct WaitKey: Hashable {
        let name: Int
        let who: ConnectionHandle
    }

    /// A connection, as far as one kind of name is concerned.
    private struct PartyKey: Hashable {
        let kind: Int
        let who: ConnectionHandle
    }

    private struct Party {
        var held: [Int] = []  // in no order
        var waits: [Int] = []  // in no order
    }

    /// How to take back one change. Only in the reverse order of the changes does a place mean what it meant.
    enum Change {
        case made(Int)
        case unmade(Int, kind: Int, [UInt8])
        case state(Int, ConnectionHandle?, Phase)  // as they were
        case waited(Int, ConnectionHandle)
        case left(Int, ConnectionHandle, before: ConnectionHandle?)
    }

    /// Whether changes are noted.
    var isNoting = false
    private(set) var noted: [Change] = []

    private var kinds: [[UInt8]: Int] = [:]
    private var orders: [ClaimOrder] = []  // by kind
    private var index = NameIndex()
    private var names: [Name] = []
    private var freeNames: [Int] = []
    private var waits: [Wait] = []
    private var freeWaits: [Int] = []
    private var waiting: [WaitKey: Int] = [:]
    private var parties: [PartyKey: Party] = [:]
    private var challenges = TimerHeap<Int>()
    private var vacancies = TimerHeap<Int>()
    private var lastVacancy: Int64 = 0

    // MARK: Looking

    /// How many names are held.
    var count: Int { names.count - freeNames.count - vacancyCount }
    /// A number of its own, as it is asked for after each message.
    private(set) var vacancyCount = 0
    var challengeCount: Int { challenges.count }
    /// When the first challenge is over, in milliseconds.
    var nextDeadline: Int64? { challenges.nextDeadline }
    var kindCount: Int { orders.count }

    /// A kind's number: the same for as long as the table lives.
    func kind(_ name: [UInt8]) -> Int {
        if let number = kinds[name] { return number }
        kinds[name] = orders.count
        orders.append(ClaimOrder())
        return orders.count - 1
    }

    func holder(_ kind: Int, _ name: Span<UInt8>) -> ConnectionHandle? {
        place(kind, name, NameIndex.hash(name, kind: kind)).flatMap { names[$0].holder }
    }

    /// The names that the connection holds, in no order.
    func names(_ kind: Int, of who: ConnectionHandle) -> [[UInt8]] {
        parties[PartyKey(kind: kind, who: who)]?.held.map { names[$0].bytes } ?? []
    }

    func nameCount(_ kind: Int, of who: ConnectionHandle) -> Int {
        parties[PartyKey(kind: kind, who: who)]?.held.count ?? 0
    }

    /// The first held names that begin with `prefix`, in the order of their bytes.
    func held(_ kind: Int, prefix: Span<UInt8>, most: Int) -> [(name: [UInt8], holder: ConnectionHandle)] {
        var found: [(name: [UInt8], holder: ConnectionHandle)] = []
        guard most > 0 else { return found }
        orders[kind].visit(prefix: prefix, among: names) { place in
            if let holder = names[place].holder { found.append((names[place].bytes, holder)) }
            return found.count < most
        }
        return found
    }

    func heldCount(_ kind: Int, prefix: Span<UInt8>, most: Int) -> Int {
        var found = 0
        guard most > 0 else { return found }
        orders[kind].visit(prefix: prefix, among: names) { place in
            if names[place].holder != nil { found += 1 }
            return found < most
        }
        return found
    }

    // MARK: What connections want

    /// - Parameter deadline: when a challenge that begins now is over.
    func claim(
        _ kind: Int,
        _ mode: Mode,
        _ name: Span<UInt8>,
        _ who: ConnectionHandle,
        deadline: Int64
    ) -> Answer {
        let hash = NameIndex.hash(name, kind: kind)
        guard let place = place(kind, name, hash) else {
            grant(make(kind, [UInt8](name), hash), to: who)
            return .granted
        }
        guard let holder = names[place].holder else {
            guard mode == .probe else {
                emptyQueue(place)
                grant(place, to: who)
                return .granted
            }
            wait(place, who)
            return .waiting(for: nil)
        }
        guard holder != who else { return .isHolder }
        switch mode {
        case .deny: return .denied(by: holder)
        case .replace:
            emptyQueue(place)
            grant(place, to: who)
            return .replaced(holder)
        case .probe:
            wait(place, who)
            if case .asked = names[place].phase { return .waiting(for: holder) }
            set(place, holder, .asked(until: deadline))
            return .probing(holder)
        }
    }

    /// The connection neither holds the name any more nor waits for it. False: it did neither.
    func release(_ kind: Int, _ name: Span<UInt8>, _ who: ConnectionHandle) -> Bool {
        guard let place = place(kind, name, NameIndex.hash(name, kind: kind)) else { return false }
        guard names[place].holder == who else { return leave(place, who) }
        vacate(place)
        return true
    }

    /// The holder has answered: it keeps the name, and nobody waits any more. False: it was not asked.
    func confirm(_ kind: Int, _ name: Span<UInt8>, _ who: ConnectionHandle) -> Bool {
        guard let place = place(kind, name, NameIndex.hash(name, kind: kind)), names[place].holder == who,
            case .asked = names[place].phase
        else { return false }
        set(place, who, .held)
        emptyQueue(place)
        return true
    }

    /// The connection has ended.
    func releaseAll(_ who: ConnectionHandle) {
        for kind in orders.indices {
            let key = PartyKey(kind: kind, who: who)
            leaveQueues(key)
            while let place = parties[key]?.held.last { vacate(place) }
        }
    }

    // MARK: What time and vacancies bring

    /// Takes the name from the first holder that has not answered in time. Nil: there is none.
    ///
    /// - Parameter again: when it is over once more, should this be taken back.
    func expire(now: Int64, again: Int64) -> (kind: Int, name: [UInt8], holder: ConnectionHandle)? {
        guard let place = challenges.popDue(now), let holder = names[place].holder else { return nil }
        names[place].phase = .asked(until: again)
        lastVacancy += 1
        set(place, nil, .vacant(order: lastVacancy))
        return (names[place].kind, names[place].bytes, holder)
    }

    /// Gives the name that fell vacant first to the first that waits and is there. Nobody: it is free then.
    func fill(isThere: (_ kind: Int, ConnectionHandle) -> Bool)
        -> (kind: Int, name: [UInt8], holder: ConnectionHandle)?
    {
        guard let place = vacancies.popDue(.max) else { return nil }
        let kind = names[place].kind
        var next = names[place].first
        while next >= 0, !isThere(kind, waits[next].who) { next = waits[next].next }
        guard next >= 0 else {
            emptyQueue(place)
            set(place, nil, .held)
            unmake(place)
            return nil
        }
        let who = waits[next].who
        emptyQueue(place)
        grant(place, to: who)
        return (kind, names[place].bytes, who)
    }

    // MARK: Reloads

    /// Frees all names of a kind.
    func drop(_ kind: Int) {
        for place in places(kind) {
            emptyQueue(place)
            set(place, nil, .held)
            unmake(place)
        }
    }

    /// Ends the challenges of a kind: who holds a name keeps it.
    func endChallenges(_ kind: Int) {
        guard challenges.count + vacancyCount > 0 else { return }
        for place in places(kind) where names[place].phase != .held {
            emptyQueue(place)
            let holder = names[place].holder
            set(place, holder, .held)
            if holder == nil { unmake(place) }
        }
    }

    private func places(_ kind: Int) -> [Int] {
        var all: [Int] = []
        let none: [UInt8] = []
        orders[kind].visit(prefix: none.span, among: names) { place in
            all.append(place)
            return true
        }
        return all
    }

    // MARK: Taking back

    /// What was noted is somebody else's now.
    func forgetNoted() { noted.removeAll(keepingCapacity: noted.capacity <= 64) }

    /// Takes back a change; the newest first.
    func takeBack(_ change: Change) {
        isNoting = false
        switch change {
        case .made(let place): unmake(place)
        case .unmade(let place, let kind, let bytes):
            if let index = freeNames.lastIndex(of: place) {
                freeNames.swapAt(index, freeNames.count - 1)
            }
            _ = make(kind, bytes, NameIndex.hash(bytes.span, kind: kind))
        case .state(let place, let holder, let phase): set(place, holder, phase)
        case .waited(let place, let who): _ = leave(place, who)
        case .left(let place, let who, let next):
            wait(place, who, before: next.flatMap { waiting[WaitKey(name: place, who: $0)] })
        }
    }

    // MARK: The changes that there are

    private func place(_ kind: Int, _ name: Span<UInt8>, _ hash: UInt32) -> Int? {
        index.place(hash) { names[$0].kind == kind && names[$0].bytes.isEqual(to: name) }
    }

    /// Nobody holds it; whoever waits is to get it.
    private func vacate(_ place: Int) {
        if names[place].first >= 0 {
            lastVacancy += 1
            set(place, nil, .vacant(order: lastVacancy))
        } else {
            set(place, nil, .held)
            unmake(place)
        }
    }

    /// Whoever gets a name waits for no other of its kind any more.
    private func grant(_ place: Int, to who: ConnectionHandle) {
        set(place, who, .held)
        leaveQueues(PartyKey(kind: names[place].kind, who: who))
    }

    /// The connection waits for no name of the kind any more. Answers for how many it did.
    func leaveQueues(_ kind: Int, _ who: ConnectionHandle) -> Int {
        let key = PartyKey(kind: kind, who: who)
        let count = parties[key]?.waits.count ?? 0
        leaveQueues(key)
        return count
    }

    private func leaveQueues(_ key: PartyKey) {
        while let wait = parties[key]?.waits.last { _ = leave(waits[wait].name, key.who) }
    }

    private func emptyQueue(_ place: Int) {
        // From its end, so that taking it back begins at its front.
        while names[place].last >= 0 { _ = leave(place, waits[names[place].last].who) }
    }

    private func make(_ kind: Int, _ bytes: [UInt8], _ hash: UInt32) -> Int {
        let place = freeNames.popLast() ?? names.count
        let name = Name(kind: kind, bytes: bytes, hash: hash)
        if place == names.count { names.append(name) } else { names[place] = name }
        index.insert(place, hash)
        orders[kind].insert(place, among: names)
        note(.made(place))
        return place
    }

    /// Forgets a name that nobody holds or waits for.
    private func unmake(_ place: Int) {
        let name = names[place]
        index.remove(place, name.hash)
        orders[name.kind].remove(place, among: names)
        names[place] = Name(kind: name.kind, bytes: [], hash: 0)
        freeNames.append(place)
        note(.unmade(place, kind: name.kind, name.bytes))
    }

    private func set(_ place: Int, _ holder: ConnectionHandle?, _ phase: Phase) {
        let former = names[place]
        note(.state(place, former.holder, former.phase))
        if let timer = former.timer {
            if case .vacant = former.phase { vacancies.cancel(timer) } else { challenges.cancel(timer) }
        }
        if former.holder != holder {
            if let old = former.holder { dropHeld(PartyKey(kind: former.kind, who: old), place) }
            if let new = holder { addHeld(PartyKey(kind: former.kind, who: new), place) }
        }
        if case .vacant = former.phase { vacancyCount -= 1 }
        if case .vacant = phase { vacancyCount += 1 }
        names[place].holder = holder
        names[place].phase = phase
        switch phase {
        case .held: names[place].timer = nil
        case .asked(let deadline): names[place].timer = challenges.insert(deadline: deadline, place)
        case .vacant(let order): names[place].timer = vacancies.insert(deadline: order, place)
        }
    }

    private func addHeld(_ key: PartyKey, _ place: Int) {
        names[place].index = parties[key]?.held.count ?? 0
        parties[key, default: Party()].held.append(place)
    }

    private func dropHeld(_ key: PartyKey, _ place: Int) {
        guard let last = parties[key]?.held.popLast() else { return }
        if last != place {
            parties[key]?.held[names[place].index] = last
            names[last].index = names[place].index
        }
        forgetIdle(key)
    }

    /// Puts a connection into a name's queue, at its end or where it was; it keeps the place that it has.
    private func wait(_ place: Int, _ who: ConnectionHandle, before next: Int? = nil) {
        let waitKey = WaitKey(name: place, who: who)
        guard waiting[waitKey] == nil else { return }
        let key = PartyKey(kind: names[place].kind, who: who)
        let previous = next.map { waits[$0].previous } ?? names[place].last
        let index = parties[key]?.waits.count ?? 0
        var wait = Wait(name: place, who: who, previous: previous, index: index)
        wait.next = next ?? -1
        let slot = freeWaits.popLast() ?? waits.count
        if slot == waits.count { waits.append(wait) } else { waits[slot] = wait }
        if previous >= 0 { waits[previous].next = slot } else { names[place].first = slot }
        if let next { waits[next].previous = slot } else { names[place].last = slot }
        parties[key, default: Party()].waits.append(slot)
        waiting[waitKey] = slot
        note(.waited(place, who))
    }

    /// Takes a connection out of a name's queue. False: it is not in it.
    private func leave(_ place: Int, _ who: ConnectionHandle) -> Bool {
        guard let slot = waiting.removeValue(forKey: WaitKey(name: place, who: who)) else { return false }
        let wait = waits[slot]
        if wait.previous >= 0 {
            waits[wait.previous].next = wait.next
        } else {
            names[place].first = wait.next
        }
        if wait.next >= 0 {
            waits[wait.next].previous = wait.previous
        } else {
            names[place].last = wait.previous
        }
        let key = PartyKey(kind: names[place].kind, who: who)
        if let last = parties[key]?.waits.popLast(), last != slot {
            parties[key]?.waits[wait.index] = last
            waits[last].index = wait.index
        }
        forgetIdle(key)
        freeWaits.append(slot)
        note(.left(place, who, before: wait.next >= 0 ? waits[wait.next].who : nil))
        return true
    }

    private func forgetIdle(_ key: PartyKey) {
        if let party = parties[key], party.held.isEmpty, party.waits.isEmpty { parties[key] = nil }
    }

    private func note(_ change: Change) {
        if isNoting { noted.append(change) }
    }
}
