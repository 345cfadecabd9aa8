import PatchbayKit

/// A channel or room that somebody is in, and who is in it. It is read from the store for the first and
/// forgotten after the last.
final class Channel {
    /// What moderators set with inline commands.
    struct Settings {
        var motd: [UInt8]
        var slowmod: Int64  // seconds
        var smiles: Int64
        var peka: Int64
    }

    /// The poll is read from the store when somebody asks for it.
    enum PollState {
        case unread
        case read(Poll?)
    }

    let id: ChannelID
    let room: String  // the host's room with everybody in it
    var name: [UInt8]
    let privacy: Int64  // 0 everybody, 1 users, 2 invited
    var settings: Settings
    var owners: [UserID] = []  // the first is the streamer
    var lastNumber: Int64 = 0  // of the last message
    var keptCount: Int64 = 0  // messages in the store
    var poll = PollState.unread
    private(set) var clientCount = 0
    private(set) var people: [UserID: Presence] = [:]
    private var usersOrder = UsersOrder()
    // What was written last, until something in it changes.
    var streamerText: [UInt8]?
    var latestText: [UInt8]?

    init(id: ChannelID, name: [UInt8], privacy: Int64, settings: Settings) {
        self.id = id
        room = id.text
        self.name = name
        self.privacy = privacy
        self.settings = settings
    }

    var userCount: Int { people.count }

    /// Counts a connection in; for a guest `presence` is nil.
    func enter(_ presence: Presence?, _ stay: Stay) {
        clientCount += 1
        guard let presence else { return }
        presence.stays.append(stay)
        if people.updateValue(presence, forKey: presence.person.id) == nil {
            usersOrder.add(presence)
        } else {
            usersOrder.change(presence)
        }
    }

    /// Counts a connection out.
    func leave(_ presence: Presence?, _ connection: Connection) {
        clientCount -= 1
        guard let presence else { return }
        presence.stays.removeAll { $0.connection == connection }
        if presence.stays.isEmpty {
            people[presence.person.id] = nil
            usersOrder.remove(presence)
        } else {
            usersOrder.change(presence)
        }
    }

    /// The users as `users_list` has them.
    func usersText(limit: Int) -> [UInt8] { usersOrder.text(of: people.values, limit: limit) }

    /// The user's name, rights or groups are others now.
    func changed(_ presence: Presence) { usersOrder.change(presence) }
}

/// A user in a channel, on one connection or more.
final class Presence {
    let person: Person
    var rights: Int64  // effective in the channel
    var groups: [UInt8]  // a JSON array
    var role: Int64
    var ban: Ban?  // it may be over
    var lastSent: Int64?  // when a message was accepted, in milliseconds since 1970; nil: ask the store
    var paidSmiles: [UInt8]  // a JSON array: what the user was granted here
    var stays: [Stay] = []  // in order of joining
    var listText: [UInt8] = []  // what `users_list` says; empty until it is asked for

    init(_ person: Person, rights: Int64, groups: [UInt8], role: Int64, ban: Ban?, paidSmiles: [UInt8]) {
        self.person = person
        self.rights = rights
        // Most have none: one array does for them all.
        self.groups = groups.count == 2 ? GGService.emptyArray : groups
        self.role = role
        self.ban = ban
        self.paidSmiles = paidSmiles.count == 2 ? GGService.emptyArray : paidSmiles
    }

    /// A person hides by every connection, and needs the rights for it.
    var isHidden: Bool {
        rights >= Rights.moderating && stays.allSatisfy(\.isHidden)
    }

    /// What the connection that joined last is.
    var isMobile: Bool {
        stays.last?.isMobile ?? false
    }
}

/// One connection's being in a channel, as it asked for it.
struct Stay {
    let connection: Connection
    var order: Int64  // grows with every join
    let isHidden: Bool
    let isMobile: Bool
}
