import JSON
import PatchbayKit

/// `VK_Autorization`: whether somebody knows his password at VK.
extension VKChatService {
    func logInByVK(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let name = try arguments.text("username")
        let password = try arguments.text("password")
        let former = user(of: client)
        try verify(name, password, client) { [unowned self] isRight in
            finish("VK_Autorization", client) { () throws(Failure) in
                guard isRight else {
                    settle(client, as: former)
                    throw .wrongVK
                }
                guard dialect == .original else {
                    settle(client, as: former)
                    return reply(client) { $0.member("answer", "Autorization OK") }
                }
                try enter(fromVK: name, password, client, former)
            }
        }
    }

    private func verify(
        _ name: [UInt8],
        _ password: [UInt8],
        _ client: Client,
        _ body: @escaping (_ isRight: Bool) -> Void
    ) throws(Failure) {
        let hash = try storing { () throws(StoreError) in try accounts.hash(of: name) }
        let account = hash.map { _ in "vk \(String(decoding: name, as: UTF8.self))" }
        check(password, hash, account: account, client, body)
    }

    /// Whoever logs in at VK is a user of that login, and is made one the first time. A login that somebody registered
    /// otherwise is his alone.
    private func enter(fromVK name: [UInt8], _ password: [UInt8], _ client: Client, _ former: Int64?)
        throws(Failure)
    {
        if let user = try userFromVK(name, client, former) { return try enter(user, client, former) }
        do throws(Failure) {
            try hash(password, by: "VK_Autorization", client) { [unowned self] hash throws(Failure) in
                // Somebody may have come first.
                if let user = try userFromVK(name, client, former) {
                    return try enter(user, client, former)
                }
                let user = try storing { () throws(StoreError) in
                    try users.add(login: name, hash: hash, isFromVK: true, nil)
                }
                try enter(user, client, former)
            }
        } catch {
            settle(client, as: former)
            throw error
        }
    }

    /// Nil: there is no user of that login.
    private func userFromVK(_ name: [UInt8], _ client: Client, _ former: Int64?) throws(Failure) -> Int64? {
        do throws(Failure) {
            guard !name.isEmpty else { throw .wrongVK }
            let user = try storing { () throws(StoreError) in try users.login(named: name) }
            guard user?.isFromVK != false else { throw .wrongVK }
            return user?.id
        } catch {
            settle(client, as: former)
            throw error
        }
    }
}
