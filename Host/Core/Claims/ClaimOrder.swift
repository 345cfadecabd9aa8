/// The names of one kind in the order of their bytes: blocks of their places, so that adding one moves few of them.
struct ClaimOrder {
    private static let mostInBlock = 512
    private static let fewInBlock = 64

    private var blocks: [[Int32]] = []

    var isEmpty: Bool { blocks.isEmpty }

    mutating func insert(_ place: Int, among names: [ClaimTable.Name]) {
        let bytes = names[place].bytes
        let name = bytes.span
        guard !blocks.isEmpty else {
            blocks.append([Int32(place)])
            return
        }
        let block = block(of: name, names)
        blocks[block].insert(Int32(place), at: index(of: name, in: blocks[block], names))
        guard blocks[block].count > ClaimOrder.mostInBlock else { return }
        let half = blocks[block].count / 2
        blocks.insert(Array(blocks[block][half...]), at: block + 1)
        blocks[block].removeSubrange(half...)
    }

    mutating func remove(_ place: Int, among names: [ClaimTable.Name]) {
        let bytes = names[place].bytes
        let name = bytes.span
        guard !blocks.isEmpty else { return }
        let block = block(of: name, names)
        let index = index(of: name, in: blocks[block], names)
        guard index < blocks[block].count, blocks[block][index] == Int32(place) else { return }
        blocks[block].remove(at: index)
        guard blocks[block].count < ClaimOrder.fewInBlock else { return }
        if blocks[block].isEmpty {
            blocks.remove(at: block)
        } else if block + 1 < blocks.count,
            blocks[block].count + blocks[block + 1].count <= ClaimOrder.mostInBlock / 2
        {
            blocks[block] += blocks.remove(at: block + 1)
        }
    }

    /// Gives the places of the names that begin with `prefix`, until `visit` answers false.
    func visit(prefix: Span<UInt8>, among names: [ClaimTable.Name], _ visit: (Int) -> Bool) {
        guard !blocks.isEmpty else { return }
        var block = block(of: prefix, names)
        var index = index(of: prefix, in: blocks[block], names)
        while block < blocks.count {
            while index < blocks[block].count {
                let place = Int(blocks[block][index])
                let name = names[place].bytes
                guard ClaimOrder.begins(name.span, prefix), visit(place) else { return }
                index += 1
            }
            block += 1
            index = 0
        }
    }

    /// The last block that begins at or before the name; the first, if none does.
    private func block(of name: Span<UInt8>, _ names: [ClaimTable.Name]) -> Int {
        var low = 0, high = blocks.count
        while low < high {
            let middle = (low + high) / 2
            let first = names[Int(blocks[middle][0])].bytes
            if ClaimOrder.isBefore(name, first.span) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return max(low - 1, 0)
    }

    /// Where the name stands in a block, or would.
    private func index(of name: Span<UInt8>, in block: [Int32], _ names: [ClaimTable.Name]) -> Int {
        var low = 0, high = block.count
        while low < high {
            let middle = (low + high) / 2
            let other = names[Int(block[middle])].bytes
            if ClaimOrder.isBefore(other.span, name) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private static func isBefore(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        for index in 0..<min(one.count, other.count) where one[index] != other[index] {
            return one[index] < other[index]
        }
        return one.count < other.count
    }

    private static func begins(_ name: Span<UInt8>, _ prefix: Span<UInt8>) -> Bool {
        guard name.count >= prefix.count else { return false }
        for index in prefix.indices where name[index] != prefix[index] { return false }
        return true
    }
}
