import JSON
import PatchbayKit

/// The administration commands: what they ask for and where they lead.
extension GGService {
    static func registerAdministration(_ setup: Setup<GGService>) {
        registerUsers(setup)
        registerChannels(setup)
        setup.onCommand("online", summary: "How many clients, users and channels there are") { gg, call in
            gg.answer(call) { writer in
                writer.member("clients", gg.clients.count)
                writer.member("users", gg.people.count)
                writer.member("channels", gg.listedChannels.count)
            }
        }
    }

    private static func registerUsers(_ setup: Setup<GGService>) {
        let user = Parameter.required("user_id", "the user's number")
        let channel = Parameter.required("channel_id", "a channel's number, or rN for a room")
        let group = Parameter.required("group", "the group's name, such as premium")
        on(
            "user.add",
            "Adds a user",
            [user, .required("name", "the nick"), .secret("token", "what the user logs in with")],
            setup
        ) { gg, call throws(Refusal) in try gg.addUser(call) }
        on("user.remove", "Removes a user and closes the user's connections", [user], setup) {
            gg,
            call throws(Refusal) in try gg.removeUser(call)
        }
        on(
            "rights.grant",
            "Sets a user's rights, in all channels or in one",
            [
                user, .required("rights", "0, 10, 20, 30, 40 or 50"),
                .optional("channel_id", "where; else everywhere"),
            ],
            setup
        ) { gg, call throws(Refusal) in try gg.grantRights(call) }
        on("group.add", "Puts a user into a group of a channel", [user, channel, group], setup) {
            gg,
            call throws(Refusal) in try gg.addGroup(call)
        }
        on("group.remove", "Takes a user out of a group of a channel", [user, channel, group], setup) {
            gg,
            call throws(Refusal) in try gg.removeGroup(call)
        }
    }

    private static func registerChannels(_ setup: Setup<GGService>) {
        let channel = Parameter.required("channel_id", "the channel's number")
        let name = Parameter.required("name", "what clients show")
        let privacy = Parameter.optional("privacy", "0 everybody, 1 users, 2 invited")
        on(
            "channel.add",
            "Adds a channel",
            [channel, name, .optional("streamer", "the user whose channel it is"), privacy],
            setup
        ) { gg, call throws(Refusal) in try gg.addChannel(call) }
        on("channel.remove", "Removes a channel or room; who is in it is put out", [channel], setup) {
            gg,
            call throws(Refusal) in try gg.removeChannel(call)
        }
        on(
            "room.add",
            "Adds a room to a channel",
            [.required("room_id", "r and a number"), channel, name, privacy],
            setup
        ) { gg, call throws(Refusal) in try gg.addRoom(call) }
        on(
            "room.role",
            "Invites a user into a room, or no longer",
            [
                .required("user_id", "the user's number"), .required("room_id", "the room"),
                .required("role", "0, or a number above it for who is invited"),
            ],
            setup
        ) { gg, call throws(Refusal) in try gg.setRole(call) }
    }

    private static func on(
        _ name: String,
        _ summary: String,
        _ parameters: [Parameter],
        _ setup: Setup<GGService>,
        _ work: @escaping (GGService, Call) throws(Refusal) -> Void
    ) {
        setup.onCommand(name, summary: summary, parameters: parameters) { gg, call in
            do throws(Refusal) {
                try work(gg, call)
            } catch {
                call.fail(error.sentence)
            }
        }
    }

    /// Answers with one JSON object.
    func answer(_ call: Call, _ members: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        call.answer(writer)
    }
}

/// Why a command was not done, as a sentence for the operator.
struct Refusal: Error {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }

    /// Does what may fail in the store.
    static func catching<Result>(_ work: () throws(StoreError) -> Result) throws(Refusal) -> Result {
        do throws(StoreError) {
            return try work()
        } catch {
            throw Refusal("nothing was changed: \(error.description)")
        }
    }
}

/// Typed reading of a command's arguments.
extension Call {
    func user(_ name: String) throws(Refusal) -> UserID {
        let text = self[name] ?? ""
        guard let id = UserID(canonical: text.utf8) else {
            throw Refusal("\(name) \"\(text)\" is no user; give a number above 0")
        }
        return id
    }

    func channel(_ name: String) throws(Refusal) -> ChannelID {
        let text = self[name] ?? ""
        guard let id = ChannelID(Array(text.utf8)) else {
            throw Refusal(
                "\(name) \"\(text)\" is no channel; give a number above 0, or r and a number for a room"
            )
        }
        return id
    }

    /// A text that is not empty.
    func text(_ name: String) throws(Refusal) -> String {
        guard let text = self[name], !text.isEmpty else { throw Refusal("\(name) is empty; give one") }
        return text
    }

    /// One of the numbers allowed; nil when it was not given.
    func number(_ name: String, in allowed: [Int64]) throws(Refusal) -> Int64? {
        guard let text = self[name] else { return nil }
        guard let number = Int64(digits: text.utf8), allowed.contains(number) else {
            let choices = allowed.map(String.init).joined(separator: ", ")
            throw Refusal("\(name) \"\(text)\" is none of \(choices)")
        }
        return number
    }
}
