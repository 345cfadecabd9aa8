/// Why bytes are not a JSON text, and at which byte that showed.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The rule of RFC 8259 that the bytes break, or the limit that they pass.
    public enum Reason: UInt8, Sendable {
        /// The text stops inside a value, or holds none.
        case endsEarly
        /// A byte that cannot stand here: `offset` is its place.
        case unexpectedByte
        /// More than white space follows the value.
        case trailingBytes
        /// More than `JSONValue.deepestNesting` objects and arrays inside each other.
        case tooDeep
        /// A sign, point or exponent without digits.
        case badNumber
        /// A backslash before something that §7 does not list.
        case badEscape
        /// A `\u` escape that is half of a surrogate pair.
        case loneSurrogate
        /// A byte below 0x20 inside a string.
        case controlCharacter
        /// Bytes inside a string that are not UTF-8 (RFC 3629).
        case badUTF8
    }

    /// What is wrong.
    public let reason: Reason
    /// Where, in bytes from the start of the text.
    public let offset: Int

    /// An error at byte `offset`.
    public init(reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// A sentence for logs and for whoever wrote the text.
    public var description: String {
        "byte \(offset): \(explanation)"
    }

    private var explanation: String {
        switch reason {
        case .endsEarly: "the JSON text ends before its value is complete; send it whole"
        case .unexpectedByte:
            "this byte cannot stand here in JSON; check quotes, commas and brackets before it"
        case .trailingBytes: "something follows the JSON value; send one value at a time"
        case .tooDeep: "objects and arrays are nested deeper than \(JSONValue.deepestNesting); flatten them"
        case .badNumber: "a digit is missing in this number; write it like -12.5e3"
        case .badEscape:
            "unknown escape in a string; use \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four hex digits"
        case .loneSurrogate:
            "half of a surrogate pair stands alone; escape both halves or send the character itself"
        case .controlCharacter: "control character in a string; write it as an escape"
        case .badUTF8: "these bytes are not UTF-8; encode the text as UTF-8"
        }
    }
}
