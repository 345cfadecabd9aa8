import PatchbayKit

/// Who is let in to which private channel, as stored.
struct PermissionRecords {
    private let selection: Statement
    private let insertion: Statement
    private let deletion: Statement

    init(_ store: Store) throws(StoreError) {
        selection = try store.prepare(
            "SELECT 1 FROM permissions WHERE space = $1 AND channel = $2 AND user_id = $3"
        )
        insertion = try store.prepare(
            """
            INSERT INTO permissions (space, channel, user_id) VALUES ($1, $2, $3)
            ON CONFLICT (space, channel, user_id) DO NOTHING
            """
        )
        deletion = try store.prepare(
            "DELETE FROM permissions WHERE space = $1 AND channel = $2 AND user_id = $3"
        )
    }

    func contain(_ space: NameSpace.ID, _ channel: ChannelName, _ user: UserID) throws(StoreError) -> Bool {
        var found = false
        try selection.run(space, channel.bytes, user.text) { _ in found = true }
        return found
    }

    func add(_ space: NameSpace.ID, _ channel: ChannelName, _ user: UserID) throws(StoreError) {
        try insertion.run(space, channel.bytes, user.text)
    }

    func remove(_ space: NameSpace.ID, _ channel: ChannelName, _ user: UserID) throws(StoreError) {
        try deletion.run(space, channel.bytes, user.text)
    }
}
