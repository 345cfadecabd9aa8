import PatchbayKit

/// Whom each user ignores, as stored.
struct IgnoreRecords {
    private let findAll: Statement
    private let find: Statement
    private let insert: Statement
    private let removal: Statement

    init(_ store: Store) throws(StoreError) {
        findAll = try store.prepare(
            """
            SELECT users.id, users.name FROM ignored JOIN users ON users.id = ignored.ignored
            WHERE ignored.user_id = $1 ORDER BY ignored.position
            """
        )
        find = try store.prepare("SELECT 1 FROM ignored WHERE user_id = $1 AND ignored = $2")
        insert = try store.prepare(
            """
            INSERT INTO ignored (user_id, ignored, position)
            VALUES ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1 FROM ignored WHERE user_id = $1))
            ON CONFLICT (user_id, ignored) DO NOTHING
            """
        )
        removal = try store.prepare("DELETE FROM ignored WHERE user_id = $1 AND ignored = $2")
    }

    /// In the order of adding.
    func forEach(of owner: UserID, _ body: (UserID, [UInt8]) -> Void) throws(StoreError) {
        try findAll.run(owner) { row in body(row.integer(0), row.bytes(1)) }
    }

    func contains(_ other: UserID, on owner: UserID) throws(StoreError) -> Bool {
        var isFound = false
        try find.run(owner, other) { _ in isFound = true }
        return isFound
    }

    func add(_ other: UserID, to owner: UserID) throws(StoreError) {
        try insert.run(owner, other)
    }

    func remove(_ other: UserID, from owner: UserID) throws(StoreError) {
        try removal.run(owner, other)
    }
}
