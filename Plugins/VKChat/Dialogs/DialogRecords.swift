import JSON
import PatchbayKit

/// The dialogs and who is in them, as stored.
struct DialogRecords {
    /// What a dialog is made of. What was never given is nil.
    struct Entry {
        var name: [UInt8]?
        var date: [UInt8]?
        var capacity: Int64?
        var photo: [UInt8]?
        var description: [UInt8]?
    }

    private let store: Store
    private let last: Statement
    private let lastRemoved: Statement
    private let insertion: Statement
    private let membership: Statement
    private let existence: Statement
    private let search: Statement
    private let memberSelection: Statement
    private let lastUpdate: Statement
    private let deletion: Statement

    init(_ store: Store) throws(StoreError) {
        self.store = store
        last = try store.prepare("SELECT COALESCE(MAX(id), 0) FROM dialogs")
        lastRemoved = try store.prepare("SELECT dialog_id FROM last_ids")
        insertion = try store.prepare(
            """
            INSERT INTO dialogs (id, name, create_date, capacity, photo, description) VALUES ($1, $2, $3, $4, $5, $6)
            """
        )
        membership = try store.prepare(
            "INSERT INTO members (dialog_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
        )
        existence = try store.prepare("SELECT 1 FROM dialogs WHERE id = $1")
        search = try store.prepare(
            """
            SELECT d.id, d.name, d.create_date,
                COALESCE(d.capacity, (SELECT COUNT(*) FROM members WHERE dialog_id = d.id)),
                d.photo, d.description, m.user_id
            FROM dialogs d LEFT JOIN members m ON m.dialog_id = d.id
            WHERE (CAST($1 AS TEXT) IS NULL OR d.name = $1) AND (CAST($2 AS TEXT) IS NULL OR d.create_date = $2)
            AND (CAST($3 AS BIGINT) IS NULL
                OR COALESCE(d.capacity, (SELECT COUNT(*) FROM members WHERE dialog_id = d.id)) = $3)
            ORDER BY d.id, m.user_id
            """
        )
        memberSelection = try store.prepare(
            """
            SELECT \(UserRow.columns) FROM members JOIN users ON users.id = members.user_id
            WHERE members.dialog_id = $1 ORDER BY users.id
            """
        )
        lastUpdate = try store.prepare("UPDATE last_ids SET dialog_id = $1, message_id = $2")
        deletion = try store.prepare("DELETE FROM dialogs WHERE id = $1")
    }

    func contains(_ id: Int64) throws(StoreError) -> Bool {
        var found = false
        try existence.run(id) { _ in found = true }
        return found
    }

    /// Each dialog that all that is given fits, once for each member, or once without any.
    func visit(fitting entry: Entry, _ body: (borrowing Row) -> Void) throws(StoreError) {
        try search.run(entry.name, entry.date, entry.capacity, row: body)
    }

    /// The users in a dialog.
    func visitMembers(_ id: Int64, _ body: (borrowing Row) -> Void) throws(StoreError) {
        try memberSelection.run(id, row: body)
    }

    /// Adds a dialog under an id that none has had before.
    func add(_ entry: Entry, _ users: [Int64]) throws(StoreError) -> Int64 {
        try store.atomically { () throws(StoreError) in
            let id = try lastID() + 1
            try insertion.run(id, entry.name, entry.date, entry.capacity, entry.photo, entry.description)
            for user in users { try membership.run(id, user) }
            return id
        }
    }

    private func lastID() throws(StoreError) -> Int64 {
        var (present, removed): (Int64, Int64) = (0, 0)
        try last.run { row in present = row.integer(0) }
        try lastRemoved.run { row in removed = row.integer(0) }
        return max(present, removed)
    }

    /// Removes a dialog and what was written in it.
    ///
    /// - Parameter lastMessage: the highest id that a message has had.
    func remove(_ id: Int64, lastMessage: Int64) throws(AdministrationError) {
        try store.changing { () throws(StoreError) in
            try lastUpdate.run(try lastID(), lastMessage)
            try deletion.run(id)
        }
    }
}
