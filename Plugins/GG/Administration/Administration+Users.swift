import JSON
import PatchbayKit

/// Commands about users.
extension GGService {
    func addUser(_ call: Call) throws(Refusal) {
        let id = try call.user("user_id")
        let name = try call.text("name")
        let token = try digest(of: Array(call.text("token").utf8))
        let isNew = try Refusal.catching { () throws(StoreError) in
            try userRecords.add(id, name: name, token: token)
        }
        guard isNew else { throw Refusal("there is a user \(id) already; remove it first") }
        answer(call) { writer in
            writer.member("user_id", String(id))
            writer.member("name", name)
        }
    }

    func removeUser(_ call: Call) throws(Refusal) {
        let id = try call.user("user_id")
        let isFound = try Refusal.catching { () throws(StoreError) in try userRecords.remove(id) }
        guard isFound else { throw Refusal("there is no user \(id)") }
        for connection in people[id]?.connections ?? [] {
            expel(connection)
        }
        for channel in channels.values where channel.owners.contains(id) {
            channel.owners.removeAll { $0 == id }
            channel.streamerText = nil
        }
        answer(call) { writer in writer.member("user_id", String(id)) }
    }

    /// The connection is nobody and nowhere from now on; what it still sends is a guest's.
    private func expel(_ connection: Connection) {
        guard let client = clients[connection] else { return }
        for visit in client.visits {
            host.leave(visit.channel.room, connection)
            depart(visit)
        }
        client.visits = []
        forget(client)
        save(client)
        host.acceptGuest(connection)
        host.close(connection, code: 1008, reason: "the user was removed")
    }

    func grantRights(_ call: Call) throws(Refusal) {
        let user = try knownUser(call)
        let rights = try call.number("rights", in: Rights.levels) ?? 0
        let channel = try call["channel_id"].flatMap { text throws(Refusal) in
            text == "0" ? nil : try knownChannel(call).id
        }
        try Refusal.catching { () throws(StoreError) in
            if let channel {
                try userRecords.setGrant(user.id, in: channel, rights)
            } else {
                try userRecords.setRights(user.id, rights)
            }
            try rightsChanged(of: user.id, global: channel == nil ? rights : user.rights)
        }
        answer(call) { writer in
            writer.member("user_id", String(user.id))
            if let channel { writer.member("channel_id", channel.text) }
            writer.member("rights", rights)
        }
    }

    func addGroup(_ call: Call) throws(Refusal) {
        try changeGroup(call, refusal: "is in the group already") { user, channel, group throws(StoreError) in
            try userRecords.addGroup(user, in: channel, group)
        }
    }

    func removeGroup(_ call: Call) throws(Refusal) {
        try changeGroup(call, refusal: "is not in the group") { user, channel, group throws(StoreError) in
            try userRecords.removeGroup(user, in: channel, group)
        }
    }

    private func changeGroup(
        _ call: Call,
        refusal: String,
        _ change: (UserID, ChannelID, String) throws(StoreError) -> Bool
    ) throws(Refusal) {
        let user = try knownUser(call).id
        let channel = try knownChannel(call).id
        let group = try call.text("group")
        let isChanged = try Refusal.catching { () throws(StoreError) in
            guard try change(user, channel, group) else { return false }
            try groupsChanged(of: user, in: channel)
            return true
        }
        guard isChanged else {
            throw Refusal("user \(user) \(refusal) \"\(group)\" of channel \(channel.text)")
        }
        answer(call) { writer in
            writer.member("user_id", String(user))
            writer.member("channel_id", channel.text)
            writer.member("group", group)
        }
    }

    /// The user that `user_id` names, and the user's rights in all channels.
    func knownUser(_ call: Call, _ name: String = "user_id") throws(Refusal) -> (id: UserID, rights: Int64) {
        let id = try call.user(name)
        let user = try Refusal.catching { () throws(StoreError) in try userRecords.user(id) }
        guard let user else { throw Refusal("there is no user \(id); add it first") }
        return (id, user.rights)
    }

    /// The channel that `channel_id` names, from memory or from the store.
    func knownChannel(_ call: Call, _ name: String = "channel_id") throws(Refusal) -> Channel {
        let id = try call.channel(name)
        let stored = try Refusal.catching { () throws(StoreError) in try storedChannel(id) }
        guard let channel = stored else { throw Refusal("there is no channel \(id.text); add it first") }
        return channel
    }
}
