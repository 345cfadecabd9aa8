import PatchbayKit

/// The Users, as stored: nicks, and the hashes of their pins.
struct UserRecords {
    private let store: Store
    private let selection: Statement
    private let upsert: Statement
    private let deletion: Statement

    init(_ store: Store) throws(StoreError) {
        self.store = store
        selection = try store.prepare("SELECT nick, pin FROM users")
        upsert = try store.prepare(
            """
            INSERT INTO users (nick, pin) VALUES ($1, $2)
            ON CONFLICT (nick) DO UPDATE SET pin = excluded.pin
            """
        )
        deletion = try store.prepare("DELETE FROM users WHERE nick = $1")
    }

    func all() throws(StoreError) -> [Nick: [UInt8]] {
        var users: [Nick: [UInt8]] = [:]
        try selection.run { row in users[Nick(row.bytes(0))] = row.bytes(1) }
        return users
    }

    func set(_ nick: Nick, _ hash: [UInt8]) throws(AdministrationError) {
        _ = try store.changing { () throws(StoreError) in try upsert.run(nick.bytes, hash) }
    }

    func remove(_ nick: Nick) throws(AdministrationError) {
        _ = try store.changing { () throws(StoreError) in try deletion.run(nick.bytes) }
    }
}
