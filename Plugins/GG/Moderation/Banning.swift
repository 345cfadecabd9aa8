import JSON
import PatchbayKit

/// `ban`, which the channel sees as `user_ban`.
extension GGService {
    private static let tenYears: Int64 = 10 * 365 * 86_400  // seconds

    /// A ban as it was asked for.
    private struct Sentence {
        let target: UserID
        let name: [UInt8]  // a JSON string
        let duration: Int64  // seconds; 0 lifts
        let reason: [UInt8]  // a JSON string
        let comment: [UInt8]  // a JSON string
    }

    func ban(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        let place = try request.identifier("ban_channel")
        let target = try request.user("user_id")
        guard let duration = try request.number("duration"), duration >= 0 else { throw .field("duration") }
        let reason = try Self.quoted(request.optionalText("reason"))
        let comment = try Self.quoted(request.optionalText("comment"))
        let isShown = try request.flag("show_ban", missing: true)
        let here = try channel(id)
        let there = try banned(place, here)
        let judge = try participant(in: here, client)
        let user = try convicted(target, by: judge, in: there)
        let sentence = Sentence(
            target: user.id,
            name: Self.quoted(user.name),
            duration: duration,
            reason: reason,
            comment: comment
        )
        try carryOut(sentence, in: there)
        let data = { (writer: inout JSONWriter) in
            self.write(sentence, by: judge, isShown: isShown, to: &writer)
        }
        guard isShown else { return tell("user_ban", to: moderators(of: here), data) }
        publish("user_ban", to: here, data)
    }

    private func moderators(of channel: Channel) -> [Connection] {
        channel.people.values.filter { $0.rights >= Rights.moderating }.flatMap(\.stays).map(\.connection)
    }

    /// Where the ban is to hold; nil is everywhere.
    private func banned(_ place: [UInt8]?, _ here: Channel) throws(Failure) -> Channel? {
        guard let place else { return here }
        guard place != Array(BanRecords.everywhere.utf8) else { return nil }
        return try channel(ChannelID(place))
    }

    /// The user, who has fewer rights there than who bans.
    private func convicted(
        _ target: UserID?,
        by judge: Participant,
        in there: Channel?
    ) throws(Failure) -> (id: UserID, name: [UInt8]) {
        let own: Int64
        if let there {
            guard let presence = try presence(of: judge.person, in: there) else { throw .notEnoughRights }
            guard !isBanned(presence) else { throw .banned }
            own = presence.rights
        } else {
            own = judge.person.rights
        }
        guard own >= (there == nil ? Rights.global : Rights.moderating) else { throw .notEnoughRights }
        let user = try knownUser(target)
        let rights = try Failure.catching { () throws(StoreError) in
            guard let there else { return user.record.rights }
            return try self.rights(of: user.id, global: user.record.rights, in: there)
        }
        guard own > rights else { throw .notEnoughRights }
        return (user.id, user.record.name)
    }

    private func carryOut(_ sentence: Sentence, in there: Channel?) throws(Failure) {
        let now = host.wallMilliseconds
        let target = sentence.target
        let place = there?.id.text ?? BanRecords.everywhere
        // To the last number that every client can hold.
        let (length, isLong) = sentence.duration.multipliedReportingOverflow(by: 1000)
        let until = min(isLong ? .max : length, (1 << 53) - 1 - now) + now
        let concerned = there.map { [$0] } ?? Array(channels.values)
        let presences = concerned.compactMap { channel in channel.people[target].map { (channel, $0) } }
        let bans = try Failure.catching { () throws(StoreError) in
            try store.atomically { () throws(StoreError) in
                try banRecords.sweep(now)
                if sentence.duration > 0 {
                    let ban = Ban(until: until, reason: sentence.reason)
                    try banRecords.set(ban, of: target, in: place, comment: sentence.comment)
                } else {
                    try banRecords.lift(of: target, in: place)
                }
                var bans: [Ban?] = []
                for (channel, _) in presences { bans.append(try banRecords.ban(of: target, in: channel.id)) }
                return bans
            }
        }
        for ((_, presence), ban) in zip(presences, bans) { presence.ban = ban }
    }

    private func write(
        _ sentence: Sentence,
        by judge: Participant,
        isShown: Bool,
        to writer: inout JSONWriter
    ) {
        dialect.channel(judge.channel.id, to: &writer)
        dialect.number("user_id", sentence.target, to: &writer)
        writer.member("user_name", raw: sentence.name)
        judge.moderator.write(to: &writer)
        writer.member("duration", sentence.duration)
        writer.member("reason", raw: sentence.reason)
        writer.member("show", isShown)
        guard dialect == .original else { return }
        let isPermanent = sentence.duration > Self.tenYears
        writer.member("permanent", isPermanent)
        writer.member("type", isPermanent ? 2 : 1)
    }
}
