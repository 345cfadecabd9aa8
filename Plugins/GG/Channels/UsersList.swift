import JSON
import PatchbayKit

/// `users_list`: who is in a channel, guests and the hidden left out.
extension GGService {
    func getUsersList(_ request: Request, _ client: Client) throws(Failure) {
        let channel = try visit(request.channel(), client).channel
        let users = channel.usersText(limit: usersListLimit)
        send("users_list", to: client.connection) { writer in
            dialect.channel(channel.id, to: &writer)
            writer.member("clients_in_channel", channel.clientCount)
            writer.member("users_in_channel", channel.userCount)
            writer.member("users", raw: users)
        }
    }

    /// The users that `isListed` lets through, as JSON.
    func users(of channel: Channel, where isListed: (Presence) -> Bool) -> [UInt8] {
        let listed = channel.people.values.filter { !$0.isHidden && isListed($0) }
        return UsersOrder.written(listed.sorted(by: UsersOrder.precedes).prefix(usersListLimit))
    }
}
