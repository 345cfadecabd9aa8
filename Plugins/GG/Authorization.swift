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
        let isRight = secrets.equal(digest(of: token), user?.token ?? [])
        guard let userID, let user, isRight else {
            host.log(.info, "a wrong token", ["connection": String(connection.bits)])
            return nil
        }
        return people[userID] ?? Person(id: userID, name: user.name, rights: user.rights)
    }

    /// What is stored of a token.
    func digest(of token: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return secrets.sha256(token).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    private func replace(_ client: Client, by person: Person?) {
        let connection = client.connection
        let status = person.map { host.accept(connection, as: String($0.id)) } ?? host.acceptGuest(connection)
        if status == .full { host.close(connection, code: 1008, reason: "too many connections of this user") }
        for visit in client.visits { visit.channel.leave(visit.presence, connection) }
        forget(client)
        client.loginOrder = nextOrder()
        guard let person else { return }
        client.person = person
        person.connections.append(connection)
        people[person.id] = person
    }

    /// The new person is told of each channel anew, or put out where they may not be.
    private func reenter(_ client: Client, _ entries: [Entry]) {
        let before = client.visits
        client.visits = []
        for (visit, entry) in zip(before, entries) {
            if entry.refusal == nil {
                enter(client, entry, visit.stay)
            } else {
                host.leave(visit.channel.room, client.connection)
                if visit.channel.clientCount == 0 { channels[visit.channel.id] = nil }
                sendUnjoined(visit.channel.id, to: client.connection)
            }
            countersChanged(visit.channel)
        }
    }
}
