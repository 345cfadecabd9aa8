import JSON
import PatchbayKit

/// The last messages of each channel, as stored.
struct MessageRecords {
    private let findLast: Statement
    private let setLast: Statement
    private let counting: Statement
    private let insert: Statement
    private let oldestRemoval: Statement
    private let findLatest: Statement
    private let findAfter: Statement
    private let findAuthor: Statement
    private let findLastTime: Statement
    private let removal: Statement

    init(_ store: Store) throws(StoreError) {
        let columns = "id, user_id, name, rights, user_groups, hide_icon, mobile, paid_smiles, time, text"
        findLast = try store.prepare("SELECT last FROM message_numbers WHERE channel = $1")
        setLast = try store.prepare(
            """
            INSERT INTO message_numbers (channel, last) VALUES ($1, $2)
            ON CONFLICT (channel) DO UPDATE SET last = excluded.last
            """
        )
        counting = try store.prepare("SELECT COUNT(*) FROM messages WHERE channel = $1")
        insert = try store.prepare(
            "INSERT INTO messages (channel, \(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        )
        oldestRemoval = try store.prepare(
            """
            DELETE FROM messages WHERE channel = $1 AND id <=
            (SELECT id FROM messages WHERE channel = $1 ORDER BY id LIMIT 1 OFFSET $2)
            """
        )
        findLatest = try store.prepare(
            """
            SELECT \(columns) FROM (SELECT * FROM messages WHERE channel = $1 ORDER BY id DESC LIMIT $2) AS latest
            ORDER BY id
            """
        )
        findAfter = try store.prepare(
            "SELECT \(columns) FROM messages WHERE channel = $1 AND id > $2 ORDER BY id LIMIT $3"
        )
        findAuthor = try store.prepare("SELECT user_id, time FROM messages WHERE channel = $1 AND id = $2")
        findLastTime = try store.prepare(
            """
            SELECT time FROM (SELECT * FROM messages WHERE channel = $1 ORDER BY id DESC LIMIT \(Self.mostSearched))
            AS latest WHERE user_id = $2 ORDER BY id DESC LIMIT 1
            """
        )
        removal = try store.prepare("DELETE FROM messages WHERE channel = $1 AND id = $2")
    }

    /// The latest messages of a channel among which a user's last one is looked for.
    private static let mostSearched = 1000

    /// The number of the channel's last message; 0 before the first.
    func lastNumber(_ channel: ChannelID) throws(StoreError) -> Int64 {
        var last: Int64 = 0
        try findLast.run(channel.text) { row in last = row.integer(0) }
        return last
    }

    func count(_ channel: ChannelID) throws(StoreError) -> Int64 {
        var count: Int64 = 0
        try counting.run(channel.text) { row in count = row.integer(0) }
        return count
    }

    func add(_ post: Post, to channel: ChannelID) throws(StoreError) {
        try setLast.run(channel.text, post.id)
        try insert.run(
            channel.text,
            post.id,
            post.userID,
            post.name,
            post.rights,
            post.groups,
            post.hidesIcon,
            post.isMobile,
            post.paidSmiles,
            post.time,
            post.text
        )
    }

    /// Removes the `count` oldest messages of the channel.
    func removeOldest(_ count: Int64, of channel: ChannelID) throws(StoreError) {
        try oldestRemoval.run(channel.text, count - 1)
    }

    /// Who wrote the message, and when, in milliseconds since 1970; nil: there is none.
    func author(of id: Int64, in channel: ChannelID) throws(StoreError) -> (id: UserID, time: Int64)? {
        var author: (id: UserID, time: Int64)?
        try findAuthor.run(channel.text, id) { row in author = (row.integer(0), row.integer(1)) }
        return author
    }

    /// When the user's last message was sent, in milliseconds since 1970; nil: none is among the latest.
    func lastTime(of user: UserID, in channel: ChannelID) throws(StoreError) -> Int64? {
        var time: Int64?
        try findLastTime.run(channel.text, user) { row in time = row.integer(0) }
        return time
    }

    func remove(_ id: Int64, from channel: ChannelID) throws(StoreError) {
        try removal.run(channel.text, id)
    }

    /// The latest messages, oldest first.
    func latest(_ count: Int, of channel: ChannelID, _ body: (Post) -> Void) throws(StoreError) {
        try findLatest.run(channel.text, count) { row in body(Post(row)) }
    }

    /// The first messages after `number`, oldest first.
    func after(_ number: Int64, _ count: Int, of channel: ChannelID, _ body: (Post) -> Void)
        throws(StoreError)
    {
        try findAfter.run(channel.text, number, count) { row in body(Post(row)) }
    }
}

/// One message of a channel. What its author was then stays with it.
struct Post {
    let id: Int64
    let userID: UserID
    let name: [UInt8]  // a JSON string, as PostgreSQL takes no zero byte in a text
    let rights: Int64
    let groups: [UInt8]  // a JSON array
    let hidesIcon: Bool
    let isMobile: Bool
    let paidSmiles: [UInt8]  // a JSON array
    let time: Int64  // milliseconds since 1970
    let text: [UInt8]  // a JSON string

    /// The members of `message` and of the messages in `channel_history`, in the order of the document.
    func write(to writer: inout JSONWriter, _ dialect: Dialect) {
        dialect.number("user_id", userID, to: &writer)
        writer.member("user_name", raw: name)
        writer.member("user_rights", rights)
        writer.member("user_groups", raw: groups)
        writer.member("hideIcon", hidesIcon)
        writer.member("mobile", isMobile)
        writer.member("paidsmiles", raw: paidSmiles)
        dialect.number("message_id", id, to: &writer)
        writer.member("timestamp", time / 1000)
        writer.member("text", raw: text)
        if dialect == .original { writeOriginal(to: &writer) }
    }

    private func writeOriginal(to writer: inout JSONWriter) {
        writer.member("premium", 0)
        writer.key("premiums")
        writer.beginArray()
        writer.endArray()
        writer.member("payments", "0")
        writer.member("color", "simple")
        writer.member("icon", "none")
        writer.member("parsed", raw: text)
    }
}

extension Post {
    fileprivate init(_ row: borrowing Row) {
        id = row.integer(0)
        userID = row.integer(1)
        name = row.bytes(2)
        rights = row.integer(3)
        groups = row.bytes(4)
        hidesIcon = row.boolean(5)
        isMobile = row.boolean(6)
        paidSmiles = row.bytes(7)
        time = row.integer(8)
        text = row.bytes(9)
    }
}
