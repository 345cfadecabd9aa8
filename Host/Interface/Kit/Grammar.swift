import PatchbayABI

/// How an endpoint's messages are read.
public enum Grammar: Sendable {
    /// No types: every message goes to the handler of the empty type.
    case raw
    /// A JSON object. Its type is the string member `type`; `payload`, unless empty, names a member that must
    /// be there as an object.
    case json(type: String, payload: String = "")
    /// Text whose type stands before the first such byte, or is all of it.
    case delimiter(UInt8)

    var kind: UInt32 {
        switch self {
        case .raw: PB_GRAMMAR_RAW.rawValue
        case .json: PB_GRAMMAR_JSON.rawValue
        case .delimiter: PB_GRAMMAR_DELIMITER.rawValue
        }
    }
}

/// What the host sees to before it hands a message of a type over.
public struct MessageFlags: OptionSet, Sendable {
    /// The flags as the ABI has them.
    public let rawValue: UInt32

    /// Flags from the ABI's bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The login itself: it passes `loginFirst`.
    public static let login = MessageFlags(rawValue: PB_LOGIN.rawValue)
    /// Refused before the connection is accepted, or let in as a guest.
    public static let needsLogin = MessageFlags(rawValue: PB_NEEDS_LOGIN.rawValue)
    /// Refused for guests too.
    public static let needsPrincipal = MessageFlags(rawValue: PB_NEEDS_PRINCIPAL.rawValue)
    /// Counts for the operator's `limit rate`; over it the message is refused.
    public static let counted = MessageFlags(rawValue: PB_COUNTED.rawValue)
    /// Counts for the operator's `limit queries`; over it the message waits, and all that come after it.
    public static let paced = MessageFlags(rawValue: PB_PACED.rawValue)
}

/// Why the host did not hand a message over, or took back what came of it.
public enum Refusal: UInt32, Sendable {
    /// Longer than its maximum.
    case size = 1
    /// More than `limit rate`.
    case rate = 2
    /// Needs a login, or a principal.
    case login = 3
    /// It was handled, but could not be stored: nothing of it is in force.
    case store = 4
}
