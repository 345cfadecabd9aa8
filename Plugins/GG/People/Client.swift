import JSON
import PatchbayKit

/// A user who is connected.
final class Person {
    let id: UserID
    private(set) var name: [UInt8]
    private(set) var nameText: [UInt8]  // a JSON string
    var rights: Int64  // in all channels
    var connections: [Connection] = []

    init(id: UserID, name: [UInt8], rights: Int64) {
        self.id = id
        self.name = name
        self.rights = rights
        nameText = Self.quoted(name)
    }

    func rename(_ name: [UInt8]) {
        self.name = name
        nameText = Self.quoted(name)
    }

    private static func quoted(_ name: [UInt8]) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(utf8: name)
        return writer.bytes
    }
}

/// One connection: who it is and which channels it is in.
final class Client {
    struct Visit {
        let channel: Channel
        let stay: Stay
        var presence: Presence?  // nil for a guest
    }

    let connection: Connection
    var person: Person?  // nil for a guest, and before auth
    var visits: [Visit] = []  // in order of joining

    init(_ connection: Connection) {
        self.connection = connection
    }

    func visit(_ id: ChannelID) -> Visit? {
        visits.first { $0.channel.id == id }
    }
}
