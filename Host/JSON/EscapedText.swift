/// The characters of a validated string or name as they stand between its quotes, escapes and all.
struct EscapedText {
    private var position: Int
    private let end: Int

    init(from start: Int, to end: Int) {
        position = start
        self.end = end
    }

    /// Whether the unescaped characters are `text` in UTF-8. Allocates nothing.
    func equals(_ text: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        let count = end - position
        // Every escape is longer than the character it stands for.
        guard count >= text.count else { return false }
        guard count == text.count else {
            return bytes.endOfPiece(from: position) < end && equalsUnescaped(text, in: bytes)
        }
        // As long, so it is the text only if it has no escape.
        for index in 0..<count
        where bytes[position + index] != text[index] || text[index] == Byte.backslash { return false }
        return true
    }

    private func equalsUnescaped(_ text: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        var rest = self
        var matched = 0
        while let piece = rest.next(in: bytes) {
            guard piece.count <= text.count - matched else { return false }
            for index in 0..<piece.count {
                guard piece.byte(index) == text[matched] else { return false }
                matched += 1
            }
        }
        return matched == text.count
    }

    /// Appends the unescaped characters in UTF-8.
    func append(in bytes: Span<UInt8>, to buffer: inout [UInt8]) {
        var rest = self
        while rest.position < end {
            let plainEnd = Swift.min(bytes.endOfPiece(from: rest.position), end)
            buffer.append(copying: bytes, rest.position..<plainEnd)
            rest.position = plainEnd
            guard let piece = rest.next(in: bytes) else { return }
            for index in 0..<piece.count { buffer.append(piece.byte(index)) }
        }
    }

    /// The next byte as it stands, or the character behind the next escape.
    @inline(__always)
    private mutating func next(in bytes: Span<UInt8>) -> Piece? {
        guard position < end else { return nil }
        let byte = bytes[position]
        position += 1
        return byte == Byte.backslash ? escaped(in: bytes) : Piece(byte)
    }

    private mutating func escaped(in bytes: Span<UInt8>) -> Piece {
        let letter = bytes[position]
        position += 1
        switch letter {
        case Byte.b: return Piece(Byte.backspace)
        case Byte.f: return Piece(Byte.formFeed)
        case Byte.n: return Piece(Byte.lineFeed)
        case Byte.r: return Piece(Byte.carriageReturn)
        case Byte.t: return Piece(Byte.tab)
        case Byte.u: return Piece(scalar: scalar(in: bytes))
        default: return Piece(letter)
        }
    }

    /// One code unit, or the pair of them that makes one character (RFC 8259 §7).
    private mutating func scalar(in bytes: Span<UInt8>) -> UInt32 {
        let high = codeUnit(in: bytes)
        guard high & 0xfc00 == 0xd800 else { return high }
        position += 2
        return 0x10000 + (high & 0x3ff) << 10 + codeUnit(in: bytes) & 0x3ff
    }

    private mutating func codeUnit(in bytes: Span<UInt8>) -> UInt32 {
        defer { position += 4 }
        return (0..<4).reduce(0) { $0 << 4 | (Byte.hexadecimal(bytes[position + $1]) ?? 0) }
    }
}
