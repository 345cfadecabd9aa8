/// One cookie of a request's header `Cookie`. RFC 6265 §4.2.1, and what clients in the field write beyond it.
struct Cookie: Equatable {
    let name: ArraySlice<UInt8>
    /// Without the quotes around it, and with the escapes inside them undone.
    let value: [UInt8]

    /// All of a header, in order. What has no `=` is passed over.
    static func all(in header: [UInt8]) -> [Cookie] {
        var cookies: [Cookie] = []
        var rest = header[...]
        // Where one value's quotes do not end, no later one's do: it is looked for once, however many begin.
        var mayEnd = true
        while !rest.isEmpty {
            rest = rest.drop { isSpace($0) || $0 == UInt8(ascii: ";") }
            let name = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
            rest = rest[name.endIndex...]
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst().drop(while: isSpace)
            let end = mayEnd ? quotedEnd(rest) : nil
            if end == nil, rest.first == quote { mayEnd = false }
            let written = rest[..<(end ?? rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex)]
            rest = rest[written.endIndex...]
            let value = end == nil ? Array(trimmed(written)) : unescaped(written.dropFirst().dropLast())
            cookies.append(Cookie(name: trimmed(name), value: value))
        }
        return cookies
    }

    /// Where a value in quotes ends: at a quote that nothing but the next cookie follows. Quotes inside it that are not
    /// escaped, as of JSON, do not end it. Nil: it is not in quotes.
    private static func quotedEnd(_ text: ArraySlice<UInt8>) -> Int? {
        guard text.first == quote else { return nil }
        var index = text.startIndex + 1
        while index < text.endIndex {
            if text[index] == backslash {
                index += 1
            } else if text[index] == quote {
                let next = text[(index + 1)...].first { !isSpace($0) }
                if next == nil || next == UInt8(ascii: ";") { return index + 1 }
            }
            index += 1
        }
        return nil
    }

    /// `\"` is a quote, `\054` the byte of that octal number: as Python's http.cookies writes them. It knows nothing of
    /// UTF-8, so where the bytes are none, the numbers are characters.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let bytes = unescaped(text) { [$0] }
        guard String(validating: bytes, as: UTF8.self) == nil else { return bytes }
        return unescaped(text) { Array(String(Unicode.Scalar($0)).utf8) }
    }

    private static func unescaped(_ text: ArraySlice<UInt8>, _ character: (UInt8) -> [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == backslash, index + 1 < text.endIndex else {
                bytes.append(text[index])
                index += 1
                continue
            }
            if let number = octal(text[(index + 1)...].prefix(3)) {
                bytes += character(number)
                index += 4
            } else {
                bytes.append(text[index + 1])
                index += 2
            }
        }
        return bytes
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 3 else { return nil }
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value * 8 + Int(digit - UInt8(ascii: "0"))
        }
        return UInt8(exactly: value)
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
}
