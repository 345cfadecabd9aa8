/// A value of a validated JSON text: its kind and where it stands in the bytes it was read from.
///
/// It holds no bytes. Every method takes the bytes that `read` was given; others give nonsense or trap.
public struct JSONValue: Equatable, Sendable {
    /// The six kinds of value of RFC 8259 §3; true and false are one.
    public enum Kind: UInt8, Sendable { case object, array, string, number, bool, null }

    /// How many objects and arrays may stand inside each other; the outermost counts as 1.
    public static let deepestNesting = 64

    /// What the value is.
    public let kind: Kind
    /// The whole value in bytes, quotes and braces included, white space around it not.
    public let range: Range<Int>

    /// Validates that `bytes` is exactly one JSON text (RFC 8259), with white space around it or without.
    ///
    /// A byte order mark is refused, and so is nesting beyond `deepestNesting`. Repeated member names are
    /// allowed here; `member` tells of them. Allocates nothing.
    public static func read(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        var parser = JSONParser(first: [], second: [])
        return try parser.parse(bytes).root
    }

    /// The value of a text that `read` would take, as somebody has made sure before; of another text it is nonsense.
    public init?(validated bytes: Span<UInt8>) {
        var start = 0
        var end = bytes.count
        while start < end, Byte.isSpace(bytes[start]) { start += 1 }
        while start < end, Byte.isSpace(bytes[end - 1]) { end -= 1 }
        guard start < end else { return nil }
        self.init(in: bytes, start, end)
    }
}

extension JSONValue {
    /// The value that begins at `start` of a validated text and ends before `end`.
    init(in bytes: Span<UInt8>, _ start: Int, _ end: Int) {
        kind =
            switch bytes[start] {
            case Byte.openBrace: .object
            case Byte.openBracket: .array
            case Byte.quote: .string
            case Byte.t, Byte.f: .bool
            case Byte.n: .null
            default: .number
            }
        range = start..<end
    }
}
