import JSON
import PatchbayKit

/// Users and what they are in channels, as stored.
struct UserRecords {
    struct User {
        let name: [UInt8]
        let token: [UInt8]  // hexadecimal digits of its SHA-256
        let rights: Int64
        let regtime: Int64  // when the site registered the user, in seconds since 1970; 0: not known
    }

    private let find: Statement
    private let insert: Statement
    private let update: Statement
    private let removals: [Statement]
    private let rightsUpdate: Statement
    private let findGrant: Statement
    private let grantUpdate: Statement
    private let findGroups: Statement
    private let groupInsertion: Statement
    private let groupRemoval: Statement
    private let findRole: Statement
    private let roleUpdate: Statement

    init(_ store: Store) throws(StoreError) {
        find = try store.prepare("SELECT name, token, rights, regtime FROM users WHERE id = $1")
        insert = try store.prepare(
            """
            INSERT INTO users (id, name, token, rights, regtime) VALUES ($1, $2, $3, 0, $4)
            ON CONFLICT (id) DO NOTHING
            """
        )
        update = try store.prepare(
            """
            UPDATE users SET name = COALESCE($2, name), token = COALESCE($3, token),
            regtime = COALESCE($4, regtime) WHERE id = $1
            """
        )
        removals = [
            try store.prepare("DELETE FROM users WHERE id = $1"),
            try store.prepare("DELETE FROM owners WHERE user_id = $1"),
            try store.prepare("DELETE FROM grants WHERE user_id = $1"),
            try store.prepare("DELETE FROM user_groups WHERE user_id = $1"),
            try store.prepare("DELETE FROM room_roles WHERE user_id = $1"),
            try store.prepare("DELETE FROM moderators WHERE user_id = $1"),
            try store.prepare("DELETE FROM bans WHERE user_id = $1"),
            try store.prepare("DELETE FROM votes WHERE user_id = $1"),
            try store.prepare("DELETE FROM ignored WHERE user_id = $1"),
            try store.prepare("DELETE FROM ignored WHERE ignored = $1"),
            try store.prepare("DELETE FROM smile_grants WHERE user_id = $1"),
            try store.prepare("DELETE FROM last_sent WHERE user_id = $1"),
            try store.prepare("DELETE FROM visitors WHERE user_id = $1"),
        ]
        rightsUpdate = try store.prepare("UPDATE users SET rights = $2 WHERE id = $1")
        findGrant = try store.prepare("SELECT rights FROM grants WHERE user_id = $1 AND channel = $2")
        grantUpdate = try store.prepare(
            """
            INSERT INTO grants (user_id, channel, rights) VALUES ($1, $2, $3)
            ON CONFLICT (user_id, channel) DO UPDATE SET rights = excluded.rights
            """
        )
        findGroups = try store.prepare(
            "SELECT name FROM user_groups WHERE user_id = $1 AND channel = $2 ORDER BY position"
        )
        groupInsertion = try store.prepare(
            """
            INSERT INTO user_groups (user_id, channel, name, position)
            VALUES ($1, $2, $3, (
                SELECT COALESCE(MAX(position), 0) + 1 FROM user_groups WHERE user_id = $1 AND channel = $2
            ))
            ON CONFLICT (user_id, channel, name) DO NOTHING
            """
        )
        groupRemoval = try store.prepare(
            "DELETE FROM user_groups WHERE user_id = $1 AND channel = $2 AND name = $3"
        )
        findRole = try store.prepare("SELECT role FROM room_roles WHERE user_id = $1 AND channel = $2")
        roleUpdate = try store.prepare(
            """
            INSERT INTO room_roles (user_id, channel, role) VALUES ($1, $2, $3)
            ON CONFLICT (user_id, channel) DO UPDATE SET role = excluded.role
            """
        )
    }

    func user(_ id: UserID) throws(StoreError) -> User? {
        var user: User?
        try find.run(id) { row in
            user = User(
                name: row.bytes(0),
                token: row.bytes(1),
                rights: row.integer(2),
                regtime: row.integer(3)
            )
        }
        return user
    }

    /// False: there is one already.
    func add(_ id: UserID, name: String, token: [UInt8], regtime: Int64) throws(StoreError) -> Bool {
        try insert.run(id, name, token, regtime) > 0
    }

    /// Changes what is given.
    func change(_ id: UserID, name: String?, token: [UInt8]?, regtime: Int64?) throws(StoreError) {
        try update.run(id, name, token, regtime)
    }

    /// False: there is none.
    func remove(_ id: UserID) throws(StoreError) -> Bool {
        var changed: [Int] = []
        for removal in removals { changed.append(try removal.run(id)) }
        return changed[0] > 0
    }

    func setRights(_ id: UserID, _ rights: Int64) throws(StoreError) {
        try rightsUpdate.run(id, rights)
    }

    /// What was granted in the channel; 0 without a grant.
    func grant(_ id: UserID, in channel: ChannelID) throws(StoreError) -> Int64 {
        var rights: Int64 = 0
        try findGrant.run(id, channel.text) { row in rights = row.integer(0) }
        return rights
    }

    func setGrant(_ id: UserID, in channel: ChannelID, _ rights: Int64) throws(StoreError) {
        try grantUpdate.run(id, channel.text, rights)
    }

    /// The groups in the channel, in the order of adding, as a JSON array.
    func groups(_ id: UserID, in channel: ChannelID) throws(StoreError) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        try findGroups.run(id, channel.text) { row in row.withBytes(0) { writer.string(utf8: $0) } }
        writer.endArray()
        return writer.bytes
    }

    /// False: the user is in it already.
    func addGroup(_ id: UserID, in channel: ChannelID, _ name: String) throws(StoreError) -> Bool {
        try groupInsertion.run(id, channel.text, name) > 0
    }

    /// False: the user is not in it.
    func removeGroup(_ id: UserID, in channel: ChannelID, _ name: String) throws(StoreError) -> Bool {
        try groupRemoval.run(id, channel.text, name) > 0
    }

    /// The `room_role` in the channel; 0 without one.
    func role(_ id: UserID, in channel: ChannelID) throws(StoreError) -> Int64 {
        var role: Int64 = 0
        try findRole.run(id, channel.text) { row in role = row.integer(0) }
        return role
    }

    func setRole(_ id: UserID, in channel: ChannelID, _ role: Int64) throws(StoreError) {
        try roleUpdate.run(id, channel.text, role)
    }
}
