import JSON
import PatchbayKit

/// `remove_message`.
extension GGService {
    func removeMessage(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        let number = Int64(canonical: try request.required("message_id"))
        let moderator = try participant(id, client, rights: Rights.moderating)
        let channel = moderator.channel
        guard let number, try mayRemove(number, moderator) else { throw .invalidMessage }
        try Failure.catching { () throws(StoreError) in try messageRecords.remove(number, from: channel.id) }
        channel.keptCount -= 1
        channel.latestText = nil
        publish("remove_message", to: channel) { writer in
            dialect.channel(channel.id, to: &writer)
            dialect.number("message_id", number, to: &writer)
            moderator.moderator.write(to: &writer)
        }
    }

    /// Whether there is such a message; 201 when its author has more rights.
    private func mayRemove(_ number: Int64, _ moderator: Participant) throws(Failure) -> Bool {
        let rights = try Failure.catching { () throws(StoreError) -> Int64? in
            let channel = moderator.channel
            guard let author = try messageRecords.author(of: number, in: channel.id) else { return nil }
            let global = try userRecords.user(author)?.rights ?? 0
            return try self.rights(of: author, global: global, in: channel)
        }
        guard let rights else { return false }
        guard moderator.rights >= rights else { throw .notEnoughRights }
        return true
    }
}
