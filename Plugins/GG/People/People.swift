import JSON
import PatchbayKit

/// What a person is in a channel: rights, groups, streamer; and `get_user_info`.
extension GGService {
    func getUserInfo(_ request: Request, _ client: Client) throws(Failure) {
        let user = try knownUser(request.user("user_id"))
        send("user", to: client.connection) { writer in
            dialect.number("user_id", user.id, to: &writer)
            writer.member("name", utf8: user.record.name)
        }
    }

    /// The user of that id, as stored; 104 when there is none.
    func knownUser(_ id: UserID?) throws(Failure) -> (id: UserID, record: UserRecords.User) {
        guard let id else { throw .invalidUser }
        let stored = try Failure.catching { () throws(StoreError) in try userRecords.user(id) }
        guard let stored else { throw .invalidUser }
        return (id, stored)
    }

    func refreshGroups(_ request: Request, _ client: Client) throws(Failure) {
        let channel = try channel(request.channel())
        let presence = try presence(of: client.person, in: channel)
        sendGroups(presence?.groups ?? Self.emptyArray, of: channel.id, to: client.connection)
    }

    /// The channel's number is one in both dialects.
    func sendGroups(_ groups: [UInt8], of channel: ChannelID, to connection: Connection) {
        send("update_groups", to: connection) { writer in
            Dialect.original.channel(channel, to: &writer)
            writer.member("groups", raw: groups)
        }
    }

    /// What the person is in the channel, whether or not they are in it; nil for a guest.
    func presence(of person: Person?, in channel: Channel) throws(Failure) -> Presence? {
        guard let person else { return nil }
        if let presence = channel.people[person.id] { return presence }
        return try Failure.catching { () throws(StoreError) in
            Presence(
                person,
                rights: try rights(of: person.id, global: person.rights, in: channel),
                groups: try userRecords.groups(person.id, in: channel.id),
                role: try userRecords.role(person.id, in: channel.id),
                ban: try banRecords.ban(of: person.id, in: channel.id),
                paidSmiles: try smileRecords.granted(to: person.id, in: channel.id)
            )
        }
    }

    /// The highest of what a user is everywhere, was granted here, and is as the channel's owner or the
    /// owner's assistant.
    func rights(of id: UserID, global: Int64, in channel: Channel) throws(StoreError) -> Int64 {
        let owned = channel.owners.contains(id) ? Rights.streamer : 0
        let assists = try moderatorRecords.isModerator(id, of: channel.id) ? Rights.moderating : 0
        return max(global, owned, assists, try userRecords.grant(id, in: channel.id))
    }

    /// `channel_streamer` as JSON.
    func streamer(of channel: Channel) throws(Failure) -> [UInt8] {
        if let text = channel.streamerText { return text }
        var writer = JSONWriter()
        try Failure.catching { () throws(StoreError) in try writeStreamer(of: channel, to: &writer) }
        channel.streamerText = writer.bytes
        return writer.bytes
    }

    private func writeStreamer(of channel: Channel, to writer: inout JSONWriter) throws(StoreError) {
        var id: UserID = 0
        var name: [UInt8] = []
        var rights: Int64 = 0
        var groups = Self.emptyArray
        if let owner = channel.owners.first, let user = try userRecords.user(owner) {
            id = owner
            name = user.name
            rights = try self.rights(of: owner, global: user.rights, in: channel)
            groups = try userRecords.groups(owner, in: channel.id)
        }
        writer.beginObject()
        writer.member("id", id)
        writer.member("name", utf8: name)
        writer.member("rights", rights)
        writer.member("groups", raw: groups)
        writer.endObject()
    }
}
