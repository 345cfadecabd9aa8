import JSON
import PatchbayKit

/// What the host keeps with each connection, and how a new generation finds everybody again by it.
extension GGService {
    private static let stateVersion: UInt32 = 1

    /// Keeps who the client is and where it is: `{"user":"1","order":3,"visits":[{"channel":"5",…}]}`.
    func save(_ client: Client) {
        var writer = JSONWriter()
        writer.beginObject()
        if let person = client.person { writer.member("user", person.id) }
        writer.member("order", client.loginOrder)
        writer.key("visits")
        writer.beginArray()
        for visit in client.visits {
            writer.beginObject()
            writer.member("channel", visit.channel.id.text)
            writer.member("order", visit.stay.order)
            writer.member("hidden", visit.stay.isHidden)
            writer.member("mobile", visit.stay.isMobile)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        host.setState(writer, version: Self.stateVersion, of: client.connection)
    }

    /// Finds everybody again, in the order of their logins and joins.
    func restore() throws(Failure) {
        var states: [(client: Client, fields: Fields)] = []
        for connection in host.connections {
            let client = Client(connection)
            clients[connection] = client
            guard let state = host.state(of: connection), state.version == Self.stateVersion else { continue }
            states.append((client, Fields(state.bytes)))
        }
        states.sort { $0.fields["order"].integer ?? 0 < $1.fields["order"].integer ?? 0 }
        for (client, fields) in states { try restorePerson(client, fields) }
        for (client, stay, id) in Self.stays(states) { try restoreVisit(client, stay, id) }
    }

    private func restorePerson(_ client: Client, _ fields: Fields) throws(Failure) {
        client.loginOrder = nextOrder(after: fields["order"].integer ?? 0)
        guard let id = fields["user"].integer else { return }
        let stored = try Failure.catching { () throws(StoreError) in try userRecords.user(id) }
        guard let user = stored else { return }
        let person = people[id] ?? Person(id: id, name: user.name, rights: user.rights)
        person.connections.append(client.connection)
        people[id] = person
        client.person = person
    }

    private static func stays(_ states: [(client: Client, fields: Fields)]) -> [(Client, Stay, ChannelID)] {
        var stays: [(Client, Stay, ChannelID)] = []
        for (client, fields) in states {
            for visit in (fields["visits"].elements ?? []).compactMap(\.fields) {
                guard let id = ChannelID(visit["channel"].text ?? []) else { continue }
                let stay = Stay(
                    connection: client.connection,
                    order: visit["order"].integer ?? 0,
                    isHidden: visit["hidden"].bool ?? false,
                    isMobile: visit["mobile"].bool ?? false
                )
                stays.append((client, stay, id))
            }
        }
        return stays.sorted { $0.1.order < $1.1.order }
    }

    private func restoreVisit(_ client: Client, _ stay: Stay, _ id: ChannelID) throws(Failure) {
        let stored = try Failure.catching { () throws(StoreError) in try storedChannel(id) }
        guard let channel = stored else { return }
        let presence = try presence(of: client.person, in: channel)
        try open(channel)
        _ = nextOrder(after: stay.order)
        channel.enter(presence, stay)
        client.visits.append(Client.Visit(channel: channel, stay: stay, presence: presence))
    }
}
