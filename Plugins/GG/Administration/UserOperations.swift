import JSON
import PatchbayKit

/// What administration does with users, however it was asked to.
extension GGService {
    func createUser(_ id: UserID, name: String, token: String, regtime: Int64 = 0) throws(AdministrationError)
    {
        let token = digest(of: Array(token.utf8))
        let isNew = try store.changing { () throws(StoreError) in
            try userRecords.add(id, name: name, token: token, regtime: regtime)
        }
        guard isNew else { throw .exists("there is a user \(id) already; remove it first") }
    }

    /// Changes what is given. Who is connected stays so, whatever the new token is.
    func changeUser(_ id: UserID, name: String?, token: String?, regtime: Int64?) throws(AdministrationError)
        -> UserRecords.User
    {
        let token = token.map { digest(of: Array($0.utf8)) }
        let changed = try store.changing { () throws(StoreError) in
            try userRecords.change(id, name: name, token: token, regtime: regtime)
            return try userRecords.user(id)
        }
        guard let user = changed else { throw .missing("there is no user \(id)") }
        if name != nil { nameChanged(of: id, to: user.name) }
        return user
    }

    func removeUser(_ id: UserID) throws(AdministrationError) {
        let isFound = try store.changing { () throws(StoreError) in try userRecords.remove(id) }
        guard isFound else { throw .missing("there is no user \(id)") }
        for connection in people[id]?.connections ?? [] {
            expel(connection)
        }
        for channel in channels.values {
            channel.poll = .unread  // one vote less, perhaps
            guard channel.owners.contains(id) else { continue }
            channel.owners.removeAll { $0 == id }
            channel.streamerText = nil
        }
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

    /// Sets the user's rights: in one channel, or everywhere.
    func grant(_ rights: Int64, to id: UserID, in channelID: ChannelID?) throws(AdministrationError) {
        let user = try requireUser(id)
        let channel = try channelID.map { id throws(AdministrationError) in try requireChannel(id).id }
        let global = channel == nil ? rights : user.rights
        try AdministrationError.catching { () throws(StoreError) in
            try changingRights(of: id, global: global) { () throws(StoreError) in
                if let channel {
                    try userRecords.setGrant(id, in: channel, rights)
                } else {
                    try userRecords.setRights(id, rights)
                }
            }
        }
    }

    func addGroup(_ group: String, of user: UserID, in channel: ChannelID) throws(AdministrationError) {
        try requireBoth(user, channel)
        let isNew = try store.changing { () throws(StoreError) in
            guard try userRecords.addGroup(user, in: channel, group) else { return false }
            try groupsChanged(of: user, in: channel)
            return true
        }
        guard !isNew else { return }
        throw .exists("user \(user) is in the group already: \"\(group)\" of channel \(channel.text)")
    }

    func removeGroup(_ group: String, of user: UserID, in channel: ChannelID) throws(AdministrationError) {
        try requireBoth(user, channel)
        let isFound = try store.changing { () throws(StoreError) in
            guard try userRecords.removeGroup(user, in: channel, group) else { return false }
            try groupsChanged(of: user, in: channel)
            return true
        }
        guard !isFound else { return }
        throw .missing("user \(user) is not in the group \"\(group)\" of channel \(channel.text)")
    }

    func setRole(_ role: Int64, of user: UserID, in room: ChannelID) throws(AdministrationError) {
        _ = try requireUser(user)
        let channel = try requireChannel(room)
        try store.changing { () throws(StoreError) in try userRecords.setRole(user, in: room, role) }
        channel.people[user]?.role = role
    }

    func requireBoth(_ user: UserID, _ channel: ChannelID) throws(AdministrationError) {
        _ = try requireUser(user)
        _ = try requireChannel(channel)
    }

    func requireUser(_ id: UserID) throws(AdministrationError) -> UserRecords.User {
        let user = try AdministrationError.catching { () throws(StoreError) in try userRecords.user(id) }
        guard let user else { throw .missing("there is no user \(id); add it first") }
        return user
    }

    /// The channel from memory or from the store.
    func requireChannel(_ id: ChannelID) throws(AdministrationError) -> Channel {
        let stored = try AdministrationError.catching { () throws(StoreError) in try storedChannel(id) }
        guard let channel = stored else { throw .missing("there is no channel \(id.text); add it first") }
        return channel
    }
}
