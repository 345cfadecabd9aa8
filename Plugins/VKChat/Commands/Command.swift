import PatchbayKit

/// What a client may say. A class, so that a command copies nothing of it.
final class Command {
    typealias Work = (VKChatService, Arguments, Client) throws(Failure) -> Void

    enum Kind { case login, registration, information, other }

    let name: String
    /// For the dialects, some of which word a failure by its command.
    let kind: Kind
    private let work: Work
    private let lowerName: [UInt8]

    private init(_ name: String, _ kind: Kind = .other, _ work: @escaping Work) {
        self.name = name
        self.kind = kind
        self.work = work
        lowerName = Self.lowered(Array(name.utf8))
    }

    /// The letter case of a name's first letter does not matter.
    func isCalled(_ name: [UInt8]) -> Bool {
        name.count == lowerName.count && name.dropFirst().elementsEqual(lowerName.dropFirst())
            && Self.lowered(name)[0] == lowerName[0]
    }

    private static func lowered(_ name: [UInt8]) -> [UInt8] {
        guard let first = name.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else {
            return name
        }
        var lowered = name
        lowered[0] |= 0x20
        return lowered
    }

    func run(_ chat: VKChatService, _ arguments: Arguments, _ client: Client) throws(Failure) {
        try work(chat, arguments, client)
    }

    /// The most frequent ones first.
    static var all: [Command] {
        [
            Command("send_msg") { chat, arguments, client throws(Failure) in
                try chat.sendMessage(arguments, client)
            },
            Command("get_msg") { chat, arguments, client throws(Failure) in
                try chat.getMessages(arguments, client)
            },
            Command("get_msg_from_dialog") { chat, arguments, client throws(Failure) in
                try chat.getMessagesOfDialog(arguments, client)
            },
            Command("get_users") { chat, arguments, client throws(Failure) in
                try chat.getUsers(arguments, client)
            },
            Command("get_dialogs") { chat, arguments, client throws(Failure) in
                try chat.getDialogs(arguments, client)
            },
            Command("get_user_from_dialog") { chat, arguments, client throws(Failure) in
                try chat.getMembers(arguments, client)
            },
            Command("get_user_info", .information) { chat, arguments, client throws(Failure) in
                try chat.getUser(arguments, client)
            },
            Command("update_user_info") { chat, arguments, client throws(Failure) in
                try chat.updateUser(arguments, client)
            },
            Command("Login", .login) { chat, arguments, client throws(Failure) in
                try chat.logIn(arguments, client)
            },
            Command("Registration", .registration) { chat, arguments, client throws(Failure) in
                try chat.register(arguments, client)
            },
            Command("create_new_user") { chat, arguments, client throws(Failure) in
                try chat.createUser(arguments, client)
            },
            Command("create_new_dialog") { chat, arguments, client throws(Failure) in
                try chat.createDialog(arguments, client)
            },
            Command("VK_Autorization") { chat, arguments, client throws(Failure) in
                try chat.logInByVK(arguments, client)
            },
        ]
    }
}
