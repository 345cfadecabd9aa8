import PatchbayKit

/// Slow mode: seconds that must lie between a user's messages in a channel.
extension GGService {
    /// 203 when the user's last message, on whichever connection, was sent too recently.
    func checkSlowMode(_ author: Participant) throws(Failure) {
        let pause = author.channel.settings.slowmod * 1000
        guard pause > 0, author.rights < Rights.moderating else { return }
        let left = try min(lastSent(author) + pause - host.wallMilliseconds, pause)
        guard left <= 0 else { throw .slowMode(seconds: (left + 999) / 1000) }
    }

    /// When the user's last message in the channel was accepted, in milliseconds since 1970.
    private func lastSent(_ author: Participant) throws(Failure) -> Int64 {
        if let time = author.presence.lastSent { return time }
        let time = try Failure.catching { () throws(StoreError) in
            let user = author.person.id, channel = author.channel.id
            // Of messages sent before slow mode was on the history knows.
            return max(
                try slowModeRecords.time(of: user, in: channel) ?? 0,
                try messageRecords.lastTime(of: user, in: channel) ?? 0
            )
        }
        author.presence.lastSent = time
        return time
    }
}

/// When users sent their last messages while slow mode was on, as stored: also of messages that are gone.
struct SlowModeRecords {
    private let find: Statement
    private let update: Statement
    private let removal: Statement

    init(_ store: Store) throws(StoreError) {
        find = try store.prepare("SELECT time FROM last_sent WHERE channel = $1 AND user_id = $2")
        update = try store.prepare(
            """
            INSERT INTO last_sent (channel, user_id, time) VALUES ($1, $2, $3)
            ON CONFLICT (channel, user_id) DO UPDATE SET time = excluded.time
            """
        )
        removal = try store.prepare("DELETE FROM last_sent WHERE channel = $1 AND time <= $2")
    }

    func time(of user: UserID, in channel: ChannelID) throws(StoreError) -> Int64? {
        var time: Int64?
        try find.run(channel.text, user) { row in time = row.integer(0) }
        return time
    }

    func set(_ time: Int64, of user: UserID, in channel: ChannelID) throws(StoreError) {
        try update.run(channel.text, user, time)
    }

    /// Removes what was sent until `time`.
    func sweep(_ channel: ChannelID, until time: Int64) throws(StoreError) {
        try removal.run(channel.text, time)
    }
}
