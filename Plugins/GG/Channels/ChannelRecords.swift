import PatchbayKit

/// Channels and rooms, with their owners, as stored.
struct ChannelRecords {
    private let find: Statement
    private let findOwners: Statement
    private let insert: Statement
    private let insertOwner: Statement
    private let settingsUpdate: Statement
    private let removals: [Statement]

    init(_ store: Store) throws(StoreError) {
        find = try store.prepare(
            "SELECT name, privacy, motd, slowmod, smiles, peka FROM channels WHERE id = $1"
        )
        findOwners = try store.prepare("SELECT user_id FROM owners WHERE channel = $1 ORDER BY position")
        insert = try store.prepare(
            """
            INSERT INTO channels (id, parent, name, privacy, motd, slowmod, smiles, peka)
            VALUES ($1, $2, $3, $4, '', 0, 1, 1) ON CONFLICT (id) DO NOTHING
            """
        )
        insertOwner = try store.prepare("INSERT INTO owners (channel, user_id, position) VALUES ($1, $2, $3)")
        settingsUpdate = try store.prepare(
            "UPDATE channels SET motd = $2, slowmod = $3, smiles = $4, peka = $5 WHERE id = $1"
        )
        // The numbers of its messages stay: they never come back, even when the channel does.
        removals = [
            try store.prepare("DELETE FROM channels WHERE id = $1"),
            try store.prepare("DELETE FROM owners WHERE channel = $1"),
            try store.prepare("DELETE FROM grants WHERE channel = $1"),
            try store.prepare("DELETE FROM user_groups WHERE channel = $1"),
            try store.prepare("DELETE FROM room_roles WHERE channel = $1"),
            try store.prepare("DELETE FROM messages WHERE channel = $1"),
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

    /// False: there is one already.
    func add(
        _ id: ChannelID,
        parent: ChannelID? = nil,
        name: String,
        privacy: Int64,
        owners: [UserID] = []
    ) throws(StoreError) -> Bool {
        guard try insert.run(id.text, parent?.text, name, privacy) > 0 else { return false }
        for (position, owner) in owners.enumerated() { try insertOwner.run(id.text, owner, position) }
        return true
    }

    func set(_ settings: Channel.Settings, of id: ChannelID) throws(StoreError) {
        try settingsUpdate.run(id.text, settings.motd, settings.slowmod, settings.smiles, settings.peka)
    }

    /// False: there is none.
    func remove(_ id: ChannelID) throws(StoreError) -> Bool {
        var changed: [Int] = []
        for removal in removals { changed.append(try removal.run(id.text)) }
        return changed[0] > 0
    }
}
