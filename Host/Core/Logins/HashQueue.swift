/// Hashes that are under way: those that wait, and those that are being made.
///
/// Addresses take turns, so that one that sends many logins makes none but itself wait. Their number is bounded in all,
/// and for each address; those without an address of their own (back ends, Unix sockets, the operator) share a turn, and
/// only the whole bounds them.
struct HashQueue<Job> {
    /// In all. Each keeps a password.
    static var most: Int { 256 }
    /// Of one address.
    static var mostOfAddress: Int { 16 }

    /// One that was handed out.
    struct Turn {
        let number: UInt64
        let job: Job
    }

    fileprivate struct Entry {
        let number: UInt64
        let owner: ObjectIdentifier
        let job: Job
    }

    private struct Running: Sendable {
        let owner: ObjectIdentifier
        let address: UInt128?
    }

    private var waiting: [UInt128?: [Entry]] = [:]
    private var order: [UInt128?] = []  // those of whom some wait, the next one first
    private var running: [UInt64: Running] = [:]
    private var counts: [UInt128?: Int] = [:]  // of both
    private var lastNumber: UInt64 = 0
    /// Under way.
    private(set) var count = 0
    /// Some are not handed out yet.
    var isWaiting: Bool { !order.isEmpty }

    /// False: there are too many.
    mutating func add(_ job: Job, of address: UInt128?, owner: ObjectIdentifier) -> Bool {
        guard count < HashQueue.most, address == nil || counts[address, default: 0] < HashQueue.mostOfAddress
        else {
            return false
        }
        lastNumber += 1
        if waiting[address] == nil { order.append(address) }
        waiting[address, default: []].append(Entry(number: lastNumber, owner: owner, job: job))
        counts[address, default: 0] += 1
        count += 1
        return true
    }

    /// The next to be made; `finish` when it is.
    mutating func next() -> Turn? {
        guard let address = order.first, var entries = waiting[address] else { return nil }
        order.removeFirst()
        let entry = entries.removeFirst()
        waiting[address] = entries.isEmpty ? nil : entries
        if !entries.isEmpty { order.append(address) }
        running[entry.number] = Running(owner: entry.owner, address: address)
        return Turn(number: entry.number, job: entry.job)
    }

    mutating func finish(_ turn: Turn) {
        // One that was forgotten meanwhile does not count any more.
        if let done = running.removeValue(forKey: turn.number) { release(done.address) }
    }

    /// Forgets all of an owner.
    mutating func forget(_ owner: ObjectIdentifier) {
        for (address, entries) in waiting {
            let left = entries.filter { $0.owner != owner }
            for _ in left.count..<entries.count { release(address) }
            waiting[address] = left.isEmpty ? nil : left
        }
        order.removeAll { waiting[$0] == nil }
        for (number, run) in running where run.owner == owner {
            running[number] = nil
            release(run.address)
        }
    }

    private mutating func release(_ address: UInt128?) {
        count -= 1
        let left = counts[address, default: 0] - 1
        counts[address] = left > 0 ? left : nil
    }
}

extension HashQueue: Sendable where Job: Sendable {}
extension HashQueue.Entry: Sendable where Job: Sendable {}
extension HashQueue.Turn: Sendable where Job: Sendable {}
