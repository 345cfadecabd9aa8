extension JSONValue {
    /// The string unescaped, or nil when this is no string.
    public func string(in bytes: Span<UInt8>) -> String? {
        var buffer: [UInt8] = []
        return appendUnescaped(in: bytes, to: &buffer) ? String(decoding: buffer, as: UTF8.self) : nil
    }

    /// Appends the string unescaped, in UTF-8. False when this is no string; `buffer` is then unchanged.
    public func appendUnescaped(in bytes: Span<UInt8>, to buffer: inout [UInt8]) -> Bool {
        guard let text = escapedText else { return false }
        text.append(in: bytes, to: &buffer)
        return true
    }

    /// Whether this is a string that unescaped is `text` in UTF-8. Allocates nothing.
    public func equals(_ text: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        escapedText?.equals(text, in: bytes) ?? false
    }

    /// Whether this is a string that unescaped is `text`, byte for byte. Allocates nothing.
    public func equals(_ text: String, in bytes: Span<UInt8>) -> Bool {
        equals(text.utf8.span, in: bytes)
    }

    /// Whether this is a string that unescaped is `text` in UTF-8. Allocates nothing.
    public func equals(_ text: [UInt8], in bytes: Span<UInt8>) -> Bool {
        equals(text.span, in: bytes)
    }

    private var escapedText: EscapedText? {
        guard kind == .string else { return nil }
        return EscapedText(from: range.lowerBound + 1, to: range.upperBound - 1)
    }
}
