import JSON
import PatchbayKit

/// `remove_message`.
extension GGService {
    func removeMessage(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        let number = Int64(canonical: try request.required("message_id"))
        let moderator = try participant(id, client, rights: Rights.moderating)
        let channel = moderator.channel
        guard let number, let author = try author(of: number, moderator) else { throw .invalidMessage }
        try Failure.catching { () throws(StoreError) in
            try store.atomically { () throws(StoreError) in
                try messageRecords.remove(number, from: channel.id)
                try slowModeRecords.set(author.time, of: author.id, in: channel.id)
            }
        }
        channel.keptCount -= 1
        channel.latestText = nil
        publish("remove_message", to: channel) { writer in
            dialect.channel(channel.id, to: &writer)
            dialect.number("message_id", number, to: &writer)
            moderator.moderator.write(to: &writer)
        }
    }

    /// Who wrote the message, and when; nil: there is none. 201 when its author has more rights.
    private func author(of number: Int64, _ moderator: Participant) throws(Failure)
        -> (id: UserID, time: Int64)?
    {
        let channel = moderator.channel
        let found = try Failure.catching { () throws(StoreError) -> ((id: UserID, time: Int64), Int64)? in
            guard let author = try messageRecords.author(of: number, in: channel.id) else { return nil }
            let global = try userRecords.user(author.id)?.rights ?? 0
            return (author, try self.rights(of: author.id, global: global, in: channel))
        }
        guard let (author, rights) = found else { return nil }
        guard moderator.rights >= rights else { throw .notEnoughRights }
        return author
    }
}
