import JSON
import PatchbayKit

/// `get_ignore_list`, `add_to_ignore_list` and `del_from_ignore_list`.
extension GGService {
    func getIgnoreList(_ request: Request, _ client: Client) throws(Failure) {
        try sendIgnoreList(of: client.person?.id, to: client.connection)
    }

    func ignore(_ request: Request, _ client: Client) throws(Failure) {
        try changeIgnoreList(request, client) { owner, other throws(StoreError) in
            try ignoreRecords.add(other, to: owner)
        }
    }

    func stopIgnoring(_ request: Request, _ client: Client) throws(Failure) {
        try changeIgnoreList(request, client) { owner, other throws(StoreError) in
            try ignoreRecords.remove(other, from: owner)
        }
    }

    private func changeIgnoreList(
        _ request: Request,
        _ client: Client,
        _ change: (_ owner: UserID, _ other: UserID) throws(StoreError) -> Void
    ) throws(Failure) {
        let other = try request.user("user_id")
        guard let owner = client.person?.id else { throw .authorizationRequired }
        guard other != owner else { throw .invalidUser }
        let user = try knownUser(other)
        try Failure.catching { () throws(StoreError) in try change(owner, user.id) }
        try sendIgnoreList(of: owner, to: client.connection)
    }

    /// Nil is a guest, who ignores nobody.
    private func sendIgnoreList(of owner: UserID?, to connection: Connection) throws(Failure) {
        var list = JSONWriter()
        list.beginArray()
        try Failure.catching { () throws(StoreError) in
            guard let owner else { return }
            try ignoreRecords.forEach(of: owner) { id, name in
                list.beginObject()
                list.member("id", String(id))
                list.member("name", utf8: name)
                list.endObject()
            }
        }
        list.endArray()
        send("ignore_list", to: connection) { writer in writer.member("users", raw: list.bytes) }
    }
}

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
