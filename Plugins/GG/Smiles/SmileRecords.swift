import JSON
import PatchbayKit

/// A smile: what stands for it in a text, and who may use it.
struct Smile {
    let name: String
    let bind: String
    let donat: Int64
    let premium: Int64
    let paid: Int64

    /// The members in the order of the document.
    func write(to writer: inout JSONWriter) {
        writer.member("bind", bind)
        writer.member("name", name)
        writer.member("donat", donat)
        writer.member("premium", premium)
        writer.member("paid", paid)
    }
}

/// Smiles, and to whom paid ones were granted, as stored. A smile without a channel is everybody's.
struct SmileRecords {
    private static let everywhere = ""

    private let findAll: Statement
    private let findLast: Statement
    private let insert: Statement
    private let find: Statement
    private let findHolders: Statement
    private let grantsRemoval: Statement
    private let removal: Statement
    private let findGranted: Statement
    private let grantInsertion: Statement
    private let grantRemoval: Statement

    init(_ store: Store) throws(StoreError) {
        findAll = try store.prepare(
            "SELECT channel, name, bind, donat, premium, paid FROM smiles ORDER BY channel, number"
        )
        findLast = try store.prepare("SELECT COALESCE(MAX(number), 0) FROM smiles")
        insert = try store.prepare(
            """
            INSERT INTO smiles (number, channel, name, bind, donat, premium, paid)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (channel, name) DO NOTHING
            """
        )
        find = try store.prepare("SELECT number, paid FROM smiles WHERE channel = $1 AND name = $2")
        findHolders = try store.prepare("SELECT user_id, channel FROM smile_grants WHERE smile = $1")
        grantsRemoval = try store.prepare("DELETE FROM smile_grants WHERE smile = $1")
        removal = try store.prepare("DELETE FROM smiles WHERE number = $1")
        findGranted = try store.prepare(
            """
            SELECT smiles.bind FROM smile_grants JOIN smiles ON smiles.number = smile_grants.smile
            WHERE smile_grants.user_id = $1 AND smile_grants.channel = $2 ORDER BY smile_grants.position
            """
        )
        grantInsertion = try store.prepare(
            """
            INSERT INTO smile_grants (user_id, channel, smile, position)
            VALUES ($1, $2, $3, (
                SELECT COALESCE(MAX(position), 0) + 1 FROM smile_grants WHERE user_id = $1 AND channel = $2
            ))
            ON CONFLICT (user_id, channel, smile) DO NOTHING
            """
        )
        grantRemoval = try store.prepare(
            """
            DELETE FROM smile_grants WHERE user_id = $1 AND channel = $2
            AND smile IN (SELECT number FROM smiles WHERE channel IN ('', $2) AND name = $3)
            """
        )
    }

    /// Every smile with its channel, or none: those without first, each channel's together, in the order of
    /// adding.
    func forEach(_ body: (Smile, _ channel: [UInt8]) -> Void) throws(StoreError) {
        try findAll.run { row in
            let smile = Smile(
                name: row.string(1),
                bind: row.string(2),
                donat: row.integer(3),
                premium: row.integer(4),
                paid: row.integer(5)
            )
            body(smile, row.bytes(0))
        }
    }

    /// The number that the next smile will have.
    func nextNumber() throws(StoreError) -> Int64 {
        var last: Int64 = 0
        try findLast.run { row in last = row.integer(0) }
        return last + 1
    }

    /// False: there is one of that name.
    func add(_ smile: Smile, number: Int64, to channel: ChannelID?) throws(StoreError) -> Bool {
        let place = channel?.text ?? Self.everywhere
        return try insert.run(
            number,
            place,
            smile.name,
            smile.bind,
            smile.donat,
            smile.premium,
            smile.paid
        ) > 0
    }

    /// The smile of that name, of the channel or of everybody.
    func smile(_ name: String, of channel: ChannelID?) throws(StoreError) -> (number: Int64, isPaid: Bool)? {
        var found: (number: Int64, isPaid: Bool)?
        try find.run(channel?.text ?? Self.everywhere, name) { row in found = (row.integer(0), row.boolean(1))
        }
        return found
    }

    /// Removes the smile; answers who had been granted it, and where.
    func remove(_ number: Int64) throws(StoreError) -> [(user: UserID, channel: ChannelID)] {
        var holders: [(user: UserID, channel: ChannelID)] = []
        try findHolders.run(number) { row in
            if let channel = ChannelID(row.bytes(1)) { holders.append((row.integer(0), channel)) }
        }
        try grantsRemoval.run(number)
        try removal.run(number)
        return holders
    }

    /// `paidsmiles`: the binds of what the user was granted in the channel, in that order, as a JSON array.
    func granted(to user: UserID, in channel: ChannelID) throws(StoreError) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        try findGranted.run(user, channel.text) { row in row.withBytes(0) { writer.string(utf8: $0) } }
        writer.endArray()
        return writer.bytes
    }

    /// False: the user has it there already.
    func grant(_ number: Int64, to user: UserID, in channel: ChannelID) throws(StoreError) -> Bool {
        try grantInsertion.run(user, channel.text, number) > 0
    }

    /// False: the user does not have it there.
    func revoke(_ name: String, from user: UserID, in channel: ChannelID) throws(StoreError) -> Bool {
        try grantRemoval.run(user, channel.text, name) > 0
    }
}
