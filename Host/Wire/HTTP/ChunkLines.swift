/// What stands between the data of chunks: sizes, extensions, line ends, the trailer. RFC 9112 §7.1.
///
/// Takes one byte after the other, so that nothing of an unfinished line is kept, and follows the grammar
/// to the letter: what ends a chunk here ends it for everybody.
struct ChunkLines {
    /// What a byte brought.
    enum Outcome {
        case more
        /// So many bytes of data follow, at least 1; then go on.
        case data(Int)
        case end
    }

    private enum State {
        case size, sizeEnd, dataEnd, dataEndLF
        case extensionBlank, extensionStart, extensionName, extensionNameBlank
        case valueStart, token, quoted, escaped, quotedEnd
        case trailerLine, trailerName, trailerValue, trailerLF, lastLF
    }

    /// What all extensions of a body may take together, in bytes: there are no useful ones, and 1 byte of
    /// content in a chunk with a long one is a way to have a server read without end.
    static let longestExtensions = 4096
    /// What the trailer may take, in bytes.
    static let longestTrailer = 8192

    private var state = State.size
    /// What the limit leaves for the chunks to come.
    private var room: UInt64
    private var size: UInt64 = 0
    private var digits = 0
    private var extensions = 0
    private var trailer = 0

    init(limit: Int) { room = UInt64(max(limit, 0)) }

    mutating func take(_ byte: UInt8) throws(HTTPFailure) -> Outcome {
        switch state {
        case .size: try takeSize(byte)
        case .sizeEnd: return try endSize(byte)
        case .dataEnd: try expect(0x0d, byte, then: .dataEndLF)
        case .dataEndLF:
            try expect(0x0a, byte, then: .size)
            size = 0
            digits = 0
        case .extensionBlank, .extensionStart, .extensionName, .extensionNameBlank, .valueStart, .token,
            .quoted, .escaped, .quotedEnd:
            try takeExtension(byte)
        case .trailerLine, .trailerName, .trailerValue, .trailerLF: try takeTrailer(byte)
        case .lastLF:
            try expect(0x0a, byte, then: .lastLF)
            return .end
        }
        return .more
    }

    private mutating func expect(_ wanted: UInt8, _ byte: UInt8, then next: State) throws(HTTPFailure) {
        guard byte == wanted else {
            throw HTTPFailure(.badRequest, "a chunk and each line of a chunked body must end with CRLF")
        }
        state = next
    }

    // MARK: Sizes

    /// At most 16 digits, so that they cannot overflow. The first one too many for the limit is refused.
    private mutating func takeSize(_ byte: UInt8) throws(HTTPFailure) {
        if let digit = Hexadecimal.value(byte) {
            digits += 1
            guard digits <= 16 else { throw HTTPFailure(.badRequest, "a chunk size of over 16 digits") }
            size = size << 4 | UInt64(digit)
            guard size <= room else { throw HTTPFailure.bodyTooLarge }
            return
        }
        guard digits > 0 else { throw HTTPFailure(.badRequest, "a chunk must begin with hexadecimal digits") }
        try endElement(byte, blank: .extensionBlank)
    }

    /// After a size, or after a whole extension that blanks may follow only before the next one.
    private mutating func endElement(_ byte: UInt8, blank: State) throws(HTTPFailure) {
        switch byte {
        case 0x0d: state = .sizeEnd
        case UInt8(ascii: ";"): state = .extensionStart
        case 0x20, 0x09: state = blank
        default: throw HTTPFailure(.badRequest, "a chunk size must be followed by CRLF or an extension")
        }
    }

    private mutating func endSize(_ byte: UInt8) throws(HTTPFailure) -> Outcome {
        guard size > 0 else {
            try expect(0x0a, byte, then: .trailerLine)
            return .more
        }
        try expect(0x0a, byte, then: .dataEnd)
        room -= size
        return .data(Int(size))
    }

    // MARK: Extensions

    /// `BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ]`: blanks are bad, but in the grammar.
    private mutating func takeExtension(_ byte: UInt8) throws(HTTPFailure) {
        extensions += 1
        guard extensions <= Self.longestExtensions else {
            throw HTTPFailure(.contentTooLarge, "the chunk extensions are over 4 KiB")
        }
        let isBlank = byte == 0x20 || byte == 0x09
        switch (state, byte) {
        case (.extensionBlank, UInt8(ascii: ";")), (.extensionNameBlank, UInt8(ascii: ";")):
            state = .extensionStart
        case (.extensionBlank, _) where isBlank, (.extensionStart, _) where isBlank,
            (.extensionNameBlank, _) where isBlank, (.valueStart, _) where isBlank:
            break
        case (.extensionStart, _) where Grammar.isToken(byte),
            (.extensionName, _) where Grammar.isToken(byte):
            state = .extensionName
        case (.extensionName, UInt8(ascii: "=")), (.extensionNameBlank, UInt8(ascii: "=")):
            state = .valueStart
        case (.extensionName, _): try endElement(byte, blank: .extensionNameBlank)
        case (.valueStart, UInt8(ascii: "\"")): state = .quoted
        case (.valueStart, _) where Grammar.isToken(byte), (.token, _) where Grammar.isToken(byte):
            state = .token
        case (.token, _), (.quotedEnd, _): try endElement(byte, blank: .extensionBlank)
        case (.quoted, UInt8(ascii: "\"")): state = .quotedEnd
        case (.quoted, UInt8(ascii: "\\")): state = .escaped
        case (.quoted, _) where Grammar.isText(byte): break
        case (.escaped, _) where Grammar.isText(byte): state = .quoted
        default: throw HTTPFailure(.badRequest, "a chunk extension outside the grammar")
        }
    }

    // MARK: The trailer

    private mutating func takeTrailer(_ byte: UInt8) throws(HTTPFailure) {
        trailer += 1
        guard trailer <= Self.longestTrailer else {
            throw HTTPFailure(.headTooLarge, "the trailer is over 8 KiB")
        }
        switch (state, byte) {
        case (.trailerLine, 0x0d): state = .lastLF
        case (.trailerLine, _) where Grammar.isToken(byte), (.trailerName, _) where Grammar.isToken(byte):
            state = .trailerName
        case (.trailerName, UInt8(ascii: ":")): state = .trailerValue
        case (.trailerValue, 0x0d): state = .trailerLF
        case (.trailerValue, _) where Grammar.isText(byte): break
        case (.trailerLF, 0x0a): state = .trailerLine
        default: throw HTTPFailure(.badRequest, "a line of the trailer outside the grammar of fields")
        }
    }
}
