/// One complete message from a client. It may be kept.
public struct Message: Sendable {
    /// All of it.
    public let bytes: [UInt8]
    /// Whether it was sent as text; otherwise as binary.
    public let isText: Bool
    /// What the endpoint's grammar found; empty where it has no types.
    public let type: [UInt8]
    private let source: [UInt8]
    private let range: Range<Int>
    private let isValidated: Bool  // as JSON, by the host

    init(
        bytes: [UInt8],
        isText: Bool,
        isValidated: Bool,
        type: [UInt8],
        payloadIn source: [UInt8],
        _ range: Range<Int>
    ) {
        self.bytes = bytes
        self.isText = isText
        self.isValidated = isValidated
        self.type = type
        self.source = source
        self.range = range
    }

    /// The JSON grammar's payload member as written; with other grammars what follows the type.
    public var payload: ArraySlice<UInt8> { source[range] }

    /// The message's members; without any when it is no JSON object.
    public var members: Fields { isValidated ? Fields(validated: bytes) : Fields(bytes) }

    /// The payload's members; without any when it is no JSON object.
    public var fields: Fields { Fields(source, range) }
}
