import PatchbayKit

/// The tokens of those who have logged in, as digests: a token itself is known to its owner alone.
struct TokenRecords {
    /// Tokens that a user may have; the oldest ends when there is one more.
    private static let mostOfUser: Int64 = 100

    private let store: Store
    private let selection: Statement
    private let insertion: Statement
    private let deletion: Statement
    private let last: Statement

    init(_ store: Store) throws(StoreError) {
        self.store = store
        selection = try store.prepare("SELECT user_id FROM tokens WHERE digest = $1")
        insertion = try store.prepare("INSERT INTO tokens (digest, user_id, number) VALUES ($1, $2, $3)")
        deletion = try store.prepare("DELETE FROM tokens WHERE user_id = $1 AND number <= $2")
        last = try store.prepare("SELECT COALESCE(MAX(number), 0) FROM tokens WHERE user_id = $1")
    }

    /// Whose it is.
    func user(of digest: [UInt8]) throws(StoreError) -> Int64? {
        var user: Int64?
        try selection.run(Blob(digest)) { row in user = row.integer(0) }
        return user
    }

    func add(_ digest: [UInt8], of user: Int64) throws(StoreError) {
        try store.atomically { () throws(StoreError) in
            var number: Int64 = 0
            try last.run(user) { row in number = row.integer(0) + 1 }
            try insertion.run(Blob(digest), user, number)
            try deletion.run(user, number - Self.mostOfUser)
        }
    }
}
