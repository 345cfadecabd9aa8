import JSON
import PatchbayKit

/// Commands about smiles.
extension GGService {
    static func registerSmileCommands(_ setup: Setup<GGService>) {
        let name = Parameter.required("name", "its code in a text, without the colons around it")
        let place = Parameter.optional("channel_id", "whose smile it is; else everybody's")
        let grant: [Parameter] = [
            .required("user_id", "the user's number"), .required("channel_id", "where"),
            .required("smile", "its name"),
        ]
        setup.onCommand(
            "smile.add",
            summary: "Adds a smile",
            parameters: [
                name, .optional("bind", "the site's own name for it; else a number"),
                .optional("donat", "0, or the level of donations that it is for"),
                .optional("premium", "1: for premium users"),
                .optional("paid", "1: for those that it is granted to"), place,
            ]
        ) { gg, call throws(AdministrationError) in try gg.addSmile(call) }
        setup.onCommand(
            "smile.remove",
            summary: "Removes a smile, and takes it from all who have it",
            parameters: [name, place]
        ) { gg, call throws(AdministrationError) in
            let name = try call.text("name")
            let channel = try call.channelOrEverywhere()
            try gg.removeSmile(name, of: channel)
            call.answer { writer in
                writer.member("name", name)
                if let channel { writer.member("channel_id", channel.text) }
            }
        }
        setup.onCommand("smile.grant", summary: "Gives a user a paid smile in a channel", parameters: grant) {
            gg,
            call throws(AdministrationError) in
            try gg.grantSmile(call.text("smile"), to: call.user(), in: call.channel())
            try Self.answerGrant(call)
        }
        setup.onCommand(
            "smile.revoke",
            summary: "Takes a paid smile from a user in a channel",
            parameters: grant
        ) {
            gg,
            call throws(AdministrationError) in
            try gg.revokeSmile(call.text("smile"), from: call.user(), in: call.channel())
            try Self.answerGrant(call)
        }
    }

    private func addSmile(_ call: Call) throws(AdministrationError) {
        let channel = try call.channelOrEverywhere()
        let smile = try addSmile(
            call.text("name"),
            bind: call["bind"] == nil ? nil : call.text("bind"),
            donat: call.number("donat") ?? 0,
            premium: call.number("premium", in: [0, 1]) ?? 0,
            paid: call.number("paid", in: [0, 1]) ?? 0,
            to: channel
        )
        call.answer { writer in
            smile.write(to: &writer)
            if let channel { writer.member("channel_id", channel.text) }
        }
    }

    private static func answerGrant(_ call: Call) throws(AdministrationError) {
        let user = try call.user()
        let channel = try call.channel()
        let name = try call.text("smile")
        call.answer { writer in
            writer.member("user_id", String(user))
            writer.member("channel_id", channel.text)
            writer.member("smile", name)
        }
    }
}
