import PatchbayKit

/// The states of channels, and of single users of them, as stored. Times are in milliseconds since 1970.
struct StateRecords {
    private let selection: Statement
    private let upsert: Statement
    private let deletion: Statement
    private let expiry: Statement
    private let expiring: Statement

    init(_ store: Store) throws(StoreError) {
        selection = try store.prepare(
            """
            SELECT data FROM states
            WHERE space = $1 AND channel = $2 AND user_id = $3 AND (expires = 0 OR expires > $4)
            """
        )
        upsert = try store.prepare(
            """
            INSERT INTO states (space, channel, user_id, data, expires) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (space, channel, user_id) DO UPDATE SET data = excluded.data, expires = excluded.expires
            """
        )
        deletion = try store.prepare("DELETE FROM states WHERE space = $1 AND channel = $2 AND user_id = $3")
        expiry = try store.prepare(
            """
            DELETE FROM states WHERE (space, channel, user_id) IN
            (SELECT space, channel, user_id FROM states WHERE expires > 0 AND expires <= $1 LIMIT 1000)
            """
        )
        expiring = try store.prepare("SELECT 1 FROM states WHERE expires > 0 LIMIT 1")
    }

    /// The state's JSON; nil: there is none.
    ///
    /// - Parameter user: nil: the channel's own.
    func state(
        _ space: NameSpace.ID,
        _ channel: ChannelName,
        _ user: UserID?,
        now: Int64
    ) throws(StoreError) -> [UInt8]? {
        var state: [UInt8]?
        try selection.run(space, channel.bytes, user?.text ?? [], now) { row in state = row.bytes(0) }
        return state
    }

    /// - Parameter expires: when it ends; 0: never.
    func set(
        _ space: NameSpace.ID,
        _ channel: ChannelName,
        _ user: UserID?,
        _ data: ArraySlice<UInt8>,
        expires: Int64
    ) throws(StoreError) {
        try upsert.run(space, channel.bytes, user?.text ?? [], data, expires)
    }

    func remove(_ space: NameSpace.ID, _ channel: ChannelName, _ user: UserID?) throws(StoreError) {
        try deletion.run(space, channel.bytes, user?.text ?? [])
    }

    /// Removes some of what has ended. Answers how many; 0: there are none left.
    func expire(now: Int64) throws(StoreError) -> Int { try expiry.run(now) }

    /// Whether any will end.
    func haveEnds() throws(StoreError) -> Bool {
        var found = false
        try expiring.run { _ in found = true }
        return found
    }
}
