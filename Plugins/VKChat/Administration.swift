import JSON
import PatchbayKit

/// The administration commands.
extension VKChatService {
    static func registerAdministration(_ setup: Setup<VKChatService>) {
        let username = Parameter.required("username", "what the account is called at VK")
        setup.onCommand(
            "vk.add",
            summary: "Adds an account of VK, for VK_Autorization",
            parameters: [username, .secret("password", "the account's")]
        ) { chat, call throws(AdministrationError) in try chat.addAccount(call) }
        setup.onCommand("vk.remove", summary: "Removes an account of VK", parameters: [username]) {
            chat,
            call throws(AdministrationError) in
            let name = try call.text("username")
            guard try chat.accounts.remove(Array(name.utf8)) else {
                throw .missing("there is no account \(name)")
            }
            call.answer { $0.member("username", name) }
        }
        setup.onCommand("user.list", summary: "The users") { chat, call throws(AdministrationError) in
            try chat.listUsers(call)
        }
        setup.onCommand(
            "user.remove",
            summary: "Removes a user, and keeps the messages",
            parameters: [.required("id_user", "the user's id")]
        ) { chat, call throws(AdministrationError) in try chat.removeUser(call) }
        setup.onCommand("dialog.list", summary: "The dialogs, and who is in them") {
            chat,
            call throws(AdministrationError) in
            var writer = JSONWriter()
            try AdministrationError.catching { () throws(StoreError) in
                try chat.dialogs.write(fitting: DialogRecords.Entry(), .document, to: &writer)
            }
            call.answer(writer)
        }
        setup.onCommand(
            "dialog.remove",
            summary: "Removes a dialog and what was written in it",
            parameters: [.required("id", "the dialog's")]
        ) { chat, call throws(AdministrationError) in try chat.removeDialog(call) }
    }

    private func addAccount(_ call: Call) throws(AdministrationError) {
        let name = try call.text("username")
        try checkIsFree(name)
        try secrets.hash(call.text("password"), for: call) {
            [unowned self] hash throws(AdministrationError) in
            try checkIsFree(name)
            try accounts.add(Array(name.utf8), hash)
            call.answer { $0.member("username", name) }
        }
    }

    private func checkIsFree(_ name: String) throws(AdministrationError) {
        let hash = try AdministrationError.catching { () throws(StoreError) in
            try accounts.hash(of: Array(name.utf8))
        }
        guard hash == nil else { throw .exists("there is an account \(name) already") }
    }

    private func listUsers(_ call: Call) throws(AdministrationError) {
        let today = today
        var writer = JSONWriter()
        writer.beginArray()
        try AdministrationError.catching { () throws(StoreError) in
            try users.visitAll { row in
                writer.beginObject()
                UserRow.writeAll(row, on: today, to: &writer)
                writer.endObject()
            }
        }
        writer.endArray()
        call.answer(writer)
    }

    private func removeUser(_ call: Call) throws(AdministrationError) {
        let id = try id("id_user", call)
        guard try users.remove(id) else { throw .missing("there is no user \(id)") }
        knownMembers.removeAll()
        // The connections stay; they are nobody's any more, and follow nothing.
        for connection in host.connections(ofPrincipal: String(id)) {
            host.acceptGuest(connection)
            for room in host.rooms(of: connection) { host.leave(room, connection) }
        }
        call.answer { $0.member("id_user", id) }
    }

    private func removeDialog(_ call: Call) throws(AdministrationError) {
        let id = try id("id", call)
        let isThere = try AdministrationError.catching { () throws(StoreError) in try dialogs.contains(id) }
        guard isThere else { throw .missing("there is no dialog \(id)") }
        try dialogs.remove(id, lastMessage: lastMessage)
        knownMembers.removeAll()
        endFollowing(id)
        call.answer { $0.member("id", id) }
    }

    private func id(_ name: String, _ call: Call) throws(AdministrationError) -> Int64 {
        let text = try call.text(name)
        guard let id = Int64(digits: text.utf8) else { throw .invalid("\(name) is no number: \(text)") }
        return id
    }
}
