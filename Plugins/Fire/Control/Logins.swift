import JSON
import PatchbayKit

/// How a back end gets a name space, and into it.
extension FireService {
    static func registerLogins(_ setup: Setup<FireService>) {
        onLogin("registerNameSpace", "Makes a name space", setup) {
            fire,
            arguments,
            connection throws(Failure) in
            try fire.register(arguments, connection)
        }
        onLogin("auth", "Logs in to a name space", setup) { fire, arguments, connection throws(Failure) in
            try fire.logIn(arguments, connection)
        }
    }

    private func register(_ arguments: Arguments, _ connection: Connection) throws(Failure) {
        let name = try arguments.text("name", .needs("name"))
        let given = try arguments.text("key", .needs("key"))
        guard isRight(given, Array(key.utf8), connection) else { throw .wrongKey }
        guard spaces[name] == nil else { throw .nameTaken }
        let space = try Failure.catching { () throws(StoreError) in
            try spaces.add(name, secretKey: UUID.make(secrets))
        }
        enter(space, connection)
        writer.removeAll()
        writer.beginObject()
        writer.member("success", true)
        writer.member("secretKey", utf8: space.secretKey)
        writer.endObject()
        host.send(writer, to: connection)
    }

    private func logIn(_ arguments: Arguments, _ connection: Connection) throws(Failure) {
        let name = try arguments.text("name", .needs("name - name space"))
        let given = try arguments.text("sKey", .needs("sKey - secret key"))
        guard let space = spaces[name] else { throw .noNameSpace }
        guard isRight(given, space.secretKey, connection) else { throw .wrongSecretKey }
        enter(space, connection)
        reply(to: connection)
    }

    /// Failures count by the address alone: nobody guesses a key of 122 random bits, and nobody may shut a site out.
    private func isRight(_ given: [UInt8], _ key: [UInt8], _ connection: Connection) -> Bool {
        guard let login = host.tryLogin(from: host.address(of: connection)) else { return false }
        // Their digests have one length, so that the time does not tell the key's.
        guard secrets.equal(secrets.sha256(given), secrets.sha256(key)) else {
            login.failed()
            return false
        }
        login.succeeded()
        return true
    }

    private func enter(_ space: NameSpace, _ connection: Connection) {
        backEnds[connection] = space.id
        host.acceptGuest(connection)
        writer.removeAll()
        writer.beginObject()
        writer.member("space", space.id)
        writer.endObject()
        host.setState(writer, version: Visitor.stateVersion, of: connection)
    }
}
