import PatchbayKit

/// When users sent their last messages while slow mode was on, and the last of those that were removed, as stored.
struct SlowModeRecords {
    static let longest: Int64 = 86_400  // seconds of slow mode

    private let find: Statement
    private let update: Statement
    private let removal: Statement

    init(_ store: Store) throws(StoreError) {
        find = try store.prepare("SELECT time FROM last_sent WHERE channel = $1 AND user_id = $2")
        update = try store.prepare(
            """
            INSERT INTO last_sent (channel, user_id, time) VALUES ($1, $2, $3)
            ON CONFLICT (channel, user_id) DO UPDATE SET time = excluded.time
            WHERE excluded.time > last_sent.time
            """
        )
        removal = try store.prepare("DELETE FROM last_sent WHERE channel = $1 AND time <= $2")
    }

    func time(of user: UserID, in channel: ChannelID) throws(StoreError) -> Int64? {
        var time: Int64?
        try find.run(channel.text, user) { row in time = row.integer(0) }
        return time
    }

    /// Keeps the time, unless there is a later one.
    func set(_ time: Int64, of user: UserID, in channel: ChannelID) throws(StoreError) {
        try update.run(channel.text, user, time)
    }

    /// Removes what is too old for any slow mode at the time `now`.
    func sweep(_ channel: ChannelID, now: Int64) throws(StoreError) {
        try removal.run(channel.text, now - Self.longest * 1000)
    }
}
