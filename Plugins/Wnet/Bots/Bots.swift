import PatchbayKit

/// How connections get names, keep them when others want them, and lose them.
extension WnetService {
    /// `add@NAME`. Where somebody has the name, the host lets the newcomer wait for whether he is still alive.
    func add(_ name: ArraySlice<UInt8>, _ bot: Peer) throws(Failure) {
        guard bot.account != nil else { throw .needsAccount }
        guard BotName.isValid(name) else { throw .badName }
        if let name = bot.name { throw .hasName(name) }
        switch host.claim(names, name, for: bot.connection) {
        case .granted:
            begin(bot, Array(name))
        case .probing(let holder):
            host.send("isalive", to: holder)
            throw .taken
        default:
            throw .taken
        }
    }

    /// `alive`.
    func confirm(_ bot: Peer) throws(Failure) {
        guard let name = bot.name, host.confirm(names, name, by: bot.connection) else { throw .notAsked }
    }

    /// Somebody who waited has the name now.
    func grant(_ name: [UInt8], _ connection: Connection) {
        if let bot = peers[connection] { begin(bot, name) }
    }

    private func begin(_ bot: Peer, _ name: [UInt8]) {
        bot.name = name
        tell("info", "You added as bot".utf8, bot.connection)
    }

    /// A bot did not answer in time; its name is free already, or will be another's at once.
    func endSilent(_ connection: Connection, _ name: [UInt8]) {
        if let bot = peers[connection] { endBot(bot) }
        host.close(connection, code: 4001, reason: "did not answer isalive")
    }

    /// Tells a bot's clients that it is gone.
    func endBot(_ bot: Peer) {
        guard let name = bot.name else { return }
        bot.name = nil
        line.begin("disconnectedfrom")
        line.append(name)
        host.publish(line.bytes, to: name)
        for client in host.members(of: name) { host.leave(name, client) }
    }

    /// `scsend@SID@MESSAGE`
    func send(_ message: ArraySlice<UInt8>, toClient sid: ArraySlice<UInt8>, from bot: Peer) throws(Failure) {
        guard let name = bot.name else { throw .isNoBot }
        guard let client = sids[Array(sid)], host.isMember(client, of: name) else { throw .noClient }
        line.begin("mess")
        line.append(name)
        line.append(message)
        host.send(line.bytes, to: client)
    }
}
