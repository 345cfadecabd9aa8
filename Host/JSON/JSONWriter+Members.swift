/// A name and a value in one call.
extension JSONWriter {
    /// A member whose value is a string.
    public mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    /// A member whose value is a string, from its UTF-8, which is not checked.
    public mutating func member(_ name: String, utf8 value: Span<UInt8>) {
        key(name)
        string(utf8: value)
    }

    /// A member whose value is a string, from its UTF-8, which is not checked.
    public mutating func member(_ name: String, utf8 value: [UInt8]) {
        key(name)
        string(utf8: value)
    }

    /// A member whose value is a whole number.
    public mutating func member(_ name: String, _ value: Int) {
        key(name)
        integer(value)
    }

    /// A member whose value is a whole number.
    public mutating func member(_ name: String, _ value: Int64) {
        key(name)
        integer(value)
    }

    /// A member whose value is a number, written as `double` writes it.
    public mutating func member(_ name: String, _ value: Double) {
        key(name)
        double(value)
    }

    /// A member whose value is true or false.
    public mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// A member whose value is JSON already and is passed on byte for byte, unchecked.
    public mutating func member(_ name: String, raw value: Span<UInt8>) {
        key(name)
        raw(value)
    }

    /// A member whose value is JSON already and is passed on byte for byte, unchecked.
    public mutating func member(_ name: String, raw value: [UInt8]) {
        key(name)
        raw(value)
    }
}
