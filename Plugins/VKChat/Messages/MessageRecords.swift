import PatchbayKit

/// The messages, as stored. The ids grow in the order of writing.
struct MessageRecords {
    /// Which messages are wanted.
    struct Filter {
        var dialog: Int64?
        var author: Int64?
        /// Those with higher ids, from the first on; nil: the newest.
        var after: Int64?
    }

    /// The most that are found at once.
    private static let most = 1000

    private let parties: Statement
    private let insertion: Statement
    private let membership: Statement
    private let lists: [Statement]  // by what a filter has
    private let names: Statement
    private let last: Statement
    private let lastRemoved: Statement

    init(_ store: Store) throws(StoreError) {
        parties = try store.prepare(
            """
            SELECT (SELECT 1 FROM dialogs WHERE id = $1), (SELECT 1 FROM users WHERE id = $2),
            (SELECT 1 FROM members WHERE dialog_id = $1 AND user_id = $2)
            """
        )
        insertion = try store.prepare(
            "INSERT INTO messages (id, dialog_id, user_id, text, time) VALUES ($1, $2, $3, $4, $5)"
        )
        membership = try store.prepare("INSERT INTO members (dialog_id, user_id) VALUES ($1, $2)")
        var lists: [Statement] = []
        for parts in 0..<8 { lists.append(try store.prepare(Self.list(parts))) }
        self.lists = lists
        names = try store.prepare(
            """
            SELECT m.user_id, m.text, m.time, users.first_name, users.last_name, users.photo FROM
            (SELECT id, user_id, text, time FROM messages WHERE dialog_id = $1 ORDER BY id DESC LIMIT \(Self.most)) m
            LEFT JOIN users ON users.id = m.user_id ORDER BY m.id
            """
        )
        last = try store.prepare("SELECT COALESCE(MAX(id), 0) FROM messages")
        lastRemoved = try store.prepare("SELECT message_id FROM last_ids")
    }

    /// Bits: of a dialog, of an author, after an id. Each has its statement, so that each uses the index that there is.
    private static func list(_ parts: Int) -> String {
        var conditions = (1...3).map { "CAST($\($0) AS BIGINT) IS NOT NULL" }
        if parts & 1 != 0 { conditions[0] = "dialog_id = $1" }
        if parts & 2 != 0 { conditions[1] = "user_id = $2" }
        if parts & 4 != 0 { conditions[2] = "id > $3" }
        let selection = """
            SELECT id, text, dialog_id, user_id, time FROM messages WHERE \(conditions.joined(separator: " AND "))
            """
        guard parts & 4 == 0 else { return "\(selection) ORDER BY id LIMIT \(most)" }
        return "SELECT * FROM (\(selection) ORDER BY id DESC LIMIT \(most)) m ORDER BY id"
    }

    /// The highest id that a message has had.
    func lastID() throws(StoreError) -> Int64 {
        var (present, removed): (Int64, Int64) = (0, 0)
        try last.run { row in present = row.integer(0) }
        try lastRemoved.run { row in removed = row.integer(0) }
        return max(present, removed)
    }

    /// Whether there are the dialog and the user, and whether he is in it.
    func parties(_ dialog: Int64, _ user: Int64) throws(StoreError) -> (
        dialog: Bool, user: Bool, isMember: Bool
    ) {
        var found = (dialog: false, user: false, isMember: false)
        try parties.run(dialog, user) { row in
            found = (!row.isNull(0), !row.isNull(1), !row.isNull(2))
        }
        return found
    }

    func add(_ id: Int64, _ dialog: Int64, _ author: Int64, _ text: [UInt8], time: Int64) throws(StoreError) {
        try insertion.run(id, dialog, author, text, time)
    }

    func addMember(_ user: Int64, to dialog: Int64) throws(StoreError) { try membership.run(dialog, user) }

    /// Oldest first: id, text, dialog, author and time.
    func visit(_ filter: Filter, _ body: (borrowing Row) -> Void) throws(StoreError) {
        let parts =
            (filter.dialog == nil ? 0 : 1) | (filter.author == nil ? 0 : 2) | (filter.after == nil ? 0 : 4)
        try lists[parts].run(filter.dialog ?? 0, filter.author ?? 0, filter.after ?? 0, row: body)
    }

    /// Oldest first: author, text, time, and the author's first name, last name and photo.
    func visitWithNames(_ dialog: Int64, _ body: (borrowing Row) -> Void) throws(StoreError) {
        try names.run(dialog, row: body)
    }
}
