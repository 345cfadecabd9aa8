import JSON

/// The users of a channel as `users_list` has them, for the channels whose list somebody asks for. A change costs
/// what changes: from the first list on its order is kept, and so is what was written of each user.
struct UsersOrder {
    private var order: [Presence]?
    private var text: [UInt8]?  // the whole list, until something in it changes

    /// The list as JSON, of at most `limit` users; `everybody` is who is there, in no order.
    mutating func text(of everybody: some Sequence<Presence>, limit: Int) -> [UInt8] {
        if let text { return text }
        let users = order ?? everybody.sorted(by: Self.precedes)
        order = users
        let written = Self.written(users.lazy.filter { !$0.isHidden }.prefix(limit))
        text = written
        return written
    }

    /// Somebody has come.
    mutating func add(_ presence: Presence) {
        text = nil
        presence.listText = []
        let place = place(of: presence)
        order?.insert(presence, at: place)
    }

    /// Somebody has gone.
    mutating func remove(_ presence: Presence) {
        text = nil
        if let place = find(presence) { order?.remove(at: place) }
    }

    /// Something that is listed of somebody, or decides where, is not as it was.
    mutating func change(_ presence: Presence) {
        remove(presence)
        add(presence)
    }

    private func find(_ presence: Presence) -> Int? {
        guard let order else { return nil }
        let place = place(of: presence)
        if place < order.count, order[place] === presence { return place }
        // It stands where it belonged before its change.
        return order.firstIndex { $0 === presence }
    }

    /// Before whom it belongs.
    private func place(of presence: Presence) -> Int {
        guard let order else { return 0 }
        var places = 0..<order.count
        while !places.isEmpty {
            let middle = places.lowerBound + places.count / 2
            places =
                Self.precedes(order[middle], presence)
                ? middle + 1..<places.upperBound : places.lowerBound..<middle
        }
        return places.lowerBound
    }

    /// By rights, highest first, then by name in the order of code points, which is that of its UTF-8.
    static func precedes(_ one: Presence, _ other: Presence) -> Bool {
        if one.rights != other.rights { return one.rights > other.rights }
        if one.person.name != other.person.name {
            return one.person.name.lexicographicallyPrecedes(other.person.name)
        }
        return one.person.id < other.person.id
    }

    static func written(_ users: some Sequence<Presence>) -> [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        writer.beginArray()
        for presence in users {
            if presence.listText.isEmpty { presence.listText = written(presence) }
            writer.raw(presence.listText)
        }
        writer.endArray()
        return writer.bytes
    }

    private static func written(_ presence: Presence) -> [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.member("id", String(presence.person.id))
        writer.member("name", raw: presence.person.nameText)
        writer.member("rights", presence.rights)
        writer.member("groups", raw: presence.groups)
        writer.member("mobile", presence.isMobile)
        writer.member("hidden", false)
        writer.endObject()
        return writer.bytes
    }
}
