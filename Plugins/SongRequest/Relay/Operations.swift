import JSON
import PatchbayKit

/// What is said after the login goes to the other side, or is answered with an error.
extension SongRequestService {
    func receive(_ message: Message, from client: Client, _ connection: Connection) {
        do throws(Failure) {
            try pass(message, from: client)
        } catch {
            tell(error, connection)
        }
    }

    private func pass(_ message: Message, from client: Client) throws(Failure) {
        guard message.isText, let members = Field(json: message.bytes).fields else { throw .notJSON }
        let found = members[Self.names]
        let (name, nick) = (found[0], found[2])
        guard name.kind == .string, let data = found[1].data, !nick.isRepeated,
            client != .admin || nick.kind == .string
        else { throw .fields }
        guard let operation = Operation.named(name), operation.isSent(by: client) else {
            throw .unknownOperation
        }
        guard operation.accepts(data) else { throw .fields }
        switch client {
        case .admin:
            relay.nick.removeAll(keepingCapacity: true)
            _ = nick.append(to: &relay.nick)
            Nick.lowerCase(&relay.nick)
            guard let receiver = host.holder(userNames, relay.nick) else { throw .userNotConnected }
            relay.write(message.bytes, nick.raw.indices)
            host.send(relay.bytes, to: receiver)
        case .user(let user):
            guard let receiver = host.holder(adminName, Self.admin) else { throw .adminNotConnected }
            relay.nick = user.bytes
            relay.write(message.bytes, nick.raw.indices)
            host.send(relay.bytes, to: receiver)
        }
    }

    private static let names = ["op", "data", "User_nick"].map { Array($0.utf8) }
}
