import PatchbayKit

/// Who assists the streamer of a channel, as stored.
struct ModeratorRecords {
    private let find: Statement
    private let insert: Statement
    private let removal: Statement

    init(_ store: Store) throws(StoreError) {
        find = try store.prepare("SELECT 1 FROM moderators WHERE channel = $1 AND user_id = $2")
        insert = try store.prepare(
            "INSERT INTO moderators (channel, user_id) VALUES ($1, $2) ON CONFLICT (channel, user_id) DO NOTHING"
        )
        removal = try store.prepare("DELETE FROM moderators WHERE channel = $1 AND user_id = $2")
    }

    func isModerator(_ user: UserID, of channel: ChannelID) throws(StoreError) -> Bool {
        var isFound = false
        try find.run(channel.text, user) { _ in isFound = true }
        return isFound
    }

    func add(_ user: UserID, to channel: ChannelID) throws(StoreError) {
        try insert.run(channel.text, user)
    }

    func remove(_ user: UserID, from channel: ChannelID) throws(StoreError) {
        try removal.run(channel.text, user)
    }
}
