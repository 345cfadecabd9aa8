/// One to four bytes of UTF-8 in a word, the first one lowest.
struct Piece {
    let count: Int
    private let bits: UInt32

    @inline(__always)
    init(_ byte: UInt8) {
        count = 1
        bits = UInt32(byte)
    }

    /// RFC 3629 §3.
    init(scalar: UInt32) {
        switch scalar {
        case 0..<0x80:
            count = 1
            bits = scalar
        case 0x80..<0x800:
            count = 2
            bits = 0x80c0 | scalar >> 6 | (scalar & 0x3f) << 8
        case 0x800..<0x10000:
            count = 3
            bits = 0x80_80e0 | scalar >> 12 | (scalar >> 6 & 0x3f) << 8 | (scalar & 0x3f) << 16
        default:
            count = 4
            let tail = (scalar >> 12 & 0x3f) << 8 | (scalar >> 6 & 0x3f) << 16 | (scalar & 0x3f) << 24
            bits = 0x8080_80f0 | scalar >> 18 | tail
        }
    }

    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: bits >> UInt32(8 * index))
    }
}
