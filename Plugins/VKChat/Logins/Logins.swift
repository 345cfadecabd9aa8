import JSON
import PatchbayKit

/// How users log in, and how they come to be.
extension VKChatService {
    /// `Login`
    func logIn(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let name = try arguments.credential("login")
        let password = try arguments.credential("pas")
        let user = try storing { () throws(StoreError) in try users.login(named: name) }
        let former = self.user(of: client)
        check(password, user?.hash, account: user.map { "user \($0.id)" }, client) { [unowned self] isRight in
            finish("Login", client, former) { () throws(Failure) in
                // It may have been removed meanwhile.
                let current = try storing { () throws(StoreError) in try users.login(named: name) }
                guard isRight, let user, current?.id == user.id else { throw .wrongLogin }
                try enter(user.id, client)
            }
        }
    }

    /// `Registration`
    func register(_ arguments: Arguments, _ client: Client) throws(Failure) {
        try add(arguments, client, by: "Registration") { [unowned self] id throws(Failure) in
            try enter(id, client)
        }
    }

    /// `create_new_user`
    func createUser(_ arguments: Arguments, _ client: Client) throws(Failure) {
        let former = user(of: client)
        try add(arguments, client, by: "create_new_user") { [unowned self] _ throws(Failure) in
            settleAgain(client, as: former)
            reply(client) { dialect.writeOK("create_new_user", to: &$0) }
        }
    }

    private func add(
        _ arguments: Arguments,
        _ client: Client,
        by command: String,
        _ body: @escaping (_ id: Int64) throws(Failure) -> Void
    ) throws(Failure) {
        let name = try arguments.credential("login")
        let password = try arguments.newPassword("pas")
        let profile = try Profile(arguments)
        try checkIsFree(name)
        // Whoever comes while the first one's password is being hashed comes too late.
        guard !comingLogins.contains(name) else { throw .taken }
        try hash(password, by: command, client, user(of: client)) { [unowned self] hash throws(Failure) in
            comingLogins.remove(name)
            guard !hash.isEmpty else { throw .busy }
            try checkIsFree(name)
            try body(
                try storing { () throws(StoreError) in
                    try users.add(login: name, hash: hash, isFromVK: false, profile)
                }
            )
        }
        comingLogins.insert(name)
    }

    private func checkIsFree(_ name: [UInt8]) throws(Failure) {
        let holder = try storing { () throws(StoreError) in try users.login(named: name) }
        guard holder == nil else { throw .taken }
    }

    /// The client is this user from now on, and is told so.
    func enter(_ id: Int64, _ client: Client) throws(Failure) {
        var token: [UInt8]?
        if needsToken {
            let made = secrets.random(32).hexadecimal
            try storing { () throws(StoreError) in try tokens.add(secrets.sha256(made), of: id) }
            token = made
        }
        guard settle(client, as: id) else { throw .busy }  // `limit connections_per_principal`
        reply(client) { dialect.writeSuccess(id: id, token: token, to: &$0) }
    }

    // MARK: Passwords, off the lane

    /// Compares what was typed; what comes after it on the connection waits.
    ///
    /// - Parameters:
    ///   - hash: nil: there is no such account, which takes as long to find.
    ///   - account: whose failures are counted.
    ///   - body: must settle the client, as `finish` does when something is wrong.
    func check(
        _ password: [UInt8],
        _ hash: [UInt8]?,
        account: String?,
        _ client: Client,
        _ body: @escaping (_ isRight: Bool) -> Void
    ) {
        var connection: Connection?
        if case .connection(let one) = client { connection = one }
        secrets.checkLogin(
            of: connection,
            account: account ?? "",
            from: address(of: client),
            password,
            against: hash ?? [],
            body
        )
    }

    /// Makes a hash; what comes after it on the connection waits.
    ///
    /// - Parameters:
    ///   - password: of those that are kept.
    ///   - body: is given an empty hash where there was no memory for it; must settle the client, unless it throws.
    func hash(
        _ password: [UInt8],
        by command: String,
        _ client: Client,
        _ former: Int64?,
        _ body: @escaping (_ hash: [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let isUnderWay = secrets.hash(password) { [unowned self] hash in
            finish(command, client, former) { () throws(Failure) in try body(hash) }
        }
        guard isUnderWay else { throw .busy }
        wait(client)
    }
}
