import JSON
import PatchbayKit

/// The administration commands: what they ask for and where they lead.
extension GGService {
    static func registerAdministration(_ setup: Setup<GGService>) {
        registerUserCommands(setup)
        registerChannelCommands(setup)
        registerSmileCommands(setup)
        registerCredentialCommands(setup)
        setup.onCommand("online", summary: "How many clients, users and channels there are") { gg, call in
            call.answer { writer in
                writer.member("clients", gg.clients.count)
                writer.member("users", gg.people.count)
                writer.member("channels", gg.listedChannels.count)
            }
        }
    }
}

/// Typed reading of a command's arguments, and its answer.
extension Call {
    func user(_ name: String = "user_id") throws(AdministrationError) -> UserID {
        let text = self[name] ?? ""
        guard let id = UserID(canonical: text.utf8) else {
            throw .invalid("\(name) \"\(text)\" is no user; give a number above 0")
        }
        return id
    }

    func channel(_ name: String = "channel_id") throws(AdministrationError) -> ChannelID {
        let text = self[name] ?? ""
        guard let id = ChannelID(Array(text.utf8)) else {
            throw .invalid(
                "\(name) \"\(text)\" is no channel; give a number above 0, or r and a number for a room"
            )
        }
        return id
    }

    /// Nil, everywhere, where `channel_id` is not given, or 0.
    func channelOrEverywhere() throws(AdministrationError) -> ChannelID? {
        guard let text = self["channel_id"], text != "0" else { return nil }
        return try channel()
    }

    /// A whole number, 0 or above; nil when it was not given.
    func number(_ name: String) throws(AdministrationError) -> Int64? {
        guard let text = self[name] else { return nil }
        guard let number = Int64(digits: text.utf8) else {
            throw .invalid("\(name) \"\(text)\" is no number; give 0 or more")
        }
        return number
    }

    /// One of the numbers allowed; nil when it was not given.
    func number(_ name: String, in allowed: [Int64]) throws(AdministrationError) -> Int64? {
        guard let text = self[name] else { return nil }
        guard let number = Int64(digits: text.utf8), allowed.contains(number) else {
            let choices = allowed.map(String.init).joined(separator: ", ")
            throw .invalid("\(name) \"\(text)\" is none of \(choices)")
        }
        return number
    }
}
