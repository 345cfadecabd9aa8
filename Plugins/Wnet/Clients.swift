import PatchbayKit

/// How clients find bots, connect to them and talk to them. A bot's clients are the room of its name.
extension WnetService {
    /// The longest list that a search answers.
    private static let mostFound = 1000

    /// `search@PREFIX`
    func search(_ prefix: ArraySlice<UInt8>, _ client: Peer) {
        line.begin("list")
        line.append(prefix)
        var isEmpty = true
        host.forEachHeld(names, prefix: prefix, atMost: Self.mostFound) { name, _ in
            line.append(name)
            isEmpty = false
        }
        if isEmpty { line.append([]) }
        host.send(line.bytes, to: client.connection)
    }

    /// `connect@NAME`
    func connect(_ client: Peer, to name: ArraySlice<UInt8>) throws(Failure) {
        guard let bot = host.holder(names, name) else { throw .noBot }
        guard host.join(name, client.connection) != .exists else { throw .isConnected }
        tell("connectedto", name, client.connection)
        line.begin("connection")
        line.append(client.sid)
        line.append(accounts.description(of: client.account))
        host.send(line.bytes, to: bot)
    }

    /// `disconnect@NAME`
    func disconnect(_ client: Peer, from name: ArraySlice<UInt8>) throws(Failure) {
        guard host.leave(name, client.connection) == .done else { throw .isNotConnected(Array(name)) }
        tell("disconnectedfrom", name, client.connection)
        tellBot(name, thatIsGone: client)
    }

    /// The client's connection has ended; it is in the rooms of its bots still.
    func endClient(_ client: Peer) {
        for name in host.rooms(of: client.connection) { tellBot(name[...], thatIsGone: client) }
    }

    private func tellBot(_ name: ArraySlice<UInt8>, thatIsGone client: Peer) {
        if let bot = host.holder(names, name) { tell("disconnected", client.sid, bot) }
    }

    /// `cssend@NAME@MESSAGE`
    func send(_ message: ArraySlice<UInt8>, toBot name: ArraySlice<UInt8>, from client: Peer) throws(Failure)
    {
        guard host.isMember(client.connection, of: name), let bot = host.holder(names, name) else {
            throw .isNotConnected(Array(name))
        }
        line.begin("mess")
        line.append(client.sid)
        line.append(message)
        host.send(line.bytes, to: bot)
    }
}
