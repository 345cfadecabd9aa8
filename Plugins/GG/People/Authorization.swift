import JSON
import PatchbayKit

/// `auth`: who a connection is. It may be repeated.
extension GGService {
    func logIn(_ request: Request, _ client: Client) throws(Failure) {
        if try request.number("site_id") == nil, dialect == .document { throw .field("site_id") }
        let id = try request.identifier("user_id")
        let token = try request.optionalText("token")
        let person = try person(id, token, client.connection)
        // Whatever may fail comes first: a person is replaced everywhere or nowhere.
        var entries: [Entry] = []
        for visit in client.visits { entries.append(try entry(of: person, to: visit.channel)) }
        guard admit(person, client.connection) else { return }
        replace(client, by: person)
        send("success_auth", to: client.connection) { writer in
            dialect.number("user_id", person?.id ?? 0, to: &writer)
            writer.member("user_name", utf8: person?.name ?? [])
        }
        reenter(client, entries)
        save(client)
    }

    /// The user with that id and token; nil, a guest, for everybody else.
    private func person(
        _ id: [UInt8]?,
        _ token: [UInt8],
        _ connection: Connection
    ) throws(Failure) -> Person? {
        guard let id, id != [UInt8(ascii: "0")], !token.isEmpty else { return nil }
        let userID = UserID(canonical: id)
        let user = try Failure.catching { () throws(StoreError) in
            try userID.flatMap { id throws(StoreError) in try userRecords.user(id) }
        }
        // Ids that nobody can have are one account.
        let account = userID.map(String.init) ?? "nobody"
        let login = host.tryLogin(account: account, from: host.address(of: connection))
        guard let login else { return nil }
        let isRight = secrets.equal(digest(of: token), user?.token ?? Self.noDigest)
        guard let userID, let user, isRight else {
            login.failed()
            host.log(.info, "a wrong token", ["connection": "\(connection)"])
            return nil
        }
        login.succeeded()
        return people[userID] ?? Person(id: userID, name: user.name, rights: user.rights)
    }

    /// What is stored of a token.
    func digest(of token: [UInt8]) -> [UInt8] {
        secrets.sha256(token).hexadecimal
    }

    /// Tells the host who the connection is. False: the person has as many as may be, and it is closed.
    private func admit(_ person: Person?, _ connection: Connection) -> Bool {
        let status = person.map { host.accept(connection, as: String($0.id)) } ?? host.acceptGuest(connection)
        guard status == .full else { return true }
        host.close(connection, code: 1008, reason: "too many connections of this user")
        return false
    }

    private func replace(_ client: Client, by person: Person?) {
        forget(client)
        guard let person else { return }
        client.person = person
        person.connections.append(client.connection)
        people[person.id] = person
    }

    /// The new person is told of each channel anew, or put out where they may not be.
    private func reenter(_ client: Client, _ entries: [Entry]) {
        let before = client.visits
        client.visits = []
        for (visit, entry) in zip(before, entries) {
            guard entry.refusal == nil else {
                host.leave(visit.channel.room, client.connection)
                depart(visit)
                sendUnjoined(visit.channel.id, to: client.connection)
                continue
            }
            visit.channel.leave(visit.presence, client.connection)
            var stay = visit.stay
            stay.order = nextOrder()
            enter(client, entry, stay)
            // Who logs in again as oneself has neither come nor gone.
            if visit.presence?.person !== entry.presence?.person { countersChanged(visit.channel) }
        }
    }
}
