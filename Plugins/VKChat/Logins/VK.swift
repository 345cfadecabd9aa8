import JSON
import PatchbayKit

/// `VK_Autorization`: whether somebody knows his password at VK.
extension VKChatService {
    func logInByVK(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let name = try arguments.text("username")
        let password = try arguments.text("password")
        let former = user(of: client)
        try verify(name, password, client) { [unowned self] isRight in
            finish("VK_Autorization", client, former) { () throws(Failure) in
                guard isRight else { throw .wrongVK }
                guard dialect == .original else {
                    settleAgain(client, as: former)
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
        if case .url(let url, let http) = verifier {
            return ask(url, http, name, password, client, body)
        }
        let hash = try storing { () throws(StoreError) in try accounts.hash(of: name) }
        check(password, hash, account: hash.map { _ in Self.account(name) }, client, body)
    }

    private static func account(_ name: [UInt8]) -> String { "vk \(String(decoding: name, as: UTF8.self))" }

    /// Asks the server that knows: 200 says that the password is right, 401 that it is not.
    private func ask(
        _ url: String,
        _ http: HTTPClient,
        _ name: [UInt8],
        _ password: [UInt8],
        _ client: Client,
        _ body: @escaping (_ isRight: Bool) -> Void
    ) {
        let account = Self.account(name)
        guard let login = host.tryLogin(account: account, from: address(of: client)) else {
            return body(false)
        }
        var question = JSONWriter()
        question.beginObject()
        question.member("username", utf8: name)
        question.member("password", utf8: password)
        question.endObject()
        let isUnderWay = http.fetch(
            method: "POST",
            url: url,
            headers: [("Content-Type", "application/json")],
            body: question,
            milliseconds: 3000
        ) { [unowned self] answer in
            var isRight = false
            switch answer {
            case .success(let answer) where answer.status == 200 || answer.status == 401:
                isRight = answer.status == 200
            case .success(let answer): warn("it answered with the status \(answer.status)")
            case .failure(let failure): warn(failure.sentence)
            }
            if isRight { login.succeeded() } else { login.failed() }
            body(isRight)
        }
        guard isUnderWay else {
            warn("too many wait for it already")
            login.failed()
            return body(false)
        }
        wait(client)
    }

    private func warn(_ reason: String) {
        host.log(.warning, "vk_verifier does not say whether a password is right: \(reason)")
    }

    /// Whoever logs in at VK is a user of that login, and is made one the first time. A login that somebody registered
    /// otherwise is his alone.
    private func enter(fromVK name: [UInt8], _ password: [UInt8], _ client: Client, _ former: Int64?)
        throws(Failure)
    {
        if let user = try userFromVK(name) { return try enter(user, client) }
        guard Arguments.isKept(password) else { throw .wrongVK }
        try hash(password, by: "VK_Autorization", client, former) { [unowned self] hash throws(Failure) in
            guard !hash.isEmpty else { throw .busy }
            // Somebody may have come first.
            if let user = try userFromVK(name) { return try enter(user, client) }
            let user = try storing { () throws(StoreError) in
                try users.add(login: name, hash: hash, isFromVK: true, nil)
            }
            try enter(user, client)
        }
    }

    /// Nil: there is no user of that login.
    private func userFromVK(_ name: [UInt8]) throws(Failure) -> Int64? {
        guard !name.isEmpty else { throw .wrongVK }
        let user = try storing { () throws(StoreError) in try users.login(named: name) }
        guard user?.isFromVK != false else { throw .wrongVK }
        return user?.id
    }
}
