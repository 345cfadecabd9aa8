/// One complete message from a client. It may be kept.
public struct Message: Sendable {
    /// All of it.
    public let bytes: [UInt8]
    /// Whether it was sent as text; otherwise as binary.
    public let isText: Bool
    private let isValidated: Bool  // as JSON, by the host
    private let typePart: Range<Int>
    private let payloadPart: Range<Int>
    private let apart: [UInt8]?  // type and payload, where they do not both stand in `bytes`

    /// - Parameter apart: what `type` and `payload` are parts of; nil: of the message's bytes.
    init(
        bytes: [UInt8],
        isText: Bool,
        isValidated: Bool,
        type: Range<Int>,
        payload: Range<Int>,
        apart: [UInt8]? = nil
    ) {
        self.bytes = bytes
        self.isText = isText
        self.isValidated = isValidated
        typePart = type
        payloadPart = payload
        self.apart = apart
    }

    /// What the endpoint's grammar found; empty where it has no types.
    public var type: ArraySlice<UInt8> { (apart ?? bytes)[typePart] }

    /// The JSON grammar's payload member as written; with other grammars what follows the type.
    public var payload: ArraySlice<UInt8> { (apart ?? bytes)[payloadPart] }

    /// The message's members; without any when it is no JSON object.
    public var members: Fields { isValidated ? Fields(validated: bytes) : Fields(bytes) }

    /// The payload's members; without any when it is no JSON object.
    public var fields: Fields { Fields(apart ?? bytes, payloadPart) }
}
