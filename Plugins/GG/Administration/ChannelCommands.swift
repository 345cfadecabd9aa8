import JSON
import PatchbayKit

/// Commands about channels and rooms.
extension GGService {
    static func registerChannelCommands(_ setup: Setup<GGService>) {
        let channel = Parameter.required("channel_id", "the channel's number")
        let name = Parameter.required("name", "what clients show")
        let privacy = Parameter.optional("privacy", "0 everybody, 1 users, 2 invited")
        setup.onCommand(
            "channel.add",
            summary: "Adds a channel",
            parameters: [channel, name, .optional("streamer", "the user whose channel it is"), privacy]
        ) { gg, call throws(AdministrationError) in try gg.addChannel(call) }
        setup.onCommand(
            "channel.remove",
            summary: "Removes a channel with its rooms, or a room; who is in it is put out",
            parameters: [channel]
        ) { gg, call throws(AdministrationError) in try gg.removeChannel(call) }
        setup.onCommand(
            "room.add",
            summary: "Adds a room to a channel",
            parameters: [.required("room_id", "r and a number"), channel, name, privacy]
        ) { gg, call throws(AdministrationError) in try gg.addRoom(call) }
        setup.onCommand(
            "room.role",
            summary: "Invites a user into a room, or no longer",
            parameters: [
                .required("user_id", "the user's number"), .required("room_id", "the room"),
                .required("role", "0, or a number above it for who is invited"),
            ]
        ) { gg, call throws(AdministrationError) in try gg.setRole(call) }
    }

    private func addChannel(_ call: Call) throws(AdministrationError) {
        let id = try call.channel()
        let name = try call.text("name")
        let privacy = try call.number("privacy", in: [0, 1, 2]) ?? 0
        let owners = call["streamer"] == nil ? [] : [try call.user("streamer")]
        try createChannel(ChannelRecords.Entry(id: id, title: name, privacy: privacy, owners: owners))
        call.answer { writer in
            writer.member("channel_id", id.text)
            writer.member("name", name)
        }
    }

    private func removeChannel(_ call: Call) throws(AdministrationError) {
        let id = try call.channel()
        try removeChannel(id)
        call.answer { writer in writer.member("channel_id", id.text) }
    }

    private func addRoom(_ call: Call) throws(AdministrationError) {
        let id = try call.channel("room_id")
        let parent = try call.channel()
        let name = try call.text("name")
        let privacy = try call.number("privacy", in: [0, 1, 2]) ?? 0
        try createRoom(ChannelRecords.Entry(id: id, title: name, privacy: privacy), of: parent)
        call.answer { writer in
            writer.member("room_id", id.text)
            writer.member("channel_id", parent.text)
            writer.member("name", name)
        }
    }

    private func setRole(_ call: Call) throws(AdministrationError) {
        let user = try call.user()
        let room = try call.channel("room_id")
        guard room.isRoom else { throw .invalid("\(room.text) is no room; give r and a number") }
        let role = try call.number("role") ?? 0
        try setRole(role, of: user, in: room)
        call.answer { writer in
            writer.member("user_id", String(user))
            writer.member("room_id", room.text)
            writer.member("role", role)
        }
    }
}
