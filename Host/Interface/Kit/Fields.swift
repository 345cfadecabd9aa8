public import JSON

/// The members of a JSON object, looked up by name. Allocates nothing.
public struct Fields: Sendable {
    private let bytes: [UInt8]
    private let start: Int  // the object's ranges count from here
    private let end: Int
    private let object: JSONValue?

    /// The object that stands in `range` of `bytes`.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        start = range.lowerBound
        end = range.upperBound
        object = try? JSONValue.read(bytes.span.extracting(range))
    }

    /// The members of a JSON text that the host has validated.
    init(validated bytes: [UInt8]) {
        self.bytes = bytes
        start = 0
        end = bytes.count
        object = JSONValue(validated: bytes.span)
    }

    /// The members of a JSON text; none when `text` is no JSON object.
    public init(_ text: [UInt8]) {
        self.init(text, 0..<text.count)
    }

    init(_ bytes: [UInt8], _ start: Int, _ end: Int, _ object: JSONValue) {
        self.bytes = bytes
        self.start = start
        self.end = end
        self.object = object
    }

    /// The members' names, unescaped, in the text's order; one that stands twice is there twice.
    public var names: [[UInt8]] {
        let text = bytes.span.extracting(start..<end)
        var names: [[UInt8]] = []
        object?.forEachMember(in: text) { name, _ in
            var unescaped: [UInt8] = []
            _ = name.appendUnescaped(in: text, to: &unescaped)
            names.append(unescaped)
            return true
        }
        return names
    }

    /// The members of those names, unescaped and in UTF-8, found in one pass; at most eight.
    public subscript(names: [[UInt8]]) -> FoundFields {
        let found = object?.members(names, in: bytes.span.extracting(start..<end))
        return FoundFields(bytes, start, end, found ?? JSONLookups(), count: names.count)
    }

    /// The member of that name, unescaped.
    public subscript(name: String) -> Field {
        let found = object?.member(name, in: bytes.span.extracting(start..<end)) ?? .absent
        return Field(bytes, start, end, found)
    }
}

/// Members that were looked up together, in the order of their names.
public struct FoundFields: RandomAccessCollection, Sendable {
    private let bytes: [UInt8]
    private let start: Int
    private let end: Int
    private let lookups: JSONLookups
    /// How many were looked up.
    public let count: Int

    init(_ bytes: [UInt8], _ start: Int, _ end: Int, _ lookups: JSONLookups, count: Int) {
        self.bytes = bytes
        self.start = start
        self.end = end
        self.lookups = lookups
        self.count = count
    }

    /// The first name's.
    public var startIndex: Int { 0 }
    /// Behind the last name's.
    public var endIndex: Int { count }

    /// The member of the name of that index.
    public subscript(index: Int) -> Field {
        precondition(index < count, "fewer names were looked up")
        return Field(bytes, start, end, lookups[index])
    }
}

/// A member of an object, or an element of an array: a value, nothing, or a name that stands there twice.
public struct Field: Sendable {
    private let bytes: [UInt8]
    private let start: Int
    private let end: Int
    private let lookup: JSONLookup

    init(_ bytes: [UInt8], _ start: Int, _ end: Int, _ lookup: JSONLookup) {
        self.bytes = bytes
        self.start = start
        self.end = end
        self.lookup = lookup
    }

    /// The value that a JSON text is, of any kind; none when it is no JSON.
    public init(json text: [UInt8]) {
        let value = try? JSONValue.read(text.span)
        self.init(text, 0, text.count, value.map { .found($0) } ?? .absent)
    }

    /// No member has the name.
    public var isAbsent: Bool { lookup == .absent }
    /// The name stands twice or more, so that none of its values counts.
    public var isRepeated: Bool { lookup == .repeated }
    /// What kind of value was found; nil when none was.
    public var kind: JSONValue.Kind? { lookup.value?.kind }

    /// The string unescaped; nil for anything else.
    public var string: String? { reading { $0.string(in: $1) } }
    /// The string unescaped, in UTF-8; nil for anything else.
    public var text: [UInt8]? {
        var text: [UInt8] = []
        return append(to: &text) ? text : nil
    }
    /// A number without fraction and exponent; nil for anything else.
    public var integer: Int64? { reading { $0.integer(in: $1) } }
    /// A number; nil for anything else.
    public var number: Double? { reading { $0.number(in: $1) } }
    /// True or false; nil for anything else.
    public var bool: Bool? { reading { $0.bool(in: $1) } }
    /// An object's members; nil for anything else.
    public var fields: Fields? {
        guard let value = lookup.value, value.kind == .object else { return nil }
        return Fields(bytes, start, end, value)
    }
    /// The value as written; empty when there is none.
    public var raw: ArraySlice<UInt8> {
        guard let range = lookup.value?.range else { return [] }
        return bytes[start + range.lowerBound..<start + range.upperBound]
    }

    /// Appends the string unescaped, in UTF-8. False for anything else.
    public func append(to buffer: inout [UInt8]) -> Bool {
        lookup.value?.appendUnescaped(in: bytes.span.extracting(start..<end), to: &buffer) ?? false
    }

    /// Whether it is a string that unescaped is `text`. Allocates nothing.
    public func equals(_ text: String) -> Bool {
        reading { $0.equals(text, in: $1) } ?? false
    }

    /// Whether it is a string that unescaped is `text` in UTF-8. Allocates nothing.
    public func equals(_ text: [UInt8]) -> Bool {
        reading { $0.equals(text, in: $1) } ?? false
    }

    /// An array's elements, in order; nil for anything else.
    public var elements: [Field]? {
        guard kind == .array else { return nil }
        var elements: [Field] = []
        reading { value, span in
            value.forEachElement(in: span) { element in
                elements.append(Field(bytes, start, end, .found(element)))
                return true
            }
        }
        return elements
    }

    @discardableResult
    private func reading<Result>(_ body: (JSONValue, Span<UInt8>) -> Result?) -> Result? {
        guard let value = lookup.value else { return nil }
        return body(value, bytes.span.extracting(start..<end))
    }
}
