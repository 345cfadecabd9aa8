/// A whole text validated, with up to two members of its outermost object found in the same pass.
///
/// For dispatch: the member that names a message's type and the one that carries its payload.
public struct JSONEnvelope: Equatable, Sendable {
    /// The text's value.
    public var root: JSONValue
    /// The member called `first`; absent when the value is no object or the name was empty.
    public var first: JSONLookup
    /// The member called `second`; absent when the value is no object or the name was empty.
    public var second: JSONLookup

    /// Validates like `JSONValue.read` and looks two members up by their unescaped names.
    ///
    /// - Parameters:
    ///   - first: a name in UTF-8; an empty one is not looked for.
    ///   - second: the same; it may equal `first`.
    public static func read(
        _ bytes: Span<UInt8>,
        first: [UInt8],
        second: [UInt8]
    ) throws(JSONError) -> JSONEnvelope {
        var parser = JSONParser(first: first, second: second)
        return try parser.parse(bytes)
    }
}
