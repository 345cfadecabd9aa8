import JSON
import PatchbayKit

/// `join` and `unjoin`.
extension GGService {
    private static let mostChannels = 100

    /// What a person would be in a channel, and why they may not enter it.
    struct Entry {
        let channel: Channel
        let presence: Presence?  // nil for a guest
        let streamer: [UInt8]  // `channel_streamer`
        let refusal: Failure?
    }

    func join(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        let isHidden = try request.flag("hidden")
        let isMobile = try request.flag("mobile")
        let channel = try channel(id)
        guard client.visit(channel.id) == nil else { throw .alreadyConnected(channel.id) }
        let entry = try entry(of: client.person, to: channel)
        if let refusal = entry.refusal { throw refusal }
        guard client.visits.count < Self.mostChannels else { throw .tooManyChannels }
        try open(channel)
        let stay = Stay(
            connection: client.connection,
            order: nextOrder(),
            isHidden: isHidden,
            isMobile: isMobile
        )
        host.join(channel.room, client.connection)
        enter(client, entry, stay)
        save(client)
        countersChanged(channel)
    }

    func unjoin(_ request: Request, _ client: Client) throws(Failure) {
        let channel = try channel(request.channel())
        if let index = client.visits.firstIndex(where: { $0.channel === channel }) {
            host.leave(channel.room, client.connection)
            depart(client.visits.remove(at: index))
            save(client)
        }
        sendUnjoined(channel.id, to: client.connection)
    }

    func sendUnjoined(_ id: ChannelID, to connection: Connection) {
        send("success_unjoin", to: connection) { writer in dialect.channel(id, to: &writer) }
    }

    /// The channel, from memory or from the store; 101 when there is none.
    func channel(_ id: ChannelID?) throws(Failure) -> Channel {
        guard let id else { throw .invalidChannel }
        let found = try Failure.catching { () throws(StoreError) in try storedChannel(id) }
        guard let found else { throw .invalidChannel }
        return found
    }

    /// The channel, from memory or from the store; nil when there is none.
    func storedChannel(_ id: ChannelID) throws(StoreError) -> Channel? {
        if let channel = channels[id] { return channel }
        return try channelRecords.channel(id)
    }

    /// The client's visit to the channel; 101 when there is no such channel, 103 when it is not joined.
    func visit(_ id: ChannelID?, _ client: Client) throws(Failure) -> Client.Visit {
        let channel = try channel(id)
        guard let visit = client.visit(channel.id) else { throw .notConnected }
        return visit
    }

    /// What the person would be in the channel.
    func entry(of person: Person?, to channel: Channel) throws(Failure) -> Entry {
        let presence = try presence(of: person, in: channel)
        return Entry(
            channel: channel,
            presence: presence,
            streamer: try streamer(of: channel),
            refusal: refusal(of: presence, from: channel)
        )
    }

    private func refusal(of presence: Presence?, from channel: Channel) -> Failure? {
        switch (channel.privacy, presence) {
        case (1, nil): return .authorizationRequired
        case (2, let presence):
            let isInvited = presence.map { $0.rights >= Rights.moderating || $0.role > 0 } ?? false
            return isInvited ? nil : .notEnoughRights
        default: return nil
        }
    }

    /// Takes a channel into memory for its first visitor.
    func open(_ channel: Channel) throws(Failure) {
        guard channels[channel.id] == nil else { return }
        try Failure.catching { () throws(StoreError) in
            channel.lastNumber = try messageRecords.lastNumber(channel.id)
            channel.keptCount = try messageRecords.count(channel.id)
            // The option may have been more when they were written.
            let excess = channel.keptCount - historyLimit
            guard excess > 0 else { return }
            try messageRecords.removeOldest(excess, of: channel.id)
            channel.keptCount = historyLimit
        }
        channels[channel.id] = channel
    }

    /// Counts the client in and tells it what it needs to know of the channel.
    func enter(_ client: Client, _ entry: Entry, _ stay: Stay) {
        let channel = entry.channel
        channel.enter(entry.presence, stay)
        client.visits.append(Client.Visit(channel: channel, stay: stay, presence: entry.presence))
        send("success_join", to: client.connection) { writer in write(entry, to: &writer) }
    }

    /// What `success_join` and `user_info` tell.
    func write(_ entry: Entry, to writer: inout JSONWriter) {
        write(entry.channel, entry.streamer, to: &writer)
        write(entry.presence, in: entry.channel, to: &writer)
    }

    private func write(_ channel: Channel, _ streamer: [UInt8], to writer: inout JSONWriter) {
        dialect.channel(channel.id, to: &writer)
        writer.member("channel_name", utf8: channel.name)
        writer.member("channel_streamer", raw: streamer)
        writer.member("motd", utf8: channel.settings.motd)
        writer.member("slowmod", channel.settings.slowmod)
        writer.member("smiles", channel.settings.smiles)
        writer.member("smilePeka", channel.settings.peka)
        writer.member("clients_in_channel", channel.clientCount)
        writer.member("users_in_channel", channel.userCount)
    }

    private func write(_ presence: Presence?, in channel: Channel, to writer: inout JSONWriter) {
        dialect.number("user_id", presence?.person.id ?? 0, to: &writer)
        writer.member("name", utf8: presence?.person.name ?? [])
        dialect.number("access_rights", presence?.rights ?? 0, to: &writer)
        writer.member("room_privacy", channel.privacy)
        writer.member("room_role", presence?.role ?? 0)
        writer.member("user_groups", raw: presence?.groups ?? Self.emptyArray)
        let ban = presence.flatMap { isBanned($0) ? $0.ban : nil }
        writer.member("is_banned", ban != nil)
        writer.member("banned_time", ban?.untilSeconds ?? 0)
        writer.member("reason", raw: ban?.reason ?? Self.emptyString)
        writer.member("paidsmiles", raw: presence?.paidSmiles ?? Self.emptyArray)
    }

    /// `""`.
    private static let emptyString: [UInt8] = [UInt8(ascii: "\""), UInt8(ascii: "\"")]

    /// `[]`.
    static let emptyArray: [UInt8] = [UInt8(ascii: "["), UInt8(ascii: "]")]
}
