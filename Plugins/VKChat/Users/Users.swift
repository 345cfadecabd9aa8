import JSON
import PatchbayKit

/// Commands about users.
extension VKChatService {
    var today: LocalTime { LocalTime(seconds: host.wallMilliseconds / 1000) }

    /// `get_users`
    func getUsers(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let wanted = try Profile(asFilter: arguments)
        try authorize(arguments, client)
        let (today, dialect) = (today, dialect)
        writer.removeAll()
        writer.beginObject()
        dialect.key(&writer)
        writer.beginArray()
        try storing { () throws(StoreError) in
            try users.visit(fitting: wanted) { row in
                if let age = wanted.age, UserRow.age(row, on: today) != age { return }
                if dialect == .document {
                    UserRow.writeProfile(row, on: today, to: &writer)
                } else {
                    UserRow.writeContact(row, to: &writer)
                }
            }
        }
        writer.endArray()
        writer.endObject()
        reply(client)
    }

    /// `get_user_info`
    func getUser(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let id = try arguments.id("id_user")
        try authorize(arguments, client)
        let (today, dialect) = (today, dialect)
        writer.removeAll()
        writer.beginObject()
        dialect.key(&writer)
        writer.beginObject()
        let isThere = try storing { () throws(StoreError) in
            try users.visit(id) { row in
                if dialect == .document {
                    UserRow.writeAll(row, on: today, to: &writer)
                } else {
                    UserRow.writeStrings(row, on: today, to: &writer)
                }
            }
        }
        guard isThere else { throw .noUser }
        writer.endObject()
        writer.endObject()
        reply(client)
    }

    /// `update_user_info`
    func updateUser(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let id = try arguments.id("id_user")
        let profile = try Profile(arguments)
        try authorize(arguments, client, as: id)
        guard try storing({ () throws(StoreError) in try users.set(id, profile) }) else { throw .noUser }
        reply(client) { dialect.writeOK("update_user_info", to: &$0) }
    }
}
