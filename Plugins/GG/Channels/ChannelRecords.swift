import PatchbayKit

/// Channels and rooms, with their owners, as stored.
struct ChannelRecords {
    /// What administration says of a channel.
    struct Entry {
        let id: ChannelID
        let title: String
        var key = ""  // the site's own names for it
        var type = ""
        var privacy: Int64 = 0
        var owners: [UserID] = []  // the first is the streamer
    }

    private let find: Statement
    private let findEntry: Statement
    private let findRooms: Statement
    private let findOwners: Statement
    private let insert: Statement
    private let update: Statement
    private let insertOwner: Statement
    private let settingsUpdate: Statement
    private let ownerRemoval: Statement
    private let removals: [Statement]

    init(_ store: Store) throws(StoreError) {
        find = try store.prepare(
            "SELECT name, privacy, motd, slowmod, smiles, peka FROM channels WHERE id = $1"
        )
        findEntry = try store.prepare("SELECT name, key, type, privacy FROM channels WHERE id = $1")
        findRooms = try store.prepare("SELECT id FROM channels WHERE parent = $1")
        findOwners = try store.prepare("SELECT user_id FROM owners WHERE channel = $1 ORDER BY position")
        insert = try store.prepare(
            """
            INSERT INTO channels (id, parent, name, key, type, privacy, motd, slowmod, smiles, peka)
            VALUES ($1, $2, $3, $4, $5, $6, '', 0, 1, 1) ON CONFLICT (id) DO NOTHING
            """
        )
        update = try store.prepare(
            """
            UPDATE channels SET name = COALESCE($2, name), key = COALESCE($3, key), type = COALESCE($4, type)
            WHERE id = $1
            """
        )
        insertOwner = try store.prepare("INSERT INTO owners (channel, user_id, position) VALUES ($1, $2, $3)")
        settingsUpdate = try store.prepare(
            "UPDATE channels SET motd = $2, slowmod = $3, smiles = $4, peka = $5 WHERE id = $1"
        )
        ownerRemoval = try store.prepare("DELETE FROM owners WHERE channel = $1")
        // The numbers of its messages stay: they never come back, even when the channel does.
        removals = [
            try store.prepare("DELETE FROM channels WHERE id = $1"),
            ownerRemoval,
            try store.prepare("DELETE FROM grants WHERE channel = $1"),
            try store.prepare("DELETE FROM user_groups WHERE channel = $1"),
            try store.prepare("DELETE FROM room_roles WHERE channel = $1"),
            try store.prepare("DELETE FROM messages WHERE channel = $1"),
            try store.prepare("DELETE FROM last_sent WHERE channel = $1"),
            try store.prepare("DELETE FROM moderators WHERE channel = $1"),
            try store.prepare("DELETE FROM bans WHERE channel = $1"),
            try store.prepare("DELETE FROM polls WHERE channel = $1"),
            try store.prepare("DELETE FROM poll_answers WHERE channel = $1"),
            try store.prepare("DELETE FROM votes WHERE channel = $1"),
            try store.prepare("DELETE FROM smile_grants WHERE channel = $1"),
            try store.prepare("DELETE FROM smiles WHERE channel = $1"),
        ]
    }

    func channel(_ id: ChannelID) throws(StoreError) -> Channel? {
        var channel: Channel?
        try find.run(id.text) { row in
            channel = Channel(
                id: id,
                name: row.bytes(0),
                privacy: row.integer(1),
                settings: Channel.Settings(
                    motd: row.bytes(2),
                    slowmod: row.integer(3),
                    smiles: row.integer(4),
                    peka: row.integer(5)
                )
            )
        }
        guard let channel else { return nil }
        try findOwners.run(id.text) { row in channel.owners.append(row.integer(0)) }
        return channel
    }

    func entry(_ id: ChannelID) throws(StoreError) -> Entry? {
        var entry: Entry?
        try findEntry.run(id.text) { row in
            entry = Entry(
                id: id,
                title: row.string(0),
                key: row.string(1),
                type: row.string(2),
                privacy: row.integer(3)
            )
        }
        try findOwners.run(id.text) { row in entry?.owners.append(row.integer(0)) }
        return entry
    }

    /// False: there is one already.
    func add(_ entry: Entry, parent: ChannelID? = nil) throws(StoreError) -> Bool {
        let (id, parent) = (entry.id.text, parent?.text)
        let added = try insert.run(id, parent, entry.title, entry.key, entry.type, entry.privacy)
        guard added > 0 else { return false }
        try add(entry.owners, to: entry.id)
        return true
    }

    func set(_ settings: Channel.Settings, of id: ChannelID) throws(StoreError) {
        try settingsUpdate.run(id.text, settings.motd, settings.slowmod, settings.smiles, settings.peka)
    }

    /// Changes what is given.
    func change(_ id: ChannelID, title: String?, key: String?, type: String?, owners: [UserID]?)
        throws(StoreError)
    {
        try update.run(id.text, title, key, type)
        guard let owners else { return }
        try ownerRemoval.run(id.text)
        try add(owners, to: id)
    }

    private func add(_ owners: [UserID], to id: ChannelID) throws(StoreError) {
        for (position, owner) in owners.enumerated() { try insertOwner.run(id.text, owner, position) }
    }

    /// Removes the channel with its rooms, and answers what was removed; nothing: there is none.
    func remove(_ id: ChannelID) throws(StoreError) -> [ChannelID] {
        var all = [id]
        try findRooms.run(id.text) { row in
            if let room = ChannelID(row.bytes(0)) { all.append(room) }
        }
        var removed: [ChannelID] = []
        for id in all {
            var changed: [Int] = []
            for removal in removals { changed.append(try removal.run(id.text)) }
            if changed[0] > 0 { removed.append(id) }
        }
        return removed
    }
}
