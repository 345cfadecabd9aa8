/// What is done to a text before others see it.
enum Markup {
    /// `text` without white space (Unicode `White_Space`) at either end. `text` is valid UTF-8.
    static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
        var rest = text[...]
        while let count = spaceCount(atStartOf: rest) { rest.removeFirst(count) }
        while let count = spaceCount(atEndOf: rest) { rest.removeLast(count) }
        return rest
    }

    /// What stands before the first white space, and what stands behind it without white space at its start.
    static func firstWord(of text: ArraySlice<UInt8>) -> (word: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) {
        let end = text.indices.first { spaceCount(atStartOf: text[$0...]) != nil } ?? text.endIndex
        return (text[..<end], trimmed(Array(text[end...])))
    }

    /// `text` with the five characters that mean something in HTML escaped.
    static func escaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): result += "&amp;".utf8
            case UInt8(ascii: "<"): result += "&lt;".utf8
            case UInt8(ascii: ">"): result += "&gt;".utf8
            case UInt8(ascii: "\""): result += "&quot;".utf8
            case UInt8(ascii: "'"): result += "&#39;".utf8
            default: result.append(byte)
            }
        }
        return result
    }

    private static func spaceCount(atStartOf text: ArraySlice<UInt8>) -> Int? {
        (1...3).first { isSpace(text.prefix($0)) && text.count >= $0 }
    }

    private static func spaceCount(atEndOf text: ArraySlice<UInt8>) -> Int? {
        (1...3).first { isSpace(text.suffix($0)) && text.count >= $0 }
    }

    /// Whether the bytes are one character of white space, whole.
    private static func isSpace(_ bytes: ArraySlice<UInt8>) -> Bool {
        let value = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        switch (bytes.count, value) {
        case (1, 0x09...0x0d), (1, 0x20): return true
        case (2, 0xc285), (2, 0xc2a0): return true  // next line, no-break space
        case (3, 0xe19a80): return true  // ogham space mark
        case (3, 0xe28080...0xe2808a), (3, 0xe280a8), (3, 0xe280a9), (3, 0xe280af): return true  // U+2000…
        case (3, 0xe2819f), (3, 0xe38080): return true  // medium mathematical, ideographic space
        default: return false
        }
    }
}
