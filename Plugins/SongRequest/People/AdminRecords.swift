import PatchbayKit

/// The Admin, as stored.
struct AdminRecords {
    private let store: Store
    private let selection: Statement
    private let upsert: Statement

    init(_ store: Store) throws(StoreError) {
        self.store = store
        selection = try store.prepare("SELECT nick, secrets FROM admin WHERE id = 1")
        upsert = try store.prepare(
            """
            INSERT INTO admin (id, nick, secrets) VALUES (1, $1, $2)
            ON CONFLICT (id) DO UPDATE SET nick = excluded.nick, secrets = excluded.secrets
            """
        )
    }

    /// Nil: none is set up yet.
    func admin() throws(StoreError) -> Admin? {
        var admin: Admin?
        try selection.run { row in admin = Admin(nick: Nick(row.bytes(0)), hash: row.bytes(1)) }
        return admin
    }

    func set(_ admin: Admin) throws(AdministrationError) {
        _ = try store.changing { () throws(StoreError) in try upsert.run(admin.nick.bytes, admin.hash) }
    }
}
