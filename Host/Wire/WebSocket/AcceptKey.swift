internal import Crypto

/// The 24 characters of Sec-WebSocket-Key, and the answer to them. RFC 6455 §4.1, §4.2.2.
struct AcceptKey {
    private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The key and the suffix: what is hashed.
    private var text = InlineArray<60, UInt8>(repeating: 0)

    /// Nil: the range is not the base64 of 16 bytes.
    init?(_ bytes: Span<UInt8>, _ key: Range<Int>) {
        let padding = UInt8(ascii: "=")
        guard key.count == 24, bytes[key.upperBound - 1] == padding, bytes[key.upperBound - 2] == padding,
            bytes.consists(key.lowerBound..<key.upperBound - 2, of: Base64.isDigit)
        else { return nil }
        for offset in 0..<24 { text[offset] = bytes[key.lowerBound + offset] }
        let suffix = Self.suffix.utf8.span
        for offset in suffix.indices { text[24 + offset] = suffix[offset] }
    }

    /// Appends the 28 characters of Sec-WebSocket-Accept.
    func appendAnswer(to buffer: inout [UInt8]) {
        Base64.append(Digest.sha1Inline(text.span).span, to: &buffer)
    }
}
