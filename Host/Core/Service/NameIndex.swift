/// Finds the place that a name has in a table by the name's bytes, without making a key of them. What the names are
/// knows the table.
struct NameIndex {
    private struct Cell {
        var hash: UInt32 = 0
        var place: Int32 = -1  // -1: empty
    }

    private var cells = [Cell](repeating: Cell(), count: 16)  // open addressing; a power of two
    private var count = 0

    /// Seeded anew by each process: names are chosen by peers.
    ///
    /// - Parameter kind: of the name, where one index has names of several kinds.
    static func hash(_ name: Span<UInt8>, kind: Int = 0) -> UInt32 {
        var hasher = Hasher()
        hasher.combine(kind)
        unsafe name.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }

    /// The place with this hash that has the name, as `hasName` says.
    func place(_ hash: UInt32, _ hasName: (Int) -> Bool) -> Int? {
        let mask = cells.count - 1
        var at = Int(hash) & mask
        while cells[at].place >= 0 {
            let place = Int(cells[at].place)
            if cells[at].hash == hash, hasName(place) { return place }
            at = (at + 1) & mask
        }
        return nil
    }

    mutating func insert(_ place: Int, _ hash: UInt32) {
        count += 1
        if count * 2 > cells.count {
            let former = cells
            cells = [Cell](repeating: Cell(), count: former.count * 2)
            for cell in former where cell.place >= 0 { link(cell) }
        }
        link(Cell(hash: hash, place: Int32(place)))
    }

    mutating func remove(_ place: Int, _ hash: UInt32) {
        let mask = cells.count - 1
        var gap = Int(hash) & mask
        while cells[gap].place != Int32(place) {
            guard cells[gap].place >= 0 else { return }
            gap = (gap + 1) & mask
        }
        count -= 1
        // Those behind it move up, as far as they may stand there, so that no look-up ends too early.
        var next = (gap + 1) & mask
        while cells[next].place >= 0 {
            let home = Int(cells[next].hash) & mask
            if (next - home) & mask >= (next - gap) & mask {
                cells[gap] = cells[next]
                gap = next
            }
            next = (next + 1) & mask
        }
        cells[gap] = Cell()
    }

    private mutating func link(_ cell: Cell) {
        let mask = cells.count - 1
        var at = Int(cell.hash) & mask
        while cells[at].place >= 0 { at = (at + 1) & mask }
        cells[at] = cell
    }
}

extension [UInt8] {
    func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
