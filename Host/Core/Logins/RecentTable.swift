/// Values by key, the most recent of them: when there are too many, the one that was put longest ago goes.
struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let key: Key
        var value: Value
        var older: Int  // places; -1: none
        var newer: Int
    }

    private let most: Int
    private var places: [Key: Int] = [:]
    private var entries: [Entry?] = []
    private var free: [Int] = []
    private var oldestPlace = -1
    private var newestPlace = -1

    /// A table of at most so many values, at least one.
    init(most: Int) { self.most = max(most, 1) }

    var count: Int { places.count }

    /// The value that was put longest ago.
    var oldest: (key: Key, value: Value)? {
        guard oldestPlace >= 0, let entry = entries[oldestPlace] else { return nil }
        return (entry.key, entry.value)
    }

    subscript(key: Key) -> Value? { places[key].flatMap { entries[$0]?.value } }

    /// Puts a value, as the most recent one.
    mutating func put(_ value: Value, for key: Key) {
        remove(key)
        if places.count == most, let oldest { remove(oldest.key) }
        let entry = Entry(key: key, value: value, older: newestPlace, newer: -1)
        let place: Int
        if let former = free.popLast() {
            place = former
            entries[place] = entry
        } else {
            place = entries.count
            entries.append(entry)
        }
        if newestPlace >= 0 { entries[newestPlace]?.newer = place } else { oldestPlace = place }
        newestPlace = place
        places[key] = place
    }

    /// Changes a value; it is not more recent for that.
    mutating func change(_ key: Key, _ body: (inout Value) -> Void) {
        guard let place = places[key], var value = entries[place]?.value else { return }
        body(&value)
        entries[place]?.value = value
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key), let entry = entries[place] else { return nil }
        if entry.older >= 0 { entries[entry.older]?.newer = entry.newer } else { oldestPlace = entry.newer }
        if entry.newer >= 0 { entries[entry.newer]?.older = entry.older } else { newestPlace = entry.older }
        entries[place] = nil
        free.append(place)
        return entry.value
    }
}
