extension [UInt8] {
    /// Appends `text` as a JSON string, escaping only what RFC 8259 §7 requires: quote, backslash and the
    /// characters below 0x20, in their short form where there is one.
    mutating func appendQuoted(_ text: Span<UInt8>) {
        append(Byte.quote)
        var index = 0
        while true {
            let end = text.endOfUnescaped(from: index)
            append(copying: text, index..<end)
            guard end < text.count else { break }
            appendEscaped(text[end])
            index = end + 1
        }
        append(Byte.quote)
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        append(Byte.backslash)
        switch byte {
        case Byte.backspace: append(Byte.b)
        case Byte.formFeed: append(Byte.f)
        case Byte.lineFeed: append(Byte.n)
        case Byte.carriageReturn: append(Byte.r)
        case Byte.tab: append(Byte.t)
        case 0..<Byte.space: appendCodeUnit(byte)
        default: append(byte)
        }
    }

    private mutating func appendCodeUnit(_ byte: UInt8) {
        let low = byte & 0x0f
        append(contentsOf: "u00".utf8)
        append(Byte.zero + byte >> 4)
        append(low < 10 ? Byte.zero + low : Byte.a + low - 10)
    }
}
