import JSON
import PatchbayKit

/// What the host keeps with each connection, and how a new generation finds everybody again by it.
extension GGService {
    private static let stateVersion: UInt32 = 1

    /// Keeps where the client is: `{"visits":[{"channel":"5","order":3,…}]}`. Who it is, the host knows.
    func save(_ client: Client) {
        var writer = JSONWriter()
        writer.beginObject()
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

    /// Finds everybody again, in the order of their joins.
    func restore() throws(Failure) {
        var stays: [(client: Client, stay: Stay, channel: ChannelID)] = []
        for connection in host.connections {
            let client = Client(connection)
            clients[connection] = client
            try restorePerson(client)
            for (stay, channel) in savedStays(of: connection) { stays.append((client, stay, channel)) }
        }
        stays.sort { $0.stay.order < $1.stay.order }
        for (client, stay, channel) in stays { try restoreVisit(client, stay, channel) }
        lastOrder = stays.last?.stay.order ?? 0
    }

    private func restorePerson(_ client: Client) throws(Failure) {
        guard let id = UserID(canonical: host.principal(of: client.connection)) else { return }
        let stored = try Failure.catching { () throws(StoreError) in try userRecords.user(id) }
        guard let user = stored else { return }
        let person = people[id] ?? Person(id: id, name: user.name, rights: user.rights)
        person.connections.append(client.connection)
        people[id] = person
        client.person = person
    }

    private func savedStays(of connection: Connection) -> [(Stay, ChannelID)] {
        guard let state = host.state(of: connection), state.version == Self.stateVersion else { return [] }
        let visits = Fields(state.bytes)["visits"].elements ?? []
        return visits.compactMap(\.fields).compactMap { visit in
            guard let id = ChannelID(visit["channel"].text ?? []) else { return nil }
            let stay = Stay(
                connection: connection,
                order: visit["order"].integer ?? 0,
                isHidden: visit["hidden"].bool ?? false,
                isMobile: visit["mobile"].bool ?? false
            )
            return (stay, id)
        }
    }

    private func restoreVisit(_ client: Client, _ stay: Stay, _ id: ChannelID) throws(Failure) {
        let stored = try Failure.catching { () throws(StoreError) in try storedChannel(id) }
        guard let channel = stored else { return }
        let presence = try presence(of: client.person, in: channel)
        try open(channel)
        channel.enter(presence, stay)
        client.visits.append(Client.Visit(channel: channel, stay: stay, presence: presence))
    }
}
