import JSON
import PatchbayKit

/// Smiles, and to whom paid ones were granted, as stored.
struct SmileRecords {
    private let findGranted: Statement

    init(_ store: Store) throws(StoreError) {
        findGranted = try store.prepare(
            """
            SELECT smiles.bind FROM smile_grants JOIN smiles ON smiles.number = smile_grants.smile
            WHERE smile_grants.user_id = $1 AND smile_grants.channel = $2 ORDER BY smile_grants.position
            """
        )
    }

    /// `paidsmiles`: the binds of what the user was granted in the channel, in that order, as a JSON array.
    func granted(to user: UserID, in channel: ChannelID) throws(StoreError) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        try findGranted.run(user, channel.text) { row in row.withBytes(0) { writer.string(utf8: $0) } }
        writer.endArray()
        return writer.bytes
    }
}
