import JSON
import PatchbayKit

/// Commands about dialogs.
extension VKChatService {
    /// `create_new_dialog`
    func createDialog(_ arguments: Arguments, _ client: Client) throws(Failure) {
        var entry = DialogRecords.Entry()
        entry.name = try arguments.text("Name")
        entry.date = try arguments.textIfGiven("create_date")
        entry.capacity = try arguments.quantityIfGiven("capacity")
        entry.photo = try arguments.textIfGiven("photo")
        entry.description = try arguments.textIfGiven("description")
        let members = try arguments.ids("users")
        try authorize(arguments, client)
        for member in members {
            guard try storing({ () throws(StoreError) in try users.contains(member) }) else { throw .noUser }
        }
        if entry.date == nil { entry.date = Array(Self.date(today).utf8) }
        let id = try storing { () throws(StoreError) in try dialogs.add(entry, members) }
        reply(client) { writer in
            dialect.writeOK("create_new_dialog", to: &writer)
            if dialect == .document { writer.member("id", id) }
        }
    }

    private static func date(_ day: LocalTime) -> String {
        "\(padded(day.year, 4))-\(padded(day.month, 2))-\(padded(day.day, 2))"
    }

    private static func padded(_ number: Int, _ count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
    }

    /// `get_dialogs`
    func getDialogs(_ arguments: Arguments, _ client: Client) throws(Failure) {
        var wanted = DialogRecords.Entry()
        wanted.name = try arguments.textIfGiven("Name")
        wanted.date = try arguments.textIfGiven("create_date")
        wanted.capacity = try arguments.quantityIfGiven("capacity")
        try authorize(arguments, client)
        writer.removeAll()
        writer.beginObject()
        dialect.key(&writer)
        let dialect = dialect
        try storing { () throws(StoreError) in
            try dialogs.write(fitting: wanted, dialect, to: &writer)
        }
        writer.endObject()
        reply(client)
    }

    /// `get_user_from_dialog`
    func getMembers(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let id = try arguments.id("id_dialog")
        try authorize(arguments, client)
        guard try storing({ () throws(StoreError) in try dialogs.contains(id) }) else { throw .noDialog }
        let (today, dialect) = (today, dialect)
        var profiles = JSONWriter()
        profiles.beginArray()
        writer.removeAll()
        writer.beginObject()
        if dialect == .original {
            writer.key("answer")
            writer.beginObject()
        }
        writer.key("ans")
        writer.beginArray()
        try storing { () throws(StoreError) in
            try dialogs.visitMembers(id) { row in
                writer.integer(row.integer(0))
                if dialect == .document {
                    UserRow.writeProfile(row, on: today, to: &profiles)
                } else {
                    profiles.beginObject()
                    UserRow.writeStrings(row, on: today, to: &profiles)
                    profiles.endObject()
                }
            }
        }
        writer.endArray()
        profiles.endArray()
        writer.member("users", raw: profiles.bytes)
        if dialect == .original { writer.endObject() }
        writer.endObject()
        reply(client)
    }
}

extension DialogRecords {
    /// An array of the dialogs that all that is given fits.
    func write(fitting wanted: Entry, _ dialect: Dialect, to writer: inout JSONWriter) throws(StoreError) {
        writer.beginArray()
        var last: Int64?
        try visit(fitting: wanted) { row in
            if last != row.integer(0) {
                if last != nil { Self.end(&writer) }
                last = row.integer(0)
                Self.begin(row, dialect, &writer)
            }
            guard !row.isNull(6) else { return }
            if dialect == .document {
                writer.integer(row.integer(6))
            } else {
                writer.string(String(row.integer(6)))
            }
        }
        if last != nil { Self.end(&writer) }
        writer.endArray()
    }

    private static func begin(_ row: borrowing Row, _ dialect: Dialect, _ writer: inout JSONWriter) {
        writer.beginObject()
        if dialect == .document {
            writer.member("id", row.integer(0))
            row.write("Name", 1, to: &writer)
            row.write("create_date", 2, to: &writer)
            writer.member("capacity", row.integer(3))
            row.write("photo", 4, to: &writer)
            row.write("description", 5, to: &writer)
        } else {
            writer.member("id_dialog", String(row.integer(0)))
            row.writeString("Name", 1, to: &writer)
            row.writeString("create_date", 2, to: &writer)
            writer.member("capacity", String(row.integer(3)))
            row.writeString("photo", 4, to: &writer)
            row.writeString("description", 5, to: &writer)
        }
        writer.key("users")
        writer.beginArray()
    }

    private static func end(_ writer: inout JSONWriter) {
        writer.endArray()
        writer.endObject()
    }
}
