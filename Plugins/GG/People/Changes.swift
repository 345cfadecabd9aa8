import JSON
import PatchbayKit

/// `update_rights` and `update_groups`: a change reaches the person at once, wherever they are.
extension GGService {
    /// Works a user's rights out anew in every channel, and tells each connection what changed.
    func rightsChanged(of id: UserID, global: Int64) throws(StoreError) {
        for channel in channels.values where channel.owners.first == id { channel.streamerText = nil }
        guard let person = people[id] else { return }
        person.rights = global
        var changed: Set<ChannelID> = []
        for presence in presences(of: person) {
            let rights = try rights(of: id, global: global, in: presence.channel)
            guard rights != presence.presence.rights else { continue }
            presence.presence.rights = rights
            presence.channel.usersText = nil
            changed.insert(presence.channel.id)
        }
        for connection in person.connections {
            for visit in clients[connection]?.visits ?? [] where changed.contains(visit.channel.id) {
                sendRights(visit)
            }
        }
    }

    /// Reads a user's groups in a channel anew, and tells each connection there.
    func groupsChanged(of id: UserID, in channelID: ChannelID) throws(StoreError) {
        guard let channel = channels[channelID] else { return }
        if channel.owners.first == id { channel.streamerText = nil }
        guard let presence = channel.people[id] else { return }
        presence.groups = try userRecords.groups(id, in: channelID)
        channel.usersText = nil
        for connection in presence.person.connections where clients[connection]?.visit(channelID) != nil {
            sendGroups(presence.groups, of: channelID, to: connection)
        }
    }

    private func presences(of person: Person) -> [(channel: Channel, presence: Presence)] {
        channels.values.compactMap { channel in channel.people[person.id].map { (channel, $0) } }
    }

    private func sendRights(_ visit: Client.Visit) {
        send("update_rights", to: visit.stay.connection) { writer in
            dialect.channel(visit.channel.id, to: &writer)
            writer.member("access_rights", visit.presence?.rights ?? 0)
        }
    }
}
