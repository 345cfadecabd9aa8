/// Steps over the tokens of a text and checks each by the letter of RFC 8259.
struct JSONScanner {
    /// The next byte, from the start of the text.
    var position = 0

    func error(_ reason: JSONError.Reason) -> JSONError {
        JSONError(reason: reason, offset: position)
    }

    @inline(__always)
    func peek(_ bytes: Span<UInt8>) throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw error(.endsEarly) }
        return bytes[position]
    }

    @inline(__always)
    mutating func skipSpace(_ bytes: Span<UInt8>) {
        while position < bytes.count, Byte.isSpace(bytes[position]) { position += 1 }
    }

    /// `letters` holds the literal's characters, the last one lowest.
    mutating func literal(_ letters: UInt64, count: Int, _ bytes: Span<UInt8>) throws(JSONError) {
        for index in 0..<count {
            let letter = UInt8(truncatingIfNeeded: letters >> UInt64(8 * (count - 1 - index)))
            guard try peek(bytes) == letter else { throw error(.unexpectedByte) }
            position += 1
        }
    }

    /// RFC 8259 §6. What follows the number is not looked at: `01` is 0 and a byte too many.
    mutating func number(_ bytes: Span<UInt8>) throws(JSONError) {
        if bytes[position] == Byte.minus { position += 1 }
        if position < bytes.count, bytes[position] == Byte.zero {
            position += 1
        } else {
            try digits(bytes)
        }
        if position < bytes.count, bytes[position] == Byte.point {
            position += 1
            try digits(bytes)
        }
        guard position < bytes.count, bytes[position] | 0x20 == Byte.e else { return }
        position += 1
        if position < bytes.count, bytes[position] == Byte.plus || bytes[position] == Byte.minus {
            position += 1
        }
        try digits(bytes)
    }

    private mutating func digits(_ bytes: Span<UInt8>) throws(JSONError) {
        guard Byte.isDigit(try peek(bytes)) else { throw error(.badNumber) }
        repeat { position += 1 } while position < bytes.count && Byte.isDigit(bytes[position])
    }
}
