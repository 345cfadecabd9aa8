import JSON
import PatchbayKit

/// The browsers' side: auth first, then subscriptions. Nothing is acknowledged but the auth.
extension FireService {
    static func registerBrowsers(_ setup: Setup<FireService>) {
        setup.grammar(
            .json(type: "event"),
            loginFirst: true,
            loginMilliseconds: Int(setup.options.milliseconds("auth_timeout")),
            loginCode: 3002,
            loginReason: "auth timeout"
        )
        setup.onMessage("auth", .login, summary: "Logs in by a JWT") { fire, message, connection in
            fire.authorize(message, connection)
        }
        setup.onMessage("subscribe", .paced, summary: "The channel's events come from now on") {
            fire,
            message,
            connection in
            fire.perform(connection) { () throws(Failure) in try fire.subscribe(message, connection) }
        }
        setup.onMessage("unsubscribe", .paced, summary: "The channel's events come no more") {
            fire,
            message,
            connection in
            fire.perform(connection) { () throws(Failure) in try fire.unsubscribe(message, connection) }
        }
        setup.onMalformed { fire, message, connection in
            let isObject = (try? JSONValue.read(message.bytes.span))?.kind == .object
            fire.tell(isObject ? .needs("event") : .notJSON, connection)
        }
        setup.onUnknown { fire, message, connection in
            fire.tell(message.type.isEmpty ? .needs("event") : .unknownAction, connection)
        }
        setup.onRefused { fire, message, connection, refusal in
            let failure: Failure =
                switch refusal {
                case .store: .store
                default: message.type.isEmpty ? .needs("event") : .needsAuth
                }
            fire.tell(failure, connection)
        }
        setup.onClose { fire, connection, _ in fire.visitors[connection] = nil }
    }

    private func perform(_ connection: Connection, _ work: () throws(Failure) -> Void) {
        do throws(Failure) {
            try work()
        } catch {
            tell(error, connection)
        }
    }

    // MARK: Auth

    private func authorize(_ message: Message, _ connection: Connection) {
        guard visitors[connection] == nil else { return tell(.unknownAction, connection) }
        let data = message.members["data"].fields
        guard let token = data?["s"].text, !token.isEmpty else {
            return end(connection, 3002, "not found s - param, auth string")
        }
        guard let name = data?["i"].identifier else {
            return end(connection, 3002, "not found i - param, site id")
        }
        guard let space = spaces[name] else { return end(connection, 3404, "site id not registered") }
        let claim = JWT.user(token, key: space.secretKey, now: host.wallMilliseconds, secrets)
        guard let claim else { return end(connection, 3404, "invalid JWT") }
        enter(space, claim, connection)
    }

    private func enter(_ space: NameSpace, _ claim: JWT.Claim, _ connection: Connection) {
        let principal = principal(space.id, claim.user)
        guard host.accept(connection, as: principal) != .full else {
            return end(connection, 1008, "too many connections of this user")
        }
        let visitor = Visitor(
            id: String(decoding: secrets.random(12).hexadecimal, as: UTF8.self),
            space: space.id,
            user: claim.user,
            userJSON: claim.json
        )
        guard host.setState(visitor.state, version: Visitor.stateVersion, of: connection) == .done else {
            return end(connection, 3404, "invalid JWT")  // its user's name is as long as a book
        }
        visitors[connection] = visitor
        writer.removeAll()
        writer.beginObject()
        writer.member("event", "auth ok")
        writer.key("data")
        writer.beginObject()
        writer.member("cid", visitor.id)
        writer.endObject()
        writer.endObject()
        host.send(writer, to: connection)
    }

    private func end(_ connection: Connection, _ code: UInt32, _ reason: String) {
        host.log(.info, reason, ["connection": "\(connection)"])
        host.close(connection, code: code, reason: reason)
    }

    // MARK: Channels

    private func subscribe(_ message: Message, _ connection: Connection) throws(Failure) {
        guard let visitor = visitors[connection] else { throw .needsAuth }
        let channel = try channel(message)
        guard try isPermitted(visitor, channel) else { return refuse(channel, connection) }
        let room = room(visitor.space, channel)
        let mine = channel.isPersonal ? visitor.user : nil
        let state = try state(visitor.space, channel, mine)
        guard host.isMember(connection, of: room) || host.roomCount(of: connection) < channelsPerConnection
        else {
            throw .tooManyChannels
        }
        host.join(room, connection)
        joined.insert(room, secrets)
        guard let state else { return }
        writeEvent(channel, state.span)
        host.send(writer, to: connection)
    }

    private func unsubscribe(_ message: Message, _ connection: Connection) throws(Failure) {
        guard let visitor = visitors[connection] else { throw .needsAuth }
        host.leave(room(visitor.space, try channel(message)), connection)
    }

    private func channel(_ message: Message) throws(Failure) -> ChannelName {
        guard let channel = ChannelName(message.members["data"].text) else {
            throw .needs("argument channel")
        }
        return channel
    }

    private func isPermitted(_ visitor: Visitor, _ channel: ChannelName) throws(Failure) -> Bool {
        guard channel.isPrivate else { return true }
        return try Failure.catching { () throws(StoreError) in
            try permissionRecords.contain(visitor.space, channel, visitor.user)
        }
    }

    // MARK: Errors

    /// A private channel that the user is not let in to.
    private func refuse(_ channel: ChannelName, _ connection: Connection) {
        tell(.needsAuth, connection) { $0.member("channel", utf8: channel.bytes) }
    }

    private func tell(
        _ failure: Failure,
        _ connection: Connection,
        _ members: (inout JSONWriter) -> Void = { _ in }
    ) {
        note(failure, connection)
        writer.removeAll()
        writer.beginObject()
        writer.member("event", "error")
        writer.key("data")
        writer.beginObject()
        members(&writer)
        writer.member("code", failure.code)
        writer.member("reason", failure.reason)
        writer.endObject()
        writer.endObject()
        host.send(writer, to: connection)
    }
}
