import JSON
import PatchbayKit

/// `warn`, which the channel sees as `user_warn`.
extension GGService {
    func warn(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        let target = try request.user("user_id")
        let reason = try request.optionalText("reason")
        let moderator = try participant(id, client, rights: Rights.moderating)
        let user = try knownUser(target)
        publish("user_warn", to: moderator.channel) { writer in
            dialect.channel(moderator.channel.id, to: &writer)
            dialect.number("user_id", user.id, to: &writer)
            writer.member("user_name", utf8: user.record.name)
            moderator.moderator.write(to: &writer)
            writer.member("reason", utf8: reason)
        }
    }
}
