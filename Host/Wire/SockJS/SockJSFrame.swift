/// Appends what a session's client reads: `o`, `h`, `a[…]`, `c[…]`, without what a transport puts around it.
package enum SockJSFrame {
    /// Appends `a["…"]`: one message, which must be UTF-8.
    package static func appendMessage(_ message: Span<UInt8>, to buffer: inout [UInt8]) {
        buffer.append(copying: "a[".utf8.span)
        appendQuoted(message, to: &buffer)
        buffer.append(UInt8(ascii: "]"))
    }

    /// Appends `c[3000,"Go away!"]`.
    package static func appendClose(_ code: UInt16, reason: String, to buffer: inout [UInt8]) {
        buffer.append(copying: "c[".utf8.span)
        buffer.append(copying: String(code).utf8.span)
        buffer.append(UInt8(ascii: ","))
        appendQuoted(reason.utf8.span, to: &buffer)
        buffer.append(UInt8(ascii: "]"))
    }

    /// Appends a text, which must be UTF-8, as a JSON string.
    ///
    /// Besides what JSON wants escaped, `\uXXXX` stands for U+200C–U+200F, U+2028–U+202F, U+2060–U+206F and
    /// U+FFF0–U+FFFF, which browsers lose or change on some transports. Lone surrogates cannot be in UTF-8.
    package static func appendQuoted(_ text: Span<UInt8>, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\""))
        var offset = 0
        while true {
            buffer.appendVerbatim(text, from: &offset)
            guard offset < text.count, let unit = escaped(text, at: offset) else { break }
            appendEscape(unit, to: &buffer)
            offset += unit < 0x80 ? 1 : 3
        }
        buffer.append(UInt8(ascii: "\""))
    }

    /// The character at `offset`, if it must be escaped; `"` and `\` aside.
    static func escaped(_ text: Span<UInt8>, at offset: Int) -> UInt16? {
        let first = text[offset]
        if first < 0x20 { return UInt16(first) }
        guard first == 0xe2 || first == 0xef, offset + 2 < text.count else { return nil }
        let unit =
            UInt16(first & 0x0f) << 12 | UInt16(text[offset + 1] & 0x3f) << 6
            | UInt16(text[offset + 2] & 0x3f)
        return switch unit {
        case 0x200c...0x200f, 0x2028...0x202f, 0x2060...0x206f, 0xfff0...0xffff: unit
        default: nil
        }
    }

    private static func appendEscape(_ unit: UInt16, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\\"))
        switch unit {
        case 0x08: buffer.append(UInt8(ascii: "b"))
        case 0x09: buffer.append(UInt8(ascii: "t"))
        case 0x0a: buffer.append(UInt8(ascii: "n"))
        case 0x0c: buffer.append(UInt8(ascii: "f"))
        case 0x0d: buffer.append(UInt8(ascii: "r"))
        default: appendCodeUnit(unit, to: &buffer)
        }
    }

    /// Appends `uXXXX` with small letters, as the protocol's own tests compare it.
    private static func appendCodeUnit(_ unit: UInt16, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "u"))
        for shift in stride(from: 12, through: 0, by: -4) {
            let digit = UInt8(unit >> UInt16(shift) & 0xf)
            buffer.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}
