import JSON
import PatchbayKit

/// A user in a channel who may do more than read.
struct Participant {
    let channel: Channel
    let presence: Presence

    var rights: Int64 { presence.rights }
    var person: Person { presence.person }
    /// The user as what they do in the channel is signed with.
    var moderator: Moderator {
        Moderator(id: person.id, name: person.nameText, rights: rights, groups: presence.groups)
    }
}

/// Who did something in a channel, as they were then.
struct Moderator {
    let id: UserID
    let name: [UInt8]  // a JSON string
    let rights: Int64
    let groups: [UInt8]  // a JSON array

    /// The id is a string in both dialects.
    func write(to writer: inout JSONWriter) {
        writer.member("moder_id", String(id))
        writer.member("moder_name", raw: name)
        writer.member("moder_rights", rights)
        writer.member("moder_groups", raw: groups)
    }
}

/// Who may write, vote and moderate: the checks that all of it begins with, in their order.
extension GGService {
    /// 101, 204, 103, 202, and 201 where fewer rights than `rights` are held.
    func participant(_ id: ChannelID?, _ client: Client, rights: Int64 = 0) throws(Failure) -> Participant {
        try participant(in: channel(id), client, rights: rights)
    }

    /// 204, 103, 202, and 201 where fewer rights than `rights` are held.
    func participant(
        in channel: Channel,
        _ client: Client,
        rights: Int64 = 0
    ) throws(Failure) -> Participant {
        guard client.person != nil else { throw .authorizationRequired }
        guard let visit = client.visit(channel.id) else { throw .notConnected }
        guard let presence = visit.presence else { throw .authorizationRequired }
        guard !isBanned(presence) else { throw .banned }
        guard presence.rights >= rights else { throw .notEnoughRights }
        return Participant(channel: channel, presence: presence)
    }

    func isBanned(_ presence: Presence) -> Bool {
        presence.ban.map { $0.until > host.wallMilliseconds } ?? false
    }
}
