import Glibc

/// Bytes without a pattern that a mistake could keep.
func pattern(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count { bytes += material[..<min(material.count, count - bytes.count)] }
    return bytes
}

/// A prime number of them, so that they do not repeat at the borders of blocks.
private let material: [UInt8] = {
    var random = SplitMix(1)
    return (0..<65_537).map { _ in UInt8(truncatingIfNeeded: random.next()) }
}()

extension SplitMix {
    mutating func count(upTo most: Int) -> Int { Int.random(in: 0...most, using: &self) }

    /// A piece of the pattern, fewer than `limit` bytes.
    mutating func bytes(below limit: Int) -> [UInt8] {
        let count = Int.random(in: 0..<limit, using: &self)
        let start = Int.random(in: 0..<material.count - count, using: &self)
        return Array(material[start..<start + count])
    }
}

extension [UInt8] {
    /// As `starts(with:)`, which in a debug build takes a call for each byte.
    func begins(with part: [UInt8]) -> Bool {
        unsafe part.count <= count && memcmp(self, part, part.count) == 0
    }

    func isSame(as other: [UInt8]) -> Bool { count == other.count && begins(with: other) }
}
