import JSON
import PatchbayKit

/// A user whom the demo made, and what the chat is entered with.
struct DemoVisitor {
    let id: UserID
    let token: String
    let channel: ChannelID?

    /// The nick that a request asks for, trimmed: 1 to 20 characters that can be seen.
    static func nick(in body: [UInt8]) -> String? {
        guard let text = Fields(body)["nick"].text else { return nil }
        let nick = String(decoding: Markup.trimmed(text), as: UTF8.self)
        guard (1...20).contains(nick.unicodeScalars.count) else { return nil }
        return nick.unicodeScalars.allSatisfy(isSeen) ? nick : nil
    }

    /// Neither a control character nor one that turns the direction of what follows.
    private static func isSeen(_ character: Unicode.Scalar) -> Bool {
        switch character.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        case .format: character.properties.isJoinControl
        default: true
        }
    }
}

extension GGService {
    private static let mostVisitors = 1000
    private static let timeToCome: Int64 = 60_000  // milliseconds

    func makeVisitor(_ request: PatchbayKit.Request) throws(DemoRefusal) -> DemoVisitor {
        guard let records = demo?.records else { throw .noDemo }
        // A page of another origin cannot send this type without asking first.
        let type = (request[header: "content-type"] ?? "").prefix { $0 != ";" && $0 != " " }
        guard type.lowercased() == "application/json" else { throw .wrongType }
        guard let nick = DemoVisitor.nick(in: request.body) else { throw .wrongNick }
        guard demo?.pace.admit(request.address, now: host.monotonicMilliseconds) == true else {
            throw .tooMany
        }
        let isTaken = try DemoRefusal.catching { () throws(StoreError) in try records.isTaken(nick) }
        guard !isTaken else { throw .taken }
        let visitors = try DemoRefusal.catching { () throws(StoreError) in try records.visitors() }
        let leaving = try leaving(visitors)
        // Before they go, so that nobody gets the number of one who goes.
        let id = try DemoRefusal.catching { () throws(StoreError) in try records.nextNumber() }
        return try DemoRefusal.administering { () throws(AdministrationError) in
            for id in leaving { try removeUser(id) }
            return try enroll(id, nick, records)
        }
    }

    /// Makes the visitor, and gives them the demo's own channel while none of its owners is here: so there is
    /// always somebody who may try what streamers may. All of it is done or nothing.
    private func enroll(_ id: UserID, _ nick: String, _ records: DemoRecords) throws(AdministrationError)
        -> DemoVisitor
    {
        let found = try AdministrationError.catching { () throws(StoreError) in try records.channel() }
        let own = try found.flatMap { found throws(AdministrationError) in
            found.isOwn ? try requireChannel(found.id) : nil
        }
        let free = own.flatMap { $0.owners.contains(where: isExpected) ? nil : $0 }
        let token = DemoPage.base64(secrets.random(24))
        let digest = digest(of: Array(token.utf8))
        let isNew = try store.changing { () throws(StoreError) in
            guard try userRecords.add(id, name: nick, token: digest, regtime: 0) else { return false }
            try records.add(id)
            if let free { try channelRecords.change(free.id, title: nil, key: nil, type: nil, owners: [id]) }
            return true
        }
        guard isNew else { throw .exists("there is a user \(id) already; remove it first") }
        if let free {
            // Nobody's rights are others now: neither the owners before are here nor is the new one.
            free.owners = [id]
            free.streamerText = nil
            demo?.owner = (id, host.monotonicMilliseconds)
        }
        return DemoVisitor(id: id, token: token, channel: found?.id)
    }

    /// The oldest visitors who are not here: as many as have to go before there is room for one more.
    private func leaving(_ visitors: [UserID]) throws(DemoRefusal) -> [UserID] {
        let excess = max(0, visitors.count + 1 - Self.mostVisitors)
        let leaving = Array(visitors.lazy.filter { self.people[$0] == nil }.prefix(excess))
        guard leaving.count == excess else { throw .full }
        return leaving
    }

    /// Whether the owner is here, or was made so short a time ago that they may be on the way.
    private func isExpected(_ owner: UserID) -> Bool {
        if people[owner] != nil { return true }
        guard let latest = demo?.owner, latest.id == owner else { return false }
        return host.monotonicMilliseconds - latest.since < Self.timeToCome
    }
}
