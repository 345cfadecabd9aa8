/// Writes JSON into a byte buffer of its own and puts the commas.
///
/// It does not check that objects and arrays are closed or that members have names. White space is never
/// written. Once the buffer has grown, writing allocates nothing.
public struct JSONWriter: Sendable {
    /// What is written so far.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// A writer with room for `capacity` bytes before it has to grow.
    public init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Forgets what is written, to begin another text.
    public mutating func removeAll(keepingCapacity: Bool = true) {
        bytes.removeAll(keepingCapacity: keepingCapacity)
        needsComma = false
    }

    /// Begins an object, as a value.
    public mutating func beginObject() {
        separate()
        bytes.append(Byte.openBrace)
        needsComma = false
    }

    /// Ends the object begun last.
    public mutating func endObject() {
        bytes.append(Byte.closeBrace)
        needsComma = true
    }

    /// Begins an array, as a value.
    public mutating func beginArray() {
        separate()
        bytes.append(Byte.openBracket)
        needsComma = false
    }

    /// Ends the array begun last.
    public mutating func endArray() {
        bytes.append(Byte.closeBracket)
        needsComma = true
    }

    /// The name of the member whose value comes next. A literal allocates nothing.
    public mutating func key(_ name: String) {
        key(utf8: name.utf8.span)
    }

    /// The name, in UTF-8, of the member whose value comes next.
    public mutating func key(utf8 name: Span<UInt8>) {
        separate()
        bytes.appendQuoted(name)
        bytes.append(Byte.colon)
        needsComma = false
    }

    /// A string.
    public mutating func string(_ text: String) {
        string(utf8: text.utf8.span)
    }

    /// A string from its UTF-8, which is not checked.
    public mutating func string(utf8 text: Span<UInt8>) {
        beginValue()
        bytes.appendQuoted(text)
    }

    /// A string from its UTF-8, which is not checked.
    public mutating func string(utf8 text: [UInt8]) {
        string(utf8: text.span)
    }

    /// True or false.
    public mutating func bool(_ value: Bool) {
        beginValue()
        appendASCII(value ? "true" : "false")
    }

    /// Null.
    public mutating func null() {
        beginValue()
        appendASCII("null")
    }

    /// A value that is JSON already and is passed on byte for byte, unchecked.
    public mutating func raw(_ value: Span<UInt8>) {
        beginValue()
        bytes.append(copying: value, 0..<value.count)
    }

    /// A value that is JSON already and is passed on byte for byte, unchecked.
    public mutating func raw(_ value: [UInt8]) {
        beginValue()
        bytes.append(contentsOf: value)
    }

    /// A whole number.
    public mutating func integer(_ value: Int64) {
        beginValue()
        if value < 0 { bytes.append(Byte.minus) }
        appendDigits(value.magnitude)
    }

    /// A whole number.
    public mutating func integer(_ value: Int) {
        integer(Int64(value))
    }

    /// The shortest digits that read back as `value`, always with a point or an exponent: `2.0`, `1e+16`.
    /// JSON has no infinity and no NaN: they are written as null.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        beginValue()
        appendASCII(value.description)
    }

    private mutating func separate() {
        if needsComma { bytes.append(Byte.comma) }
    }

    private mutating func beginValue() {
        separate()
        needsComma = true
    }

    private mutating func appendASCII(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func appendDigits(_ value: UInt64) {
        var digits = InlineArray<20, UInt8>(repeating: Byte.zero)
        var start = 20
        var rest = value
        repeat {
            start -= 1
            digits[start] += UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        for index in start..<20 { bytes.append(digits[index]) }
    }
}
