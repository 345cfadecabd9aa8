/// What looking for an object's member by name brought.
public enum JSONLookup: Equatable, Sendable {
    /// No member has the name, or the value is no object.
    case absent
    /// One member has the name: its value.
    case found(JSONValue)
    /// The name stands twice or more. RFC 8259 §4 leaves open which counts, so none does.
    case repeated

    /// The value found, or nil.
    public var value: JSONValue? {
        if case .found(let value) = self { value } else { nil }
    }

    /// Counts one more member of the name.
    mutating func meet(_ value: JSONValue) {
        self = self == .absent ? .found(value) : .repeated
    }
}
