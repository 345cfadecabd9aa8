import JSON
import PatchbayKit

/// A connection's beginning and end: `welcome`, and what it leaves behind.
extension GGService {
    static func registerConnections(_ setup: Setup<GGService>) {
        setup.onOpen { gg, connection in gg.open(connection) }
        setup.onClose { gg, connection, _ in gg.close(connection) }
    }

    private func open(_ connection: Connection) {
        clients[connection] = Client(connection)
        send("welcome", to: connection) { writer in
            writer.member("protocolVersion", 2.0)
            writer.member("serverIdent", "GG-chat/2.0 beta")
        }
        if welcomesGuests { host.acceptGuest(connection) }
    }

    private func close(_ connection: Connection) {
        guard let client = clients.removeValue(forKey: connection) else { return }
        for visit in client.visits { depart(visit) }
        forget(client)
    }

    /// Counts the connection out of a channel; the channel goes with its last.
    func depart(_ visit: Client.Visit) {
        let channel = visit.channel
        channel.leave(visit.presence, visit.stay.connection)
        if channel.clientCount == 0 {
            channels[channel.id] = nil
        } else {
            countersChanged(channel)
        }
    }

    /// The client is nobody any more.
    func forget(_ client: Client) {
        guard let person = client.person else { return }
        person.connections.removeAll { $0 == client.connection }
        if person.connections.isEmpty { people[person.id] = nil }
        client.person = nil
    }
}
