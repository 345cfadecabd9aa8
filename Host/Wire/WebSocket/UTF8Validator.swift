/// Checks text that comes in pieces: fails at the first byte that no valid text can hold. RFC 3629 §4.
package struct UTF8Validator: Equatable, Sendable {
    /// How many continuation bytes the code point begun still needs.
    private var missing: UInt8 = 0
    // What the next continuation byte may be; narrower than 80–BF after E0, ED, F0 and F4.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xbf

    /// A validator at the start of a text.
    package init() {}

    /// Whether the text may end here: no code point is cut.
    package var isComplete: Bool { missing == 0 }

    /// Takes the next piece. False: the text is invalid whatever follows, and the validator is of no
    /// further use.
    package mutating func accept(_ bytes: Span<UInt8>) -> Bool {
        var offset = 0
        while offset < bytes.count {
            if missing == 0 {
                offset = bytes.endOfPairs(from: bytes.endOfASCII(from: offset))
                guard offset < bytes.count else { return true }
                if bytes[offset] < 0x80 { continue }
                guard begin(with: bytes[offset]) else { return false }
            } else {
                guard bytes[offset] >= lowest, bytes[offset] <= highest else { return false }
                missing -= 1
                lowest = 0x80
                highest = 0xbf
            }
            offset += 1
        }
        return true
    }

    private mutating func begin(with byte: UInt8) -> Bool {
        switch byte {
        case 0xc2...0xdf: missing = 1
        case 0xe0...0xef: missing = 2
        case 0xf0...0xf4: missing = 3
        default: return false
        }
        switch byte {
        case 0xe0: lowest = 0xa0  // overlong below
        case 0xed: highest = 0x9f  // surrogates above
        case 0xf0: lowest = 0x90  // overlong below
        case 0xf4: highest = 0x8f  // past U+10FFFF above
        default: break
        }
        return true
    }
}

extension Span<UInt8> {
    /// The first offset from `start` on that does not begin a whole, valid code point of two bytes: those
    /// of Cyrillic, Greek, Hebrew and Arabic come in runs, and need no state when they are not cut.
    fileprivate func endOfPairs(from start: Int) -> Int {
        var offset = start
        while offset + 1 < count, self[offset] >= 0xc2, self[offset] <= 0xdf, self[offset + 1] & 0xc0 == 0x80
        {
            offset += 2
        }
        return offset
    }
}
