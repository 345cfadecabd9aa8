/// The key that a client combines its payload with. RFC 6455 §5.3.
struct Mask: Equatable {
    /// The byte for the next payload byte is the lowest.
    private(set) var key: UInt32

    init(key: UInt32) { self.key = key }

    /// The four bytes at `offset`, in the order of the wire.
    init(_ bytes: Span<UInt8>, at offset: Int) {
        key =
            UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8
            | UInt32(bytes[offset + 2]) << 16 | UInt32(bytes[offset + 3]) << 24
    }

    /// Masks or unmasks `range` in place and moves on by its count. Returns whether the result is ASCII.
    mutating func apply(to bytes: inout MutableSpan<UInt8>, in range: Range<Int>) -> Bool {
        let isASCII = bytes.combine(with: key, in: range)
        let turn = UInt32(range.count % 4 * 8)
        if turn != 0 { key = key >> turn | key << (32 - turn) }
        return isASCII
    }
}
