import JSON
import PatchbayKit

/// That a user is in a dialog.
struct Member: Hashable {
    let dialog: Int64
    let user: Int64
}

/// Commands about messages.
extension VKChatService {
    private static let longestText = 4096  // code points

    /// `send_msg`
    func sendMessage(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let text = try arguments.text("text")
        let dialog = try arguments.id("id_dialog")
        let author = try arguments.id("id_user")
        guard text.lazy.filter({ $0 & 0xc0 != 0x80 }).count <= Self.longestText else { throw .tooLong }
        try authorize(arguments, client, as: author)
        let member = Member(dialog: dialog, user: author)
        let isKnown = knownMembers.contains(member)
        let found =
            isKnown
            ? (dialog: true, user: true, isMember: true)
            : try storing { () throws(StoreError) in try messages.parties(dialog, author) }
        guard found.dialog else { throw .noDialog }
        guard found.user else { throw .noUser }
        let (id, time) = (lastMessage + 1, host.wallMilliseconds / 1000)
        try storing { () throws(StoreError) in
            guard !found.isMember else { return try messages.add(id, dialog, author, text, time: time) }
            try store.atomically { () throws(StoreError) in
                try messages.add(id, dialog, author, text, time: time)
                try messages.addMember(author, to: dialog)
            }
        }
        lastMessage = id
        if !isKnown { know(member) }
        reply(client) { dialect.writeOK("send_msg", to: &$0) }
        push(id, dialog, author, text, time)
    }

    private func know(_ member: Member) {
        if knownMembers.count >= Self.mostKnown { knownMembers.removeAll(keepingCapacity: true) }
        knownMembers.insert(member)
    }

    private static let mostKnown = 100_000

    // MARK: Following

    private static func room(of dialog: Int64) -> String { "dialog \(dialog)" }

    /// `{"push":"msg","msg":{ID:{…}}}` to those who follow the dialog.
    private func push(_ id: Int64, _ dialog: Int64, _ author: Int64, _ text: [UInt8], _ time: Int64) {
        let room = Self.room(of: dialog)
        guard host.memberCount(of: room) > 0 else { return }
        writer.removeAll()
        writer.beginObject()
        writer.member("push", "msg")
        writer.key("msg")
        writer.beginObject()
        Self.write(id, text.span, dialog, author, time, to: &writer)
        writer.endObject()
        writer.endObject()
        host.publish(writer, to: room)
    }

    /// Nobody follows the dialog any more.
    func endFollowing(_ dialog: Int64) {
        let room = Self.room(of: dialog)
        for connection in host.members(of: room) { host.leave(room, connection) }
    }

    // MARK: Lists

    /// `get_msg`
    func getMessages(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let filter = MessageRecords.Filter(
            dialog: try arguments.numberIfGiven("id_dialog"),
            author: try arguments.numberIfGiven("id_user"),
            after: try arguments.numberIfGiven("after")
        )
        let follows = try follows(arguments, filter, client)
        try authorize(arguments, client)
        if follows != nil, user(of: client) == nil { throw .unauthorized }
        guard try isThere(filter.dialog) else { return replyWithoutDialog(client) }
        if let follows, let dialog = filter.dialog, case .connection(let connection) = client {
            let room = Self.room(of: dialog)
            if follows { host.join(room, connection) } else { host.leave(room, connection) }
        }
        try replyWithMessages(filter, client)
    }

    /// Whether the client wants to hear of what is new; nil: it says nothing of that. Requests cannot.
    private func follows(_ arguments: Arguments, _ filter: MessageRecords.Filter, _ client: Client)
        throws(Failure) -> Bool?
    {
        guard case .connection = client, let follow = try arguments.numberIfGiven("follow") else {
            return nil
        }
        guard follow == 0 || follow == 1 else { throw .bad("follow") }
        guard filter.dialog != nil else { throw .needs("id_dialog") }
        return follow == 1
    }

    /// `get_msg_from_dialog`
    func getMessagesOfDialog(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let dialog = try arguments.id("id_dialog")
        try authorize(arguments, client)
        guard dialect == .original else {
            guard try isThere(dialog) else { return replyWithoutDialog(client) }
            return try replyWithMessages(MessageRecords.Filter(dialog: dialog), client)
        }
        writer.removeAll()
        writer.beginObject()
        writer.key("answer")
        writer.beginArray()
        try storing { () throws(StoreError) in
            try messages.visitWithNames(dialog) { row in
                writer.beginObject()
                writer.member("id_user", row.integer(0))
                row.write("msg", 1, to: &writer)
                writer.member("time", Self.clock(LocalTime(seconds: row.integer(2))))
                row.writeString("first_name", 3, to: &writer)
                row.writeString("last_name", 4, to: &writer)
                row.writeString("photo", 5, to: &writer)
                writer.endObject()
            }
        }
        writer.endArray()
        writer.endObject()
        reply(client)
    }

    /// `H:M | D Month`
    private static func clock(_ time: LocalTime) -> String {
        "\(time.hour):\(time.minute < 10 ? "0" : "")\(time.minute) | \(time.day) \(months[time.month - 1])"
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]

    private func isThere(_ dialog: Int64?) throws(Failure) -> Bool {
        guard let dialog else { return true }
        return try storing { () throws(StoreError) in try dialogs.contains(dialog) }
    }

    private func replyWithoutDialog(_ client: Client) {
        reply(client) { writer in
            if dialect == .document { writer.member("Error", "1") }
            writer.key("msg")
            if dialect == .document { writer.beginObject() } else { writer.beginArray() }
            if dialect == .document { writer.endObject() } else { writer.endArray() }
        }
    }

    private func replyWithMessages(_ filter: MessageRecords.Filter, _ client: Client) throws(Failure) {
        writer.removeAll()
        writer.beginObject()
        if dialect == .document {
            writer.member("Error", "0")
            writer.key("msg")
            writer.beginObject()
            try storing { () throws(StoreError) in
                try messages.visit(filter) { row in
                    let (id, dialog, author) = (row.integer(0), row.integer(2), row.integer(3))
                    row.withBytes(1) { text in
                        Self.write(id, text, dialog, author, row.integer(4), to: &writer)
                    }
                }
            }
            writer.endObject()
        } else {
            writer.key("msg")
            writer.beginArray()
            var line: [UInt8] = []
            try storing { () throws(StoreError) in
                try messages.visit(filter) { row in
                    line = row.bytes(1)
                    line += ": \(row.integer(2))".utf8
                    writer.string(utf8: line)
                }
            }
            writer.endArray()
        }
        writer.endObject()
        reply(client)
    }

    private static func write(
        _ id: Int64,
        _ text: Span<UInt8>,
        _ dialog: Int64,
        _ author: Int64,
        _ time: Int64,
        to writer: inout JSONWriter
    ) {
        writer.key(String(id))
        writer.beginObject()
        writer.member("text", utf8: text)
        writer.member("id_dialog", dialog)
        writer.member("id_user", author)
        writer.member("time", time)
        writer.endObject()
    }
}
