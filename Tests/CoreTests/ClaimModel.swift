@testable import Core

/// What a table of claims does, said in the simplest way: nothing is fast, and a copy is all it takes to go back.
struct ClaimModel: Equatable {
    struct Entry: Equatable {
        var holder: ConnectionHandle?
        var until: Int64?  // it was asked
        var number = 0  // of the challenge
        var vacancy: Int?
        var queue: [ConnectionHandle] = []
    }

    private(set) var entries: [[String: Entry]]  // by kind
    private var lastVacancy = 0
    private var lastChallenge = 0

    init(kinds: Int) { entries = Array(repeating: [:], count: kinds) }

    mutating func claim(
        _ kind: Int,
        _ mode: ClaimTable.Mode,
        _ name: String,
        _ who: ConnectionHandle,
        deadline: Int64
    ) -> ClaimTable.Answer {
        guard let entry = entries[kind][name] else {
            grant(kind, name, who)
            return .granted
        }
        guard let holder = entry.holder else {
            enqueue(kind, name, who)
            return .waiting(for: nil)
        }
        if holder == who { return .isHolder }
        switch mode {
        case .deny: return .denied(by: holder)
        case .replace:
            grant(kind, name, who)
            return .replaced(holder)
        case .probe:
            enqueue(kind, name, who)
            if entry.until != nil { return .waiting(for: holder) }
            lastChallenge += 1
            entries[kind][name]?.until = deadline
            entries[kind][name]?.number = lastChallenge
            return .probing(holder)
        }
    }

    mutating func release(_ kind: Int, _ name: String, _ who: ConnectionHandle) -> Bool {
        guard let entry = entries[kind][name] else { return false }
        if entry.holder == who {
            vacate(kind, name)
            return true
        }
        entries[kind][name]?.queue.removeAll { $0 == who }
        return entry.queue.contains(who)
    }

    mutating func confirm(_ kind: Int, _ name: String, _ who: ConnectionHandle) -> Bool {
        guard let entry = entries[kind][name], entry.holder == who, entry.until != nil else { return false }
        entries[kind][name] = Entry(holder: who)
        return true
    }

    /// - Parameter names: of each kind, in the order in which they are let go.
    mutating func releaseAll(_ who: ConnectionHandle, _ names: [[String]]) {
        for kind in entries.indices {
            leaveQueues(kind, who)
            for name in names[kind] { vacate(kind, name) }
        }
    }

    mutating func expire(now: Int64) -> (kind: Int, name: String, holder: ConnectionHandle)? {
        let due = all.filter { $0.entry.until.map { $0 <= now } == true }
        guard
            let first = due.min(by: {
                ($0.entry.until ?? 0, $0.entry.number) < ($1.entry.until ?? 0, $1.entry.number)
            }),
            let holder = first.entry.holder
        else { return nil }
        lastVacancy += 1
        entries[first.kind][first.name] = Entry(vacancy: lastVacancy, queue: first.entry.queue)
        return (first.kind, first.name, holder)
    }

    /// The one that gets the name which fell vacant first; nil: it is free, or there is none.
    mutating func fill(isThere: (ConnectionHandle) -> Bool)
        -> (kind: Int, name: String, holder: ConnectionHandle)?
    {
        let vacant = all.filter { $0.entry.vacancy != nil }
        guard let first = vacant.min(by: { ($0.entry.vacancy ?? 0) < ($1.entry.vacancy ?? 0) }) else {
            return nil
        }
        guard let who = first.entry.queue.first(where: isThere) else {
            entries[first.kind][first.name] = nil
            return nil
        }
        grant(first.kind, first.name, who)
        return (first.kind, first.name, who)
    }

    var vacancyCount: Int { all.count { $0.entry.vacancy != nil } }
    var nextDeadline: Int64? { all.compactMap(\.entry.until).min() }

    /// Whether no two challenges are over at the same time.
    var isUnambiguous: Bool {
        let deadlines = all.compactMap(\.entry.until)
        return Set(deadlines).count == deadlines.count
    }

    func held(_ kind: Int) -> [String: ConnectionHandle] { entries[kind].compactMapValues(\.holder) }

    private var all: [(kind: Int, name: String, entry: Entry)] {
        entries.indices.flatMap { kind in entries[kind].map { (kind, $0.key, $0.value) } }
    }

    private mutating func enqueue(_ kind: Int, _ name: String, _ who: ConnectionHandle) {
        if entries[kind][name]?.queue.contains(who) == false { entries[kind][name]?.queue.append(who) }
    }

    private mutating func grant(_ kind: Int, _ name: String, _ who: ConnectionHandle) {
        entries[kind][name] = Entry(holder: who)
        leaveQueues(kind, who)
    }

    private mutating func vacate(_ kind: Int, _ name: String) {
        guard let queue = entries[kind][name]?.queue, !queue.isEmpty else {
            entries[kind][name] = nil
            return
        }
        lastVacancy += 1
        entries[kind][name] = Entry(vacancy: lastVacancy, queue: queue)
    }

    @discardableResult
    mutating func leaveQueues(_ kind: Int, _ who: ConnectionHandle) -> Int {
        defer {
            for name in entries[kind].keys { entries[kind][name]?.queue.removeAll { $0 == who } }
        }
        return entries[kind].values.count { $0.queue.contains(who) }
    }
}
