import JSON
import PatchbayKit

/// What administration does with channels and rooms, however it was asked to.
extension GGService {
    func createChannel(_ channel: ChannelRecords.Entry) throws(AdministrationError) {
        let id = channel.id
        guard !id.isRoom else { throw .invalid("\(id.text) is a room; add it with room.add") }
        for owner in channel.owners { _ = try requireUser(owner) }
        let isNew = try store.changing { () throws(StoreError) in try channelRecords.add(channel) }
        guard isNew else { throw .exists("there is a channel \(id.text) already; remove it first") }
    }

    func createRoom(_ room: ChannelRecords.Entry, of parent: ChannelID) throws(AdministrationError) {
        let id = room.id
        guard id.isRoom else { throw .invalid("\(id.text) is no room; give r and a number") }
        _ = try requireChannel(parent)
        guard !parent.isRoom else {
            throw .invalid("\(parent.text) is a room; a room belongs to a channel")
        }
        let isNew = try store.changing { () throws(StoreError) in
            try channelRecords.add(room, parent: parent)
        }
        guard isNew else { throw .exists("there is a room \(id.text) already; remove it first") }
    }

    /// Changes what is given, and answers the whole.
    func changeChannel(
        _ id: ChannelID,
        title: String?,
        key: String?,
        type: String?,
        owners: [UserID]?
    ) throws(AdministrationError) -> ChannelRecords.Entry {
        let channel = try requireChannel(id)
        for owner in owners ?? [] { _ = try requireUser(owner) }
        let before = channel.owners
        // Rights are worked out by them.
        channel.owners = owners ?? before
        let changed: ChannelRecords.Entry?
        let rights: [RightsChange]
        do throws(AdministrationError) {
            (changed, rights) = try store.changing { () throws(StoreError) in
                try channelRecords.change(id, title: title, key: key, type: type, owners: owners)
                return (try channelRecords.entry(id), try newRights(ofOwners: before, channel.owners))
            }
        } catch {
            channel.owners = before
            throw error
        }
        guard let entry = changed else { throw .missing("there is no channel \(id.text); add it first") }
        channel.name = Array(entry.title.utf8)
        channel.streamerText = nil
        for change in rights { apply(change) }
        return entry
    }

    /// The rights of whoever is an owner no longer, or now.
    private func newRights(ofOwners before: [UserID], _ owners: [UserID]) throws(StoreError) -> [RightsChange]
    {
        var changes: [RightsChange] = []
        for id in Set(before).symmetricDifference(owners).sorted() {
            guard let person = people[id] else { continue }
            changes.append(try newRights(of: id, global: person.rights))
        }
        return changes
    }

    /// Removes the channel with its rooms and smiles.
    func removeChannel(_ id: ChannelID) throws(AdministrationError) {
        let removed = try store.changing { () throws(StoreError) in try channelRecords.remove(id) }
        guard !removed.isEmpty else { throw .missing("there is no channel \(id.text)") }
        smilesText = nil
        for id in removed {
            if let channel = channels[id] { putEverybodyOut(of: channel) }
        }
    }

    private func putEverybodyOut(of channel: Channel) {
        for client in clients.values {
            guard let index = client.visits.firstIndex(where: { $0.channel === channel }) else { continue }
            host.leave(channel.room, client.connection)
            client.visits.remove(at: index)
            save(client)
            sendUnjoined(channel.id, to: client.connection)
        }
        host.stopTimer("counters", key: channel.room)
        channels[channel.id] = nil
    }
}
