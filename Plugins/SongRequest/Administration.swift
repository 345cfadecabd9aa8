import JSON
import PatchbayKit

/// The administration commands.
extension SongRequestService {
    static func registerAdministration(_ setup: Setup<SongRequestService>) {
        let nick = Parameter.required("nick", "the User's; capital letters A to Z become small ones")
        let pin = Parameter.secret("pass", "the User's pin")
        setup.onCommand("user.add", summary: "Adds a User", parameters: [nick, pin]) {
            songs,
            call throws(AdministrationError) in
            let nick = try songs.nick(call)
            try songs.checkIsFree(nick)
            try songs.secrets.hash(call.text("pass"), for: call) { hash throws(AdministrationError) in
                try songs.checkIsFree(nick)
                try songs.set(nick, hash, call)
            }
        }
        setup.onCommand(
            "user.set",
            summary: "Changes a User's pin, from the next login on",
            parameters: [nick, pin]
        ) { songs, call throws(AdministrationError) in
            _ = try songs.user(call)
            try songs.secrets.hash(call.text("pass"), for: call) { hash throws(AdministrationError) in
                try songs.set(songs.user(call), hash, call)
            }
        }
        setup.onCommand(
            "user.remove",
            summary: "Removes a User and closes the connection",
            parameters: [nick]
        ) { songs, call throws(AdministrationError) in
            let nick = try songs.user(call)
            try songs.userRecords.remove(nick)
            songs.users[nick] = nil
            songs.end(nick)
            call.answer { $0.member("nick", utf8: nick.bytes) }
        }
        setup.onCommand("user.list", summary: "The Users, and who is connected") { songs, call in
            call.answer(songs.users.keys.sorted()) { nick, writer in
                writer.member("nick", utf8: nick.bytes)
                writer.member("online", songs.host.holder(songs.userNames, nick.bytes) != nil)
            }
        }
        registerAdmin(setup)
    }

    private static func registerAdmin(_ setup: Setup<SongRequestService>) {
        let numbered = (1...3).map {
            Parameter.secret("secret\($0)", "one of three that the Admin must know")
        }
        setup.onCommand(
            "admin.set",
            summary: "Says who the Admin is, from the next login on",
            parameters: [.required("nick", "the Admin's; capital letters A to Z become small ones")]
                + numbered
        ) { songs, call throws(AdministrationError) in
            let nick = try songs.nick(call)
            var given: [[UInt8]] = []
            for number in 1...3 { given.append(Array(try call.text("secret\(number)").utf8)) }
            try songs.checkIsNoUser(nick)
            try songs.secrets.hash(Admin.secretText(given), for: call) { hash throws(AdministrationError) in
                try songs.checkIsNoUser(nick)
                let admin = Admin(nick: nick, hash: hash)
                try songs.adminRecords.set(admin)
                songs.admin = admin
                call.answer { $0.member("nick", utf8: nick.bytes) }
            }
        }
        setup.onCommand("online", summary: "Whether the Admin is connected, and which Users are") {
            songs,
            call in
            let users = songs.clients.values.compactMap { if case .user(let nick) = $0 { nick } else { nil } }
            call.answer { writer in
                writer.member("admin", songs.clients.values.contains(.admin))
                writer.key("users")
                writer.beginArray()
                for nick in users.sorted() { writer.string(utf8: nick.bytes) }
                writer.endArray()
            }
        }
    }

    /// The host keeps no longer name for who holds it.
    private func nick(_ call: Call) throws(AdministrationError) -> Nick {
        let nick = try Nick(call.text("nick").utf8)
        guard nick.bytes.count <= 1024 else {
            throw .invalid("nick has more than 1024 bytes; give a shorter one")
        }
        return nick
    }

    /// The User that the call names.
    private func user(_ call: Call) throws(AdministrationError) -> Nick {
        let nick = try nick(call)
        guard users[nick] != nil else { throw .missing("there is no User \(nick)") }
        return nick
    }

    private func checkIsFree(_ nick: Nick) throws(AdministrationError) {
        try checkIsNoUser(nick)
        guard admin?.nick != nick else { throw .exists("\(nick) is the Admin's nick") }
    }

    private func checkIsNoUser(_ nick: Nick) throws(AdministrationError) {
        guard users[nick] == nil else { throw .exists("there is a User \(nick) already") }
    }

    private func set(_ nick: Nick, _ hash: [UInt8], _ call: Call) throws(AdministrationError) {
        try userRecords.set(nick, hash)
        users[nick] = hash
        call.answer { $0.member("nick", utf8: nick.bytes) }
    }
}
