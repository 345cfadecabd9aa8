import JSON
import PatchbayKit

/// How a connection becomes a User's or the Admin's, and how it ends.
extension SongRequestService {
    func greet(_ connection: Connection) {
        tell("ok", "connected, please send your identificator", "6900", connection)
    }

    /// What a connection says that has not logged in.
    func identify(_ message: Message, _ connection: Connection) {
        do throws(Failure) {
            let identification = try Identification(message)
            let nick = identification.nick
            if let admin, admin.nick == nick {
                let secret = Admin.secretText(try identification.secrets())
                check(secret, admin.hash, of: .admin, account: "admin", .secrets, connection)
            } else if let hash = users[nick] {
                let account = "user \(nick)"
                check(identification.password, hash, of: .user(nick), account: account, .password, connection)
            } else {
                host.tryLogin(from: host.address(of: connection))?.failed()
                throw .nickNotFound
            }
        } catch {
            turnAway(connection, error)
        }
    }

    /// Compares what was typed with a client's hash, off the lane. What was right must still be so when that is done: the
    /// client may have been changed meanwhile, or be somebody else of the same nick.
    private func check(
        _ typed: [UInt8],
        _ hash: [UInt8],
        of client: Client,
        account: String,
        _ wrong: Failure,
        _ connection: Connection
    ) {
        let address = host.address(of: connection)
        secrets.checkLogin(of: connection, account: account, from: address, typed, against: hash) {
            [unowned self] isRight in
            guard let current = self.hash(of: client) else { return turnAway(connection, .nickNotFound) }
            guard isRight, current == hash else { return turnAway(connection, wrong) }
            enter(client, connection)
        }
    }

    /// Nil: there is no such client any more.
    private func hash(of client: Client) -> [UInt8]? {
        switch client {
        case .admin: admin?.hash
        case .user(let nick): users[nick]
        }
    }

    private func enter(_ client: Client, _ connection: Connection) {
        let claim =
            switch client {
            case .admin: host.claim(adminName, Self.admin, for: connection)
            case .user(let nick): host.claim(userNames, nick.bytes, for: connection)
            }
        guard claim != .gone else { return }
        var isNew = true
        if case .replaced(let former) = claim {
            isNew = false
            clients[former] = nil
            host.close(former, code: 4000, reason: "replaced by a new login")
        }
        host.accept(connection, as: nick(of: client))
        clients[connection] = client
        tell("ok", "successfully authorized", "6900", connection)
        if notifiesOfConnects, isNew, case .user(let nick) = client { notify("serv.User_connect", nick) }
    }

    /// What the Admin's connection holds: there is one Admin, whatever he is called.
    static let admin = Array("admin".utf8)

    private func nick(of client: Client) -> [UInt8] {
        switch client {
        case .admin: admin?.nick.bytes ?? Self.admin
        case .user(let nick): nick.bytes
        }
    }

    /// A connection has ended. One that a newer login has replaced is nobody's already.
    func leave(_ connection: Connection) {
        guard case .user(let nick) = clients.removeValue(forKey: connection) else { return }
        notify("serv.User_disconnect", nick)
    }

    /// The User is removed: its connection ends.
    func end(_ nick: Nick) {
        guard let connection = host.holder(userNames, nick.bytes) else { return }
        leave(connection)
        host.release(userNames, nick.bytes, of: connection)
        host.close(connection, code: 1008, reason: "the user was removed")
    }

    /// `{"op":"serv.User_disconnect","User_nick":NICK,"data":{}}`, to the Admin if he is there.
    private func notify(_ operation: String, _ nick: Nick) {
        guard let admin = host.holder(adminName, Self.admin) else { return }
        writer.removeAll()
        writer.beginObject()
        writer.member("op", operation)
        writer.member("User_nick", utf8: nick.bytes)
        writer.key("data")
        writer.beginObject()
        writer.endObject()
        writer.endObject()
        host.send(writer, to: admin)
    }

    // MARK: Answers

    private func turnAway(_ connection: Connection, _ failure: Failure) {
        note(failure, connection)
        tell("err", failure.info, failure.code, connection)
        host.close(connection, code: 1000)
    }

    /// An error after the login; the connection stays.
    func tell(_ failure: Failure, _ connection: Connection) {
        note(failure, connection)
        tell("err", failure.info, failure.code, operation: errorsHaveOp ? "serv.error" : nil, connection)
    }

    private func tell(
        _ status: String,
        _ info: String,
        _ code: String,
        operation: String? = nil,
        _ connection: Connection
    ) {
        writer.removeAll()
        writer.beginObject()
        if let operation { writer.member("op", operation) }
        writer.member("status", status)
        writer.member("info", info)
        writer.member("code", code)
        writer.endObject()
        host.send(writer, to: connection)
    }

    private func note(_ failure: Failure, _ connection: Connection) {
        host.log(.info, failure.info, ["connection": "\(connection)"])
    }
}
