/// A text in which `…` stands for any bytes, none included.
struct TranscriptWildcard: Equatable {
    static let ellipsis: [UInt8] = [0xe2, 0x80, 0xa6]

    /// What must stand between the ellipses, in order; the first at the start, the last at the end.
    private let pieces: [[UInt8]]

    init(_ text: String) {
        self.init(pieces: Self.split(Array(text.utf8)))
    }

    init(pieces: [[UInt8]]) {
        self.pieces = pieces
    }

    /// `bytes` cut at its ellipses: one piece more than there are of them.
    static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = [[]]
        var rest = bytes[...]
        while let byte = rest.first {
            if rest.starts(with: ellipsis) {
                pieces.append([])
                rest.removeFirst(ellipsis.count)
            } else {
                pieces[pieces.count - 1].append(byte)
                rest.removeFirst()
            }
        }
        return pieces
    }

    func matches(_ text: [UInt8]) -> Bool {
        guard let first = pieces.first, let last = pieces.last, pieces.count > 1 else {
            return pieces.first == text
        }
        guard text.count >= first.count + last.count, text.starts(with: first) else { return false }
        guard text.suffix(last.count).elementsEqual(last) else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        // The earliest place for each piece leaves the most for those after it.
        for piece in pieces.dropFirst().dropLast() {
            while !rest.starts(with: piece) {
                guard !rest.isEmpty else { return false }
                rest.removeFirst()
            }
            rest.removeFirst(piece.count)
        }
        return true
    }
}
