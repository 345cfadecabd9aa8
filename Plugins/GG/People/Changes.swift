import JSON
import PatchbayKit

/// `update_rights` and `update_groups`: a change reaches the person at once, wherever they are.
extension GGService {
    /// A user's rights, worked out anew, and where they are.
    struct RightsChange {
        let id: UserID
        let global: Int64
        let places: [(channel: Channel, presence: Presence, rights: Int64)]
    }

    /// Changes what a user's rights come from, works them out anew in every channel, and tells each connection
    /// where they are others now. All of it is done or nothing.
    func changingRights(
        of id: UserID,
        global: Int64,
        _ change: () throws(StoreError) -> Void
    ) throws(StoreError) {
        let rights = try store.atomically { () throws(StoreError) in
            try change()
            return try newRights(of: id, global: global)
        }
        apply(rights)
    }

    /// What the user's rights are by what is stored now; nothing is changed.
    func newRights(of id: UserID, global: Int64) throws(StoreError) -> RightsChange {
        var places: [(channel: Channel, presence: Presence, rights: Int64)] = []
        for (channel, presence) in presences(of: id) {
            places.append((channel, presence, try rights(of: id, global: global, in: channel)))
        }
        return RightsChange(id: id, global: global, places: places)
    }

    /// Puts rights in force that were worked out, and tells each connection where they are others.
    func apply(_ change: RightsChange) {
        for channel in channels.values where channel.owners.first == change.id { channel.streamerText = nil }
        people[change.id]?.rights = change.global
        var changed: Set<ChannelID> = []
        for place in change.places where place.presence.rights != place.rights {
            place.presence.rights = place.rights
            place.channel.changed(place.presence)
            changed.insert(place.channel.id)
        }
        for visit in visits(of: change.id) where changed.contains(visit.channel.id) { sendRights(visit) }
    }

    /// Reads a user's groups in a channel anew, and tells each connection there.
    func groupsChanged(of id: UserID, in channelID: ChannelID) throws(StoreError) {
        guard let channel = channels[channelID] else { return }
        if channel.owners.first == id { channel.streamerText = nil }
        guard let presence = channel.people[id] else { return }
        presence.groups = try userRecords.groups(id, in: channelID)
        channel.changed(presence)
        for connection in presence.person.connections where clients[connection]?.visit(channelID) != nil {
            sendGroups(presence.groups, of: channelID, to: connection)
        }
    }

    /// The user has another name: what says the old one is written anew when somebody asks.
    func nameChanged(of id: UserID, to name: [UInt8]) {
        for channel in channels.values where channel.owners.first == id { channel.streamerText = nil }
        people[id]?.rename(name)
        for (channel, presence) in presences(of: id) { channel.changed(presence) }
    }

    /// Where the user is, in the order of logins and joins.
    private func visits(of id: UserID) -> [Client.Visit] {
        (people[id]?.connections ?? []).flatMap { clients[$0]?.visits ?? [] }
    }

    private func presences(of id: UserID) -> [(channel: Channel, presence: Presence)] {
        var seen: Set<ChannelID> = []
        return visits(of: id).compactMap { visit in
            guard let presence = visit.presence, seen.insert(visit.channel.id).inserted else { return nil }
            return (visit.channel, presence)
        }
    }

    private func sendRights(_ visit: Client.Visit) {
        send("update_rights", to: visit.stay.connection) { writer in
            dialect.channel(visit.channel.id, to: &writer)
            writer.member("access_rights", visit.presence?.rights ?? 0)
        }
    }
}
