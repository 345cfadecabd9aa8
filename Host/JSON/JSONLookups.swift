/// What looking for several members by name brought, in the names' order. Kept in place, so that nothing is allocated.
public struct JSONLookups: Sendable {
    /// How many names may be looked up at once.
    public static let most = 8

    private var lookups = InlineArray<8, JSONLookup>(repeating: .absent)

    /// None has been found.
    public init() {}

    /// What became of the name of that index.
    public subscript(index: Int) -> JSONLookup { lookups[index] }

    mutating func meet(_ value: JSONValue, at index: Int) { lookups[index].meet(value) }
}
