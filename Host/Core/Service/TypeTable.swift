/// Finds a message type's handler by the type's bytes, without making a key of them.
struct TypeTable {
    private var names: [[UInt8]] = []
    private var slots: [Int32] = [Int32](repeating: -1, count: 16)  // open addressing; a power of two

    /// The type's place, in order of adding; nil: there is none.
    func place(of type: Span<UInt8>) -> Int? {
        var slot = TypeTable.hash(type) & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if TypeTable.equal(names[place], type) { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds a type. False: it is there.
    mutating func insert(_ type: [UInt8]) -> Bool {
        guard place(of: type.span) == nil else { return false }
        names.append(type)
        if names.count * 2 > slots.count {
            slots = [Int32](repeating: -1, count: slots.count * 2)
            for place in names.indices { link(place) }
        } else {
            link(names.count - 1)
        }
        return true
    }

    private mutating func link(_ place: Int) {
        let name = names[place]
        var slot = TypeTable.hash(name.span) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(place)
    }

    // FNV-1a: types are few, short and chosen by the plugin, not by a peer.
    private static func hash(_ type: Span<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in type.indices { hash = (hash ^ UInt64(type[index])) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: hash & 0x7fff_ffff)
    }

    private static func equal(_ one: [UInt8], _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for index in one.indices where one[index] != other[index] { return false }
        return true
    }
}
