import JSON
import PatchbayKit

/// Commands about channels and rooms.
extension GGService {
    func addChannel(_ call: Call) throws(Refusal) {
        let id = try call.channel("channel_id")
        guard !id.isRoom else { throw Refusal("\(id.text) is a room; add it with room.add") }
        let name = try call.text("name")
        let privacy = try call.number("privacy", in: [0, 1, 2]) ?? 0
        let owners = call["streamer"] == nil ? [] : [try knownUser(call, "streamer").id]
        let isNew = try Refusal.catching { () throws(StoreError) in
            try channelRecords.add(id, name: name, privacy: privacy, owners: owners)
        }
        guard isNew else { throw Refusal("there is a channel \(id.text) already; remove it first") }
        answer(call) { writer in
            writer.member("channel_id", id.text)
            writer.member("name", name)
        }
    }

    func addRoom(_ call: Call) throws(Refusal) {
        let id = try room(call)
        let parent = try knownChannel(call).id
        guard !parent.isRoom else { throw Refusal("\(parent.text) is a room; a room belongs to a channel") }
        let name = try call.text("name")
        let privacy = try call.number("privacy", in: [0, 1, 2]) ?? 0
        let isNew = try Refusal.catching { () throws(StoreError) in
            try channelRecords.add(id, parent: parent, name: name, privacy: privacy)
        }
        guard isNew else { throw Refusal("there is a room \(id.text) already; remove it first") }
        answer(call) { writer in
            writer.member("room_id", id.text)
            writer.member("channel_id", parent.text)
            writer.member("name", name)
        }
    }

    func setRole(_ call: Call) throws(Refusal) {
        let user = try knownUser(call).id
        let id = try room(call)
        let channel = try knownChannel(call, "room_id")
        guard let role = Int64(digits: (call["role"] ?? "").utf8) else {
            throw Refusal("role is no number; give 0, or more for who is invited")
        }
        try Refusal.catching { () throws(StoreError) in try userRecords.setRole(user, in: id, role) }
        channel.people[user]?.role = role
        answer(call) { writer in
            writer.member("user_id", String(user))
            writer.member("room_id", id.text)
            writer.member("role", role)
        }
    }

    func removeChannel(_ call: Call) throws(Refusal) {
        let id = try call.channel("channel_id")
        let isFound = try Refusal.catching { () throws(StoreError) in try channelRecords.remove(id) }
        guard isFound else { throw Refusal("there is no channel \(id.text)") }
        if let channel = channels[id] { putEverybodyOut(of: channel) }
        answer(call) { writer in writer.member("channel_id", id.text) }
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

    private func room(_ call: Call) throws(Refusal) -> ChannelID {
        let id = try call.channel("room_id")
        guard id.isRoom else { throw Refusal("\(id.text) is no room; give r and a number") }
        return id
    }
}
