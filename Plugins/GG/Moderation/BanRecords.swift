import PatchbayKit

/// A ban as it shows in a channel: of the channel's own and the one in all channels the one that ends later.
struct Ban {
    let until: Int64  // milliseconds since 1970
    let reason: [UInt8]  // a JSON string

    /// The end as clients are told it, in seconds; a ban is over when that second begins, or before.
    var untilSeconds: Int64 { until / 1000 + (until % 1000 == 0 ? 0 : 1) }
}

/// Bans, as stored: one for a user and a channel, or all channels.
struct BanRecords {
    /// What stands for all channels; no channel has this id.
    static let everywhere = "0"

    private let find: Statement
    private let insert: Statement
    private let removal: Statement
    private let sweeping: Statement

    init(_ store: Store) throws(StoreError) {
        find = try store.prepare(
            """
            SELECT until, reason FROM bans WHERE user_id = $1 AND channel IN ($2, '\(Self.everywhere)')
            ORDER BY until DESC LIMIT 1
            """
        )
        insert = try store.prepare(
            """
            INSERT INTO bans (user_id, channel, until, reason, comment) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (user_id, channel) DO UPDATE
            SET until = excluded.until, reason = excluded.reason, comment = excluded.comment
            """
        )
        removal = try store.prepare("DELETE FROM bans WHERE user_id = $1 AND channel = $2")
        sweeping = try store.prepare("DELETE FROM bans WHERE until <= $1")
    }

    /// The ban that ends last, also one that is over.
    func ban(of user: UserID, in channel: ChannelID) throws(StoreError) -> Ban? {
        var ban: Ban?
        try find.run(user, channel.text) { row in ban = Ban(until: row.integer(0), reason: row.bytes(1)) }
        return ban
    }

    /// - Parameters:
    ///   - place: a channel's id, or `everywhere`.
    ///   - comment: what the ban is for, as JSON string; kept for the operator.
    func set(_ ban: Ban, of user: UserID, in place: String, comment: [UInt8]) throws(StoreError) {
        try insert.run(user, place, ban.until, ban.reason, comment)
    }

    func lift(of user: UserID, in place: String) throws(StoreError) {
        try removal.run(user, place)
    }

    /// Removes what is over at `time`.
    func sweep(_ time: Int64) throws(StoreError) {
        try sweeping.run(time)
    }
}
