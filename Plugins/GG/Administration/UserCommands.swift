import JSON
import PatchbayKit

/// Commands about users.
extension GGService {
    static func registerUserCommands(_ setup: Setup<GGService>) {
        let user = Parameter.required("user_id", "the user's number")
        let channel = Parameter.required("channel_id", "a channel's number, or rN for a room")
        let group = Parameter.required("group", "the group's name, such as premium")
        setup.onCommand(
            "user.add",
            summary: "Adds a user",
            parameters: [user, .required("name", "the nick"), .secret("token", "what the user logs in with")]
        ) { gg, call throws(AdministrationError) in try gg.addUser(call) }
        setup.onCommand(
            "user.remove",
            summary: "Removes a user and closes the user's connections",
            parameters: [user]
        ) { gg, call throws(AdministrationError) in try gg.removeUser(call) }
        setup.onCommand(
            "rights.grant",
            summary: "Sets a user's rights, in all channels or in one",
            parameters: [
                user, .required("rights", "0, 10, 20, 30, 40 or 50"),
                .optional("channel_id", "where; else everywhere"),
            ]
        ) { gg, call throws(AdministrationError) in try gg.grantRights(call) }
        setup.onCommand(
            "group.add",
            summary: "Puts a user into a group of a channel",
            parameters: [user, channel, group]
        ) { gg, call throws(AdministrationError) in
            try gg.addGroup(call.text("group"), of: call.user(), in: call.channel())
            try gg.answerGroup(call)
        }
        setup.onCommand(
            "group.remove",
            summary: "Takes a user out of a group of a channel",
            parameters: [user, channel, group]
        ) { gg, call throws(AdministrationError) in
            try gg.removeGroup(call.text("group"), of: call.user(), in: call.channel())
            try gg.answerGroup(call)
        }
    }

    private func addUser(_ call: Call) throws(AdministrationError) {
        let id = try call.user()
        let name = try call.text("name")
        try createUser(id, name: name, token: call.text("token"))
        call.answer { writer in
            writer.member("user_id", String(id))
            writer.member("name", name)
        }
    }

    private func removeUser(_ call: Call) throws(AdministrationError) {
        let id = try call.user()
        try removeUser(id)
        call.answer { writer in writer.member("user_id", String(id)) }
    }

    private func grantRights(_ call: Call) throws(AdministrationError) {
        let user = try call.user()
        let rights = try call.number("rights", in: Rights.levels) ?? 0
        let channel = try call.channelOrEverywhere()
        try grant(rights, to: user, in: channel)
        call.answer { writer in
            writer.member("user_id", String(user))
            if let channel { writer.member("channel_id", channel.text) }
            writer.member("rights", rights)
        }
    }

    private func answerGroup(_ call: Call) throws(AdministrationError) {
        let user = try call.user()
        let channel = try call.channel()
        let group = try call.text("group")
        call.answer { writer in
            writer.member("user_id", String(user))
            writer.member("channel_id", channel.text)
            writer.member("group", group)
        }
    }
}
