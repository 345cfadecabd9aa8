import JSON
import PatchbayKit

/// Inline commands: texts that begin with a slash.
extension GGService {
    func obey(_ text: ArraySlice<UInt8>, _ saying: Saying, _ client: Client) throws(Failure) {
        let (word, rest) = Markup.firstWord(of: text)
        let author = saying.author
        switch String(decoding: word, as: UTF8.self) {
        case "/list": sendModerators(of: author.channel, to: client.connection)
        case "/nick": try sendUserInfo(author, to: client.connection)
        case "/me": try act("* ", " ", rest, saying)
        case "/slap": try act("* ", " slaps ", rest, saying)
        case "/motd": try setMotd(rest, author)
        case "/slowmod": try set("slowmod", \.slowmod, rest, in: 0...SlowModeRecords.longest, author)
        case "/smiles": try set("smiles", \.smiles, rest, in: 0...1, author)
        case "/peka": try set("peka", \.peka, rest, in: 0...1, author)
        case "/join": try askToJoin(rest, author, client)
        default: throw .unknownCommand
        }
    }

    /// `/me` and `/slap`: a message about its author.
    private func act(
        _ before: String,
        _ between: String,
        _ rest: ArraySlice<UInt8>,
        _ saying: Saying
    ) throws(Failure) {
        guard !rest.isEmpty else { throw .emptyMessage }
        let text = Array(before.utf8) + saying.author.person.name + Array(between.utf8) + rest
        try say(text[...], saying)
    }

    /// `/list`: those with rights, as in `users_list`.
    private func sendModerators(of channel: Channel, to connection: Connection) {
        let users = users(of: channel) { $0.rights >= Rights.moderating }
        send("list", to: connection) { writer in
            dialect.channel(channel.id, to: &writer)
            writer.member("users", raw: users)
        }
    }

    /// `/nick`: what `success_join` tells.
    private func sendUserInfo(_ author: Participant, to connection: Connection) throws(Failure) {
        let entry = try entry(of: author.person, to: author.channel)
        send("user_info", to: connection) { writer in write(entry, to: &writer) }
    }

    /// `/join`: whether one may enter a room or channel; the client then sends `join`.
    private func askToJoin(
        _ id: ArraySlice<UInt8>,
        _ author: Participant,
        _ client: Client
    ) throws(Failure) {
        guard !id.isEmpty else { throw .field("text") }
        let room = try channel(ChannelID(id))
        if let refusal = try entry(of: author.person, to: room).refusal { throw refusal }
        send("join_to_room", to: client.connection) { writer in
            dialect.channel(author.channel.id, to: &writer)
            writer.member("room_id", room.id.text)
        }
    }
}
