import JSON
import PatchbayKit

/// The users, as stored.
struct UserRecords {
    /// Who somebody is that logs in.
    struct Login {
        let id: Int64
        let hash: [UInt8]
        /// It was made by a login at VK.
        let isFromVK: Bool
    }

    private let store: Store
    private let byLogin: Statement
    private let existence: Statement
    private let lastAuthor: Statement
    private let authorInsertion: Statement
    private let insertion: Statement
    private let update: Statement
    private let deletion: Statement
    private let selection: Statement
    private let search: Statement
    private let all: Statement

    init(_ store: Store) throws(StoreError) {
        self.store = store
        byLogin = try store.prepare("SELECT id, password, from_vk FROM users WHERE login = $1")
        existence = try store.prepare("SELECT 1 FROM users WHERE id = $1")
        lastAuthor = try store.prepare("SELECT COALESCE(MAX(id), 0) FROM authors")
        authorInsertion = try store.prepare("INSERT INTO authors (id) VALUES ($1)")
        insertion = try store.prepare(
            """
            INSERT INTO users (id, login, password, from_vk, first_name, last_name, d_birth, age, sex, city, photo, status)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """
        )
        update = try store.prepare(
            """
            UPDATE users SET first_name = COALESCE($2, first_name), last_name = COALESCE($3, last_name),
            d_birth = COALESCE($4, d_birth), age = COALESCE($5, age), sex = COALESCE($6, sex),
            city = COALESCE($7, city), photo = COALESCE($8, photo), status = COALESCE($9, status) WHERE id = $1
            """
        )
        deletion = try store.prepare("DELETE FROM users WHERE id = $1")
        selection = try store.prepare("SELECT \(UserRow.columns) FROM users WHERE id = $1")
        search = try store.prepare(
            """
            SELECT \(UserRow.columns) FROM users WHERE (CAST($1 AS TEXT) IS NULL OR first_name = $1)
            AND (CAST($2 AS TEXT) IS NULL OR last_name = $2) AND (CAST($3 AS TEXT) IS NULL OR d_birth = $3)
            AND (CAST($4 AS TEXT) IS NULL OR sex = $4) AND (CAST($5 AS TEXT) IS NULL OR city = $5) ORDER BY id
            """
        )
        all = try store.prepare("SELECT \(UserRow.columns) FROM users ORDER BY id")
    }

    // MARK: Finding

    func login(named name: [UInt8]) throws(StoreError) -> Login? {
        var found: Login?
        try byLogin.run(name) { row in
            found = Login(id: row.integer(0), hash: row.bytes(1), isFromVK: row.boolean(2))
        }
        return found
    }

    func contains(_ id: Int64) throws(StoreError) -> Bool {
        var found = false
        try existence.run(id) { _ in found = true }
        return found
    }

    /// False: there is no such user.
    func visit(_ id: Int64, _ body: (borrowing Row) -> Void) throws(StoreError) -> Bool {
        var found = false
        try selection.run(id) { row in
            found = true
            body(row)
        }
        return found
    }

    func visitAll(_ body: (borrowing Row) -> Void) throws(StoreError) { try all.run(row: body) }

    /// Those whom all that is given fits, but for the age.
    func visit(fitting profile: Profile, _ body: (borrowing Row) -> Void) throws(StoreError) {
        try search.run(
            profile.firstName,
            profile.lastName,
            profile.birth,
            profile.sex,
            profile.city,
            row: body
        )
    }

    // MARK: Changing

    /// Adds a user under an id that nobody has had before.
    func add(login: [UInt8], hash: [UInt8], isFromVK: Bool, _ profile: Profile?) throws(StoreError) -> Int64 {
        try store.atomically { () throws(StoreError) in
            var id: Int64 = 0
            try lastAuthor.run { row in id = row.integer(0) + 1 }
            try authorInsertion.run(id)
            try insertion.run(
                id,
                login,
                hash,
                isFromVK,
                profile?.firstName,
                profile?.lastName,
                profile?.birth,
                profile?.age,
                profile?.sex,
                profile?.city,
                profile?.photo,
                profile?.status
            )
            return id
        }
    }

    /// Changes what is given. False: there is no such user.
    func set(_ id: Int64, _ profile: Profile) throws(StoreError) -> Bool {
        try update.run(
            id,
            profile.firstName,
            profile.lastName,
            profile.birth,
            profile.age,
            profile.sex,
            profile.city,
            profile.photo,
            profile.status
        ) > 0
    }

    func remove(_ id: Int64) throws(AdministrationError) -> Bool {
        try store.changing { () throws(StoreError) in try deletion.run(id) } > 0
    }
}
