import PatchbayKit

/// Which channels anybody has ever joined: the latest 100,000, by 16 bytes of their digests, so that long names need no
/// more memory than short ones.
struct JoinedChannels {
    private typealias Key = UInt128

    private let most: Int
    private var turns: [Key: Int] = [:]  // the last one of each channel
    /// Oldest first; a channel that has come again stands twice.
    private var queue: [(key: Key, turn: Int)] = []
    private var start = 0  // of what is left of the queue
    private var turn = 0

    init(restored: SavedState?, most: Int = 100_000) {
        self.most = most
        guard let bytes = restored?.bytes else { return }
        for start in stride(from: 0, to: bytes.count - bytes.count % 16, by: 16) {
            put(Self.key(bytes[start..<start + 16]))
        }
    }

    /// - Parameter room: the channel's, so that name spaces are apart.
    func contains(_ room: [UInt8], _ secrets: Secrets) -> Bool {
        turns[Self.key(secrets.sha256(room).prefix(16))] != nil
    }

    mutating func insert(_ room: [UInt8], _ secrets: Secrets) {
        put(Self.key(secrets.sha256(room).prefix(16)))
    }

    /// The channels, oldest first, for the generation that follows.
    var saved: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 * turns.count)
        for entry in queue[start...] where turns[entry.key] == entry.turn {
            for shift in stride(from: 120, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: entry.key >> UInt128(shift)))
            }
        }
        return bytes
    }

    private mutating func put(_ key: Key) {
        turn += 1
        turns[key] = turn
        queue.append((key, turn))
        while turns.count > most { removeOldest() }
        if queue.count > 2 * (turns.count + 1000) { compact() }
    }

    private mutating func removeOldest() {
        let oldest = queue[start]
        start += 1
        if turns[oldest.key] == oldest.turn { turns[oldest.key] = nil }
    }

    private mutating func compact() {
        queue = queue[start...].filter { turns[$0.key] == $0.turn }
        start = 0
    }

    private static func key(_ bytes: ArraySlice<UInt8>) -> Key {
        bytes.reduce(0) { $0 << 8 | Key($1) }
    }
}
