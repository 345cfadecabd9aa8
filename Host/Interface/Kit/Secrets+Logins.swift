/// Passwords in logins and in administration.
extension Secrets {
    /// Checks a login by a password, off the lane. The connection's further messages wait meanwhile, or its opening does.
    ///
    /// - Parameters:
    ///   - connection: nil: it is a request's login, which waits for its answer anyhow.
    ///   - account: whose failures are counted; empty where there is no such account, so that only the address counts.
    ///   - hash: the account's; empty where there is none, which takes as long to find.
    ///   - body: is told at once that it was wrong where too many have failed, or too many are being checked; else as that of
    ///     `verify`.
    public func checkLogin(
        of connection: Connection?,
        account: some Bytes,
        from address: some Bytes,
        _ password: some Bytes,
        against hash: some Bytes,
        _ body: @escaping (_ isRight: Bool) -> Void
    ) {
        guard let login = host.tryLogin(account: account, from: address) else { return body(false) }
        if let connection { host.decideLater(connection) }
        let isUnderWay = verify(password, against: hash, login) { isRight in
            if isRight { login.succeeded() } else { login.failed() }
            body(isRight)
        }
        guard isUnderWay else {
            login.failed()
            return body(false)
        }
    }

    /// Hashes a password that an administration command gives.
    ///
    /// - Parameter body: what it throws is the command's answer.
    public func hash(
        _ password: some Bytes,
        for call: Call,
        _ body: @escaping (_ hash: [UInt8]) throws(AdministrationError) -> Void
    ) throws(AdministrationError) {
        guard password.withBytes({ $0.count <= Self.longestPassword }) else {
            throw .invalid("a password of more than \(Self.longestPassword) bytes is not taken")
        }
        let isUnderWay = hash(password) { hash in
            call.perform { () throws(AdministrationError) in
                guard !hash.isEmpty else {
                    throw .busy("there was no memory to hash the password; try again")
                }
                try body(hash)
            }
        }
        guard isUnderWay else { throw .busy("too many passwords are being hashed; try again in a moment") }
    }

    /// Bytes that a password may have, as the host says.
    private static let longestPassword = 4096
}
