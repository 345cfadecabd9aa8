extension JSONScanner {
    /// RFC 8259 §7, from the opening quote to past the closing one.
    mutating func string(_ bytes: Span<UInt8>) throws(JSONError) {
        position += 1
        while true {
            position = bytes.endOfPlain(from: position)
            switch try peek(bytes) {
            case Byte.quote:
                position += 1
                return
            case Byte.backslash: try escape(bytes)
            case 0..<Byte.space: throw error(.controlCharacter)
            default: try character(bytes)
            }
        }
    }

    private mutating func escape(_ bytes: Span<UInt8>) throws(JSONError) {
        let start = position
        position += 1
        switch try peek(bytes) {
        case Byte.quote, Byte.backslash, Byte.slash, Byte.b, Byte.f, Byte.n, Byte.r, Byte.t:
            position += 1
        case Byte.u:
            position += 1
            let unit = try codeUnit(bytes)
            guard unit & 0xf800 == 0xd800 else { return }
            guard unit < 0xdc00, try isLowSurrogate(bytes) else {
                throw JSONError(reason: .loneSurrogate, offset: start)
            }
        default: throw error(.badEscape)
        }
    }

    /// Four hexadecimal digits.
    private mutating func codeUnit(_ bytes: Span<UInt8>) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Byte.hexadecimal(try peek(bytes)) else { throw error(.badEscape) }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private mutating func isLowSurrogate(_ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        guard try peek(bytes) == Byte.backslash else { return false }
        position += 1
        guard try peek(bytes) == Byte.u else { return false }
        position += 1
        return try codeUnit(bytes) & 0xfc00 == 0xdc00
    }

    /// One character beyond ASCII: the table of well-formed sequences, RFC 3629 §4.
    private mutating func character(_ bytes: Span<UInt8>) throws(JSONError) {
        let lead = bytes[position]
        switch lead {
        case 0xc2...0xdf: try continuation(bytes, count: 1, second: 0x80...0xbf)
        case 0xe0: try continuation(bytes, count: 2, second: 0xa0...0xbf)
        case 0xed: try continuation(bytes, count: 2, second: 0x80...0x9f)
        case 0xe1...0xef: try continuation(bytes, count: 2, second: 0x80...0xbf)
        case 0xf0: try continuation(bytes, count: 3, second: 0x90...0xbf)
        case 0xf1...0xf3: try continuation(bytes, count: 3, second: 0x80...0xbf)
        case 0xf4: try continuation(bytes, count: 3, second: 0x80...0x8f)
        default: throw error(.badUTF8)
        }
    }

    @inline(__always)
    private mutating func continuation(
        _ bytes: Span<UInt8>,
        count: Int,
        second: ClosedRange<UInt8>
    ) throws(JSONError) {
        position += 1
        guard second.contains(try peek(bytes)) else { throw error(.badUTF8) }
        position += 1
        for _ in 1..<count {
            guard try peek(bytes) & 0xc0 == 0x80 else { throw error(.badUTF8) }
            position += 1
        }
    }
}
