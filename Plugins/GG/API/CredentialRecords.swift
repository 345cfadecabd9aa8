import PatchbayKit

/// Who may use the HTTP API, as stored.
struct CredentialRecords {
    private let find: Statement
    private let insert: Statement
    private let removal: Statement

    init(_ store: Store) throws(StoreError) {
        find = try store.prepare("SELECT token FROM credentials WHERE id = $1")
        insert = try store.prepare(
            "INSERT INTO credentials (id, token) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING"
        )
        removal = try store.prepare("DELETE FROM credentials WHERE id = $1")
    }

    /// Hexadecimal digits of the token's SHA-256.
    func token(of id: String) throws(StoreError) -> [UInt8]? {
        var token: [UInt8]?
        try find.run(id) { row in token = row.bytes(0) }
        return token
    }

    /// False: there is one already.
    func add(_ id: String, token: [UInt8]) throws(StoreError) -> Bool {
        try insert.run(id, token) > 0
    }

    /// False: there is none.
    func remove(_ id: String) throws(StoreError) -> Bool {
        try removal.run(id) > 0
    }
}
