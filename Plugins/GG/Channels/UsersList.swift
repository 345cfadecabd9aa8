import JSON
import PatchbayKit

/// `users_list`: who is in a channel, guests and the hidden left out.
extension GGService {
    func getUsersList(_ request: Request, _ client: Client) throws(Failure) {
        let channel = try visit(request.channel(), client).channel
        let users = users(of: channel)
        send("users_list", to: client.connection) { writer in
            dialect.channel(channel.id, to: &writer)
            writer.member("clients_in_channel", channel.clientCount)
            writer.member("users_in_channel", channel.userCount)
            writer.member("users", raw: users)
        }
    }

    /// The users as JSON, kept until somebody comes, goes or changes.
    private func users(of channel: Channel) -> [UInt8] {
        if let text = channel.usersText { return text }
        let text = users(of: channel) { _ in true }
        channel.usersText = text
        return text
    }

    /// The users that `isListed` lets through, as JSON.
    func users(of channel: Channel, where isListed: (Presence) -> Bool) -> [UInt8] {
        let listed = channel.people.values.filter { !$0.isHidden && isListed($0) }.sorted(by: Self.precedes)
        var writer = JSONWriter()
        writer.beginArray()
        for presence in listed.prefix(usersListLimit) { Self.write(presence, to: &writer) }
        writer.endArray()
        return writer.bytes
    }

    /// By rights, highest first, then by name in the order of code points, which is that of its UTF-8.
    private static func precedes(_ one: Presence, _ other: Presence) -> Bool {
        if one.rights != other.rights { return one.rights > other.rights }
        if one.person.name != other.person.name {
            return one.person.name.lexicographicallyPrecedes(other.person.name)
        }
        return one.person.id < other.person.id
    }

    private static func write(_ presence: Presence, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", String(presence.person.id))
        writer.member("name", raw: presence.person.nameText)
        writer.member("rights", presence.rights)
        writer.member("groups", raw: presence.groups)
        writer.member("mobile", presence.isMobile)
        writer.member("hidden", false)
        writer.endObject()
    }
}
