import JSON
import PatchbayKit

/// A user as a statement's row has it, written from there.
enum UserRow {
    /// What a statement must select, in this order.
    static let columns = """
        users.id, users.login, users.first_name, users.last_name, users.d_birth, users.age, users.sex, users.city,
        users.photo, users.status
        """

    /// Years; nil: neither given nor known from the date of birth.
    static func age(_ row: borrowing Row, on today: LocalTime) -> Int64? {
        guard row.isNull(5) else { return row.integer(5) }
        guard !row.isNull(4) else { return nil }
        return row.withBytes(4) { Birthday($0)?.age(on: today) }
    }

    /// What others may know of a user.
    static func writeProfile(_ row: borrowing Row, on today: LocalTime, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id_user", row.integer(0))
        row.write("first_name", 2, to: &writer)
        row.write("last_name", 3, to: &writer)
        row.write("D_birth", 4, to: &writer)
        writer.key("age")
        if let age = age(row, on: today) { writer.integer(age) } else { writer.null() }
        row.write("sex", 6, to: &writer)
        row.write("city", 7, to: &writer)
        writer.endObject()
    }

    /// The same in the original's words.
    static func writeContact(_ row: borrowing Row, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id_user", row.integer(0))
        row.write("first_name", 2, to: &writer)
        row.write("last_name", 3, to: &writer)
        row.write("photo", 8, to: &writer)
        writer.endObject()
    }

    /// All but the password.
    static func writeAll(_ row: borrowing Row, on today: LocalTime, to writer: inout JSONWriter) {
        writer.member("id_user", row.integer(0))
        row.write("first_name", 2, to: &writer)
        row.write("last_name", 3, to: &writer)
        row.write("login", 1, to: &writer)
        row.write("D_birth", 4, to: &writer)
        writer.key("age")
        if let age = age(row, on: today) { writer.integer(age) } else { writer.null() }
        row.write("sex", 6, to: &writer)
        row.write("city", 7, to: &writer)
        row.write("photo", 8, to: &writer)
        row.write("status", 9, to: &writer)
    }

    /// The same in the original's words: all are strings.
    static func writeStrings(_ row: borrowing Row, on today: LocalTime, to writer: inout JSONWriter) {
        writer.member("id_user", String(row.integer(0)))
        row.writeString("first_name", 2, to: &writer)
        row.writeString("last_name", 3, to: &writer)
        row.writeString("login", 1, to: &writer)
        row.writeString("D_birth", 4, to: &writer)
        writer.member("age", age(row, on: today).map { String($0) } ?? "None")
        row.writeString("sex", 6, to: &writer)
        row.writeString("city", 7, to: &writer)
        row.writeString("photo", 8, to: &writer)
        row.writeString("status", 9, to: &writer)
    }
}

extension Row {
    /// A text, or null.
    func write(_ name: String, _ column: Int, to writer: inout JSONWriter) {
        writer.key(name)
        if isNull(column) {
            writer.null()
        } else {
            withBytes(column) { writer.string(utf8: $0) }
        }
    }

    /// A text, or `None`, as Python writes nothing.
    func writeString(_ name: String, _ column: Int, to writer: inout JSONWriter) {
        if isNull(column) {
            writer.member(name, "None")
        } else {
            withBytes(column) { writer.member(name, utf8: $0) }
        }
    }
}
