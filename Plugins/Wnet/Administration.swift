import JSON
import PatchbayKit

/// The administration commands.
extension WnetService {
    static func registerAdministration(_ setup: Setup<WnetService>) {
        let username = Parameter.required("username", "what the account is called")
        let known = [
            Parameter.optional("first_name", "what bots are told; empty: not known"),
            .optional("last_name", "the same"),
            .optional("photo_url", "the same"),
        ]
        setup.onCommand(
            "account.add",
            summary: "Adds an account",
            parameters: [username, .secret("password", "the account's")] + known
        ) { wnet, call throws(AdministrationError) in try wnet.addAccount(call) }
        setup.onCommand(
            "account.set",
            summary: "Changes what is given of an account; a password counts from the next login on",
            parameters: [username, .secret("password", "a new one", isRequired: false)] + known
        ) { wnet, call throws(AdministrationError) in try wnet.setAccount(call) }
        setup.onCommand(
            "account.remove",
            summary: "Removes an account; its connections are guests then",
            parameters: [username]
        ) { wnet, call throws(AdministrationError) in try wnet.removeAccount(call) }
        setup.onCommand("account.list", summary: "The accounts") { wnet, call in
            call.answer(wnet.accounts.all) { account, writer in account.write(&writer) }
        }
        setup.onCommand("bots", summary: "The bots that are connected") { wnet, call in wnet.listBots(call) }
    }

    private func addAccount(_ call: Call) throws(AdministrationError) {
        let username = try call.text("username")
        guard !username.utf8.isDigits else {
            throw .invalid("username \"\(username)\" has digits alone, as an account's id; give another one")
        }
        guard !username.utf8.contains(UInt8(ascii: ":")) else {
            throw .invalid(
                "username \"\(username)\" has a colon, where the password begins; give another one"
            )
        }
        try checkIsFree(username)
        try secrets.hash(call.text("password"), for: call) {
            [unowned self] hash throws(AdministrationError) in
            try checkIsFree(username)
            let account = try accounts.add { id in
                var account = Account(id: id, username: username, hash: hash)
                account.change(call)
                return account
            }
            answer(call, account)
        }
    }

    private func setAccount(_ call: Call) throws(AdministrationError) {
        guard call["password"] != nil else { return try setAccount(call, hash: nil) }
        _ = try account(call)
        try secrets.hash(call.text("password"), for: call) {
            [unowned self] hash throws(AdministrationError) in
            try setAccount(call, hash: hash)
        }
    }

    private func setAccount(_ call: Call, hash: [UInt8]?) throws(AdministrationError) {
        var account = try account(call)
        if let hash { account.hash = hash }
        account.change(call)
        try accounts.set(account)
        answer(call, account)
    }

    private func removeAccount(_ call: Call) throws(AdministrationError) {
        let account = try account(call)
        try accounts.remove(account)
        for connection in host.connections(ofPrincipal: "\(account.id)") {
            host.acceptGuest(connection)
            host.leaveQueues(names, connection)
            peers[connection]?.account = nil
        }
        answer(call, account)
    }

    private func answer(_ call: Call, _ account: Account) {
        call.answer { account.write(&$0) }
    }

    /// `[{"name":"Bot","account":1,"clients":3}]`, in the order of the names.
    private func listBots(_ call: Call) {
        let bots = peers.values.compactMap { peer in peer.name.map { (name: $0, peer: peer) } }
        call.answer(bots.sorted { $0.name.lexicographicallyPrecedes($1.name) }) { bot, writer in
            writer.member("name", utf8: bot.name)
            writer.key("account")
            if let id = bot.peer.account { writer.integer(id) } else { writer.null() }
            writer.member("clients", host.members(of: bot.name).count)
        }
    }

    private func account(_ call: Call) throws(AdministrationError) -> Account {
        let username = try call.text("username")
        guard let account = accounts[username] else { throw .missing("there is no account \"\(username)\"") }
        return account
    }

    private func checkIsFree(_ username: String) throws(AdministrationError) {
        guard accounts[username] == nil else { throw .exists("there is an account \"\(username)\" already") }
    }
}

extension Account {
    /// Takes over what the call gives; an empty text is as not known.
    fileprivate mutating func change(_ call: Call) {
        if let text = call["first_name"] { firstName = text.isEmpty ? nil : text }
        if let text = call["last_name"] { lastName = text.isEmpty ? nil : text }
        if let text = call["photo_url"] { photo = text.isEmpty ? nil : text }
    }
}
