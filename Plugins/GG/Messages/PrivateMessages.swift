import JSON
import PatchbayKit

/// `send_private_message`, which the receiver and the sender get as `private_message`.
extension GGService {
    func sendPrivateMessage(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        let userID = try request.identifier("user_id")
        let name = try request.optionalText("username")
        guard userID != nil || !name.isEmpty else { throw .field("user_id") }
        let text = try request.text("text")
        let hidesIcon = try request.flag("hideIcon")
        let isMobile = try request.flag("mobile")
        let sender = try participant(id, client)
        let target = try receiver(userID, name, in: sender.channel)
        let trimmed = Markup.trimmed(text)
        guard !trimmed.isEmpty else { throw .emptyMessage }
        let isIgnored = try Failure.catching { () throws(StoreError) in
            try ignoreRecords.contains(sender.person.id, on: target.person.id)
        }
        guard !isIgnored else { throw .ignored }
        let ends = target.stays + (target === sender.presence ? [] : sender.presence.stays)
        tell("private_message", to: ends.map(\.connection)) { writer in
            dialect.channel(sender.channel.id, to: &writer)
            dialect.number("user_id", sender.person.id, to: &writer)
            writer.member("user_name", raw: sender.person.nameText)
            writer.member("user_rights", sender.rights)
            writer.member("user_groups", raw: sender.presence.groups)
            writer.member("hideIcon", hidesIcon)
            writer.member("mobile", isMobile)
            writer.member("paidsmiles", raw: sender.presence.paidSmiles)
            writer.member("target_id", String(target.person.id))
            writer.member("target_name", raw: target.person.nameText)
            writer.member("timestamp", host.wallMilliseconds / 1000)
            writer.member("text", raw: Self.quoted(Markup.escaped(trimmed)))
        }
    }

    /// Who it is for: by the id, or else by the name. 104 when they are not in the channel.
    private func receiver(_ id: [UInt8]?, _ name: [UInt8], in channel: Channel) throws(Failure) -> Presence {
        let found: Presence?
        if let id {
            found = UserID(canonical: id).flatMap { channel.people[$0] }
        } else {
            // Names need not be unique; the oldest user has it.
            found = channel.people.values.filter { $0.person.name == name }
                .min { $0.person.id < $1.person.id }
        }
        guard let found else { throw .invalidUser }
        return found
    }
}
