import PatchbayKit

/// What the demo asks of the store beyond what the chat does.
struct DemoRecords {
    /// The numbers that the demo gives.
    private static let numbers: Range<UserID> = 1_000_000_000..<2_000_000_000

    private let insertChannel: Statement
    private let findChannel: Statement
    private let findVisitors: Statement
    private let findLast: Statement
    private let insertVisitor: Statement
    private let countNames: Statement

    init(_ store: Store) throws(StoreError) {
        insertChannel = try store.prepare(
            """
            INSERT INTO channels (id, parent, name, privacy, motd, slowmod, smiles, peka, type)
            SELECT '1', NULL, 'Patchbay', 0, '', 0, 1, 1, 'demo' WHERE NOT EXISTS (SELECT 1 FROM channels)
            """
        )
        findChannel = try store.prepare(
            """
            SELECT id, CASE type WHEN 'demo' THEN 1 ELSE 0 END AS made FROM channels
            WHERE parent IS NULL AND privacy = 0 ORDER BY made DESC, LENGTH(id), id LIMIT 1
            """
        )
        findVisitors = try store.prepare("SELECT user_id FROM visitors ORDER BY user_id")
        findLast = try store.prepare("SELECT MAX(id) FROM users WHERE id >= $1 AND id < $2")
        insertVisitor = try store.prepare("INSERT INTO visitors (user_id) VALUES ($1)")
        countNames = try store.prepare("SELECT COUNT(*) FROM users WHERE name = $1")
    }

    /// Makes channel 1 where there is no channel at all.
    func addFirstChannel() throws(StoreError) {
        try insertChannel.run()
    }

    /// The channel for whoever comes: the demo's own, or else the first that is open to everybody.
    func channel() throws(StoreError) -> (id: ChannelID, isOwn: Bool)? {
        var found: (id: ChannelID, isOwn: Bool)?
        try findChannel.run { row in
            if let id = ChannelID(row.bytes(0)) { found = (id, row.boolean(1)) }
        }
        return found
    }

    /// Everybody that the demo made and has not let go, oldest first.
    func visitors() throws(StoreError) -> [UserID] {
        var visitors: [UserID] = []
        try findVisitors.run { row in visitors.append(row.integer(0)) }
        return visitors
    }

    /// The number for the next visitor, above all that there are of these.
    func nextNumber() throws(StoreError) -> UserID {
        var last: UserID?
        try findLast.run(Self.numbers.lowerBound, Self.numbers.upperBound) { row in
            last = row.isNull(0) ? nil : row.integer(0)
        }
        return last.map { $0 + 1 } ?? Self.numbers.lowerBound
    }

    /// Keeps that the user is the demo's, which lets its oldest go; nobody else's are ever touched.
    func add(_ visitor: UserID) throws(StoreError) {
        try insertVisitor.run(visitor)
    }

    /// Whether anybody has the name.
    func isTaken(_ name: String) throws(StoreError) -> Bool {
        var count: Int64 = 0
        try countNames.run(name) { row in count = row.integer(0) }
        return count > 0
    }
}
