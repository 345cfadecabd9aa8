import JSON

/// Reads the messages that a client sends. It keeps buffers between calls, and nothing else.
///
/// All messages of a frame or body are given, or none. A `\u` escape that is half of a surrogate pair becomes
/// U+FFFD, as in a browser's own WebSocket: JavaScript has such strings, UTF-8 has not.
package struct SockJSReader {
    private var mended: [UInt8] = []
    private var unescaped: [UInt8] = []

    /// A reader, which may serve many sessions one after the other.
    package init() {}

    /// Reads a WebSocket message: an array of strings, or a single one. An empty one has no messages.
    ///
    /// - Parameter body: gets each message, in UTF-8.
    package mutating func readFrame(_ bytes: Span<UInt8>, _ body: (Span<UInt8>) -> Void) throws(SockJSFailure)
    {
        guard !bytes.isEmpty else { return }
        try read(bytes, takesString: true, body)
    }

    /// Reads the body of an `xhr_send`: an array of strings, whatever its Content-Type says.
    package mutating func readBody(_ bytes: Span<UInt8>, _ body: (Span<UInt8>) -> Void) throws(SockJSFailure)
    {
        guard !bytes.isEmpty else { throw .payloadExpected }
        try read(bytes, takesString: false, body)
    }

    /// Reads the body of a `jsonp_send`: a form with the array in its field `d`, or the array itself.
    package mutating func readForm(
        _ bytes: Span<UInt8>,
        contentType: Span<UInt8>,
        _ body: (Span<UInt8>) -> Void
    ) throws(SockJSFailure) {
        guard Self.isForm(contentType) else { return try readBody(bytes, body) }
        guard let value = URLEncoding.first("d", bytes, 0..<bytes.count) else { throw .payloadExpected }
        try readBody(value.span, body)
    }

    private static func isForm(_ contentType: Span<UInt8>) -> Bool {
        let end = contentType.firstIndex(of: UInt8(ascii: ";"), in: contentType.indices) ?? contentType.count
        let type = "application/x-www-form-urlencoded".utf8.span
        return contentType.equals(contentType.trimmed(0..<end), type)
    }

    private mutating func read(
        _ bytes: Span<UInt8>,
        takesString: Bool,
        _ body: (Span<UInt8>) -> Void
    ) throws(SockJSFailure) {
        if let value = try Self.value(of: bytes) { return try give(value, of: bytes, takesString, body) }
        var text: [UInt8] = []
        swap(&text, &mended)
        text.removeAll(keepingCapacity: true)
        defer { swap(&text, &mended) }
        text.append(copying: bytes)
        text.replaceLoneSurrogates()
        guard let value = try Self.value(of: text.span) else { throw .brokenJSON }
        try give(value, of: text.span, takesString, body)
    }

    /// Nil: all that is wrong so far is half of a surrogate pair.
    private static func value(of bytes: Span<UInt8>) throws(SockJSFailure) -> JSONValue? {
        do throws(JSONError) {
            return try JSONValue.read(bytes)
        } catch {
            guard error.reason == .loneSurrogate else { throw .brokenJSON }
            return nil
        }
    }

    private mutating func give(
        _ value: JSONValue,
        of bytes: Span<UInt8>,
        _ takesString: Bool,
        _ body: (Span<UInt8>) -> Void
    ) throws(SockJSFailure) {
        if takesString, value.kind == .string { return give(string: value, of: bytes, body) }
        guard value.kind == .array else { throw .payloadExpected }
        var hasOnlyStrings = true
        value.forEachElement(in: bytes) { element in
            hasOnlyStrings = element.kind == .string
            return hasOnlyStrings
        }
        guard hasOnlyStrings else { throw .payloadExpected }
        value.forEachElement(in: bytes) { element in
            give(string: element, of: bytes, body)
            return true
        }
    }

    private mutating func give(
        string: JSONValue,
        of bytes: Span<UInt8>,
        _ body: (Span<UInt8>) -> Void
    ) {
        let inside = string.range.lowerBound + 1..<string.range.upperBound - 1
        guard bytes.firstIndex(of: UInt8(ascii: "\\"), in: inside) != nil else {
            return body(bytes.extracting(inside))
        }
        unescaped.removeAll(keepingCapacity: true)
        _ = string.appendUnescaped(in: bytes, to: &unescaped)
        body(unescaped.span)
    }
}
