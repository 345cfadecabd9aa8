import JSON
import PatchbayKit

/// What a back end does with a channel: events, states, and who is there.
extension FireService {
    static func registerChannels(_ setup: Setup<FireService>) {
        onAction("emit", "Sends an event to a channel, or to one user in it", setup) {
            fire,
            arguments,
            space throws(Failure) in
            let channel = try arguments.channel()
            let data = try arguments.data()
            fire.emit(space, channel, data, to: try arguments.user())
            return nil
        }
        onAction("set", "Keeps a channel's state, or a user's own state of it", setup) {
            fire,
            arguments,
            space throws(Failure) in
            try fire.set(arguments, space)
            return nil
        }
        onAction("get", "The state that is kept", setup) { fire, arguments, space throws(Failure) in
            let channel = try arguments.channel()
            let user = try arguments.user()
            return try fire.state(space, channel, user) ?? Array("null".utf8)
        }
        onAction("channelInfo", "Who is in a channel", setup) { fire, arguments, space throws(Failure) in
            fire.information(space, try arguments.channel())
        }
    }

    /// Sends an event to all in the channel, or to the user's connections in it.
    private func emit(
        _ space: NameSpace.ID,
        _ channel: ChannelName,
        _ data: ArraySlice<UInt8>,
        to user: UserID?
    ) {
        let room = room(space, channel)
        writeEvent(channel, data.span)
        guard let user else {
            host.publish(writer, to: room)
            return
        }
        for connection in host.connections(ofPrincipal: principal(space, user))
        where host.isMember(connection, of: room) {
            host.send(writer, to: connection)
        }
    }

    private func set(_ arguments: Arguments, _ space: NameSpace.ID) throws(Failure) {
        let channel = try arguments.channel()
        let data = try arguments.data()
        let user = try arguments.user()
        let isEmitted = try arguments.emits()
        let timeToLive = try arguments.timeToLive()
        try Failure.catching { () throws(StoreError) in
            if data.elementsEqual(Self.null) {
                try stateRecords.remove(space, channel, user)
            } else {
                let expires = timeToLive.map { host.wallMilliseconds + $0 } ?? 0
                try stateRecords.set(space, channel, user, data, expires: expires)
            }
        }
        if timeToLive != nil { startExpiry() }
        if isEmitted { emit(space, channel, data, to: user) }
    }

    private static let null = Array("null".utf8)

    /// The state's JSON; nil: there is none.
    ///
    /// - Parameter user: whose own it is; nil: the channel's.
    func state(_ space: NameSpace.ID, _ channel: ChannelName, _ user: UserID?) throws(Failure) -> [UInt8]? {
        try Failure.catching { () throws(StoreError) in
            try stateRecords.state(space, channel, user, now: host.wallMilliseconds)
        }
    }

    /// Writes the event that a channel's subscribers get.
    func writeEvent(_ channel: ChannelName, _ data: Span<UInt8>) {
        writer.removeAll()
        writer.beginObject()
        writer.member("event", utf8: channel.bytes)
        writer.member("data", raw: data)
        writer.endObject()
    }

    private func information(_ space: NameSpace.ID, _ channel: ChannelName) -> [UInt8] {
        let room = room(space, channel)
        let members = host.members(of: room).compactMap { visitors[$0] }
        guard !members.isEmpty || joined.contains(room, secrets) else { return Array("false".utf8) }
        writer.removeAll()
        writer.beginObject()
        writer.member("countUser", Set(members.map(\.user)).count)
        writer.member("countConnection", members.count)
        writer.key("connId_UserId")
        writer.beginObject()
        for member in members { writer.member(member.id, raw: member.userJSON) }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
