/// Checks one text in one pass and notes up to two members of its outermost object on the way.
///
/// Open objects and arrays are bits of a word, not stack frames: hostile nesting costs nothing.
struct JSONParser {
    private let first: [UInt8]
    private let second: [UInt8]
    private var scanner = JSONScanner()
    private var depth = 0
    private var openObjects: UInt64 = 0  // the innermost is the lowest bit; 1 is an object, 0 an array
    private var memberStart = 0
    private var isFirst = false
    private var isSecond = false
    private var foundFirst = JSONLookup.absent
    private var foundSecond = JSONLookup.absent

    /// An empty name is not looked for.
    init(first: [UInt8], second: [UInt8]) {
        self.first = first
        self.second = second
    }

    mutating func parse(_ bytes: Span<UInt8>) throws(JSONError) -> JSONEnvelope {
        scanner.skipSpace(bytes)
        let start = scanner.position
        while true {
            guard try value(bytes) else { continue }
            guard try isFollowed(bytes) else { break }
        }
        let end = scanner.position
        scanner.skipSpace(bytes)
        guard scanner.position == bytes.count else { throw scanner.error(.trailingBytes) }
        return JSONEnvelope(root: JSONValue(in: bytes, start, end), first: foundFirst, second: foundSecond)
    }

    /// Reads a value, or opens an object or array that is not empty. False: a value inside it is due.
    private mutating func value(_ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        switch try scanner.peek(bytes) {
        case Byte.openBrace:
            try open(asObject: true, bytes)
            guard try scanner.peek(bytes) != Byte.closeBrace else { return true }
            try name(bytes)
            return false
        case Byte.openBracket:
            try open(asObject: false, bytes)
            return try scanner.peek(bytes) == Byte.closeBracket
        case Byte.quote: try scanner.string(bytes)
        case Byte.minus, Byte.zero...Byte.nine: try scanner.number(bytes)
        case Byte.t: try scanner.literal(0x74_72_75_65, count: 4, bytes)
        case Byte.f: try scanner.literal(0x66_61_6c_73_65, count: 5, bytes)
        case Byte.n: try scanner.literal(0x6e_75_6c_6c, count: 4, bytes)
        default: throw scanner.error(.unexpectedByte)
        }
        if depth == 1 { note(bytes) }
        return true
    }

    private mutating func open(asObject: Bool, _ bytes: Span<UInt8>) throws(JSONError) {
        guard depth < JSONValue.deepestNesting else { throw scanner.error(.tooDeep) }
        depth += 1
        openObjects = openObjects << 1 | (asObject ? 1 : 0)
        scanner.position += 1
        scanner.skipSpace(bytes)
    }

    /// Reads a member's name and colon.
    private mutating func name(_ bytes: Span<UInt8>) throws(JSONError) {
        guard try scanner.peek(bytes) == Byte.quote else { throw scanner.error(.unexpectedByte) }
        let start = scanner.position
        try scanner.string(bytes)
        if depth == 1 {
            let text = EscapedText(from: start + 1, to: scanner.position - 1)
            isFirst = !first.isEmpty && text.equals(first.span, in: bytes)
            isSecond = !second.isEmpty && text.equals(second.span, in: bytes)
        }
        scanner.skipSpace(bytes)
        guard try scanner.peek(bytes) == Byte.colon else { throw scanner.error(.unexpectedByte) }
        scanner.position += 1
        scanner.skipSpace(bytes)
        if depth == 1 { memberStart = scanner.position }
    }

    /// Closes what ends after a value. True: another value is due.
    private mutating func isFollowed(_ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        while depth > 0 {
            scanner.skipSpace(bytes)
            let isObject = openObjects & 1 == 1
            switch try scanner.peek(bytes) {
            case Byte.comma:
                scanner.position += 1
                scanner.skipSpace(bytes)
                if isObject { try name(bytes) }
                return true
            case isObject ? Byte.closeBrace : Byte.closeBracket:
                scanner.position += 1
                depth -= 1
                openObjects >>= 1
                if depth == 1 { note(bytes) }
            default: throw scanner.error(.unexpectedByte)
            }
        }
        return false
    }

    /// Keeps the outermost object's member that has just ended, when it is one of the two.
    @inline(__always)
    private mutating func note(_ bytes: Span<UInt8>) {
        if isFirst {
            foundFirst.meet(JSONValue(in: bytes, memberStart, scanner.position))
        }
        if isSecond {
            foundSecond.meet(JSONValue(in: bytes, memberStart, scanner.position))
        }
    }
}
