import Crypto
import Wire

/// Counts failed logins by address and by account over a sliding minute, and says when there were too many.
///
/// A login counts as failed from its beginning on, until it is said to have succeeded. Who has come in from an
/// address passes the account's limit from there for a day, so that no stranger can lock him out.
///
/// Each of the four tables has at most `mostKeys` entries, of 200 bytes or so with 10 failures: 12 MB when all are
/// full, and nothing while nobody logs in. What is over that, the oldest, is forgotten.
struct LoginThrottle: Sendable {
    static let mostKeys = 16_384

    /// A login that is being checked.
    private struct Try: Sendable {
        let account: UInt128?
        let address: UInt128?
        let time: Int64
    }

    /// An account, and where it was entered from.
    private struct Entrance: Hashable, Sendable {
        let account: UInt128
        let address: UInt128
    }

    private static let minute: Int64 = 60_000_000_000
    private static let day: Int64 = 24 * 60 * minute

    private let limit: Int?  // failures a minute; nil: any number
    private let backEnds: [AddressRange]
    private var addresses: RecentTable<UInt128, [Int64]>  // when logins failed, oldest first
    private var accounts: RecentTable<UInt128, [Int64]>
    private var tries: RecentTable<UInt64, Try>
    private var entrances: RecentTable<Entrance, Int64>  // when, last
    private var lastTicket: UInt64 = 0

    /// - Parameters:
    ///   - limit: failures a minute of each address and of each account; nil: any number.
    ///   - backEnds: addresses that bring many people: they have no count of their own.
    init(limit: Int?, backEnds: [AddressRange], mostKeys: Int = LoginThrottle.mostKeys) {
        self.limit = limit
        self.backEnds = backEnds
        addresses = RecentTable(most: mostKeys)
        accounts = RecentTable(most: mostKeys)
        tries = RecentTable(most: mostKeys)
        entrances = RecentTable(most: mostKeys)
    }

    /// A login begins. Its ticket, above 0; nil: there were too many that failed.
    ///
    /// - Parameters:
    ///   - account: empty where there is none; then the address alone counts.
    ///   - address: as text; what is no IP address has no count of its own.
    ///   - now: in nanoseconds.
    mutating func begin(account: Span<UInt8>, address: Span<UInt8>, now: Int64) -> UInt64? {
        forget(now)
        let login = Try(
            account: account.isEmpty ? nil : LoginThrottle.key(account: account),
            address: key(address: address),
            time: now
        )
        if let limit {
            if let address = login.address, failures(addresses[address], now).count >= limit { return nil }
            if let account = login.account, failures(accounts[account], now).count >= limit,
                !hasEntered(login, now)
            {
                return nil
            }
            if let address = login.address { LoginThrottle.add(now, to: &addresses, address, most: limit) }
            if let account = login.account { LoginThrottle.add(now, to: &accounts, account, most: limit) }
        }
        lastTicket += 1
        tries.put(login, for: lastTicket)
        return lastTicket
    }

    /// A login is decided. False: it was before, or so long ago that it is forgotten, and counts as failed.
    mutating func settle(_ ticket: UInt64, hasSucceeded: Bool, now: Int64) -> Bool {
        guard let login = tries.remove(ticket) else { return false }
        guard hasSucceeded else { return true }
        forget(login)
        if let account = login.account, let address = login.address {
            entrances.put(now, for: Entrance(account: account, address: address))
        }
        return true
    }

    /// A login is not checked after all: it has never begun.
    mutating func withdraw(_ ticket: UInt64) {
        if let login = tries.remove(ticket) { forget(login) }
    }

    private mutating func forget(_ login: Try) {
        if let account = login.account { LoginThrottle.remove(login.time, from: &accounts, account) }
        if let address = login.address { LoginThrottle.remove(login.time, from: &addresses, address) }
    }

    /// The count that a login's address has, for turns; nil: it is settled or forgotten.
    func address(of ticket: UInt64) -> UInt128?? { tries[ticket].map { $0.address } }

    private func hasEntered(_ login: Try, _ now: Int64) -> Bool {
        guard let account = login.account, let address = login.address,
            let time = entrances[Entrance(account: account, address: address)]
        else { return false }
        return now - time < LoginThrottle.day
    }

    private func failures(_ times: [Int64]?, _ now: Int64) -> ArraySlice<Int64> {
        times?.drop { now - $0 >= LoginThrottle.minute } ?? []
    }

    /// Lets go of what does not count any more: a little each time, so that it never takes long.
    private mutating func forget(_ now: Int64) {
        for _ in 0..<2 {
            LoginThrottle.forgetOldest(of: &addresses, now)
            LoginThrottle.forgetOldest(of: &accounts, now)
            if let oldest = entrances.oldest, now - oldest.value >= LoginThrottle.day {
                entrances.remove(oldest.key)
            }
        }
    }

    private static func forgetOldest(of table: inout RecentTable<UInt128, [Int64]>, _ now: Int64) {
        guard let oldest = table.oldest else { return }
        if oldest.value.last.map({ now - $0 >= minute }) ?? true { table.remove(oldest.key) }
    }

    /// Keeps twice as many as the limit at most: who has entered before may go over it.
    private static func add(
        _ time: Int64,
        to table: inout RecentTable<UInt128, [Int64]>,
        _ key: UInt128,
        most limit: Int
    ) {
        var times = table.remove(key) ?? []
        times.removeAll { time - $0 >= minute }
        if times.count >= 2 * limit { times.removeFirst() }
        times.append(time)
        table.put(times, for: key)
    }

    private static func remove(
        _ time: Int64,
        from table: inout RecentTable<UInt128, [Int64]>,
        _ key: UInt128
    ) {
        table.change(key) { times in
            if let index = times.lastIndex(of: time) { times.remove(at: index) }
        }
        if table[key]?.isEmpty == true { table.remove(key) }
    }

    // MARK: Keys

    /// Of accounts of any length, in 16 bytes that nobody can make the same for two of them.
    private static func key(account: Span<UInt8>) -> UInt128 {
        let digest = Digest.sha256Inline(account)
        var key: UInt128 = 0
        for index in 0..<16 { key = key << 8 | UInt128(digest[index]) }
        return key
    }

    /// Whoever has one IPv6 address has 2^64 of them. Nil: the address has no count of its own.
    func key(address text: Span<UInt8>) -> UInt128? {
        guard let bytes = AddressText.bytes(text).map(AddressText.unmapped) else { return nil }
        if backEnds.contains(where: { $0.contains(bytes) }) { return nil }
        let network = bytes.prefix(8).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        return bytes.count == 4 ? network : network << 64
    }
}
