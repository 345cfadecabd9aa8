/// What paths, queries and forms are written in. RFC 3986 §2.1; WHATWG URL §5.1.
package enum URLEncoding {
    /// The bytes that a part of a path stands for. The result may have any bytes, `/` and NUL among them.
    ///
    /// - Returns: nil where a `%` is not followed by two digits.
    package static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
        decode(bytes, range, isForm: false)
    }

    /// Gives each name and value of a query or of a body of application/x-www-form-urlencoded to `body`, in
    /// order, decoded. As in browsers: `+` is a space, a `%` without two digits stands for itself, and a name
    /// without `=` has an empty value.
    package static func forEachPair(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        _ body: (_ name: [UInt8], _ value: [UInt8]) -> Void
    ) {
        var start = range.lowerBound
        while start < range.upperBound {
            let rest = start..<range.upperBound
            let pair = start..<(bytes.firstIndex(of: UInt8(ascii: "&"), in: rest) ?? range.upperBound)
            start = pair.upperBound + 1
            guard !pair.isEmpty else { continue }
            let equals = bytes.firstIndex(of: UInt8(ascii: "="), in: pair) ?? pair.upperBound
            let value = min(equals + 1, pair.upperBound)..<pair.upperBound
            body(
                decode(bytes, pair.lowerBound..<equals, isForm: true) ?? [],
                decode(bytes, value, isForm: true) ?? []
            )
        }
    }

    /// The value of the first pair of that name.
    package static func first(_ name: String, _ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
        let wanted = Array(name.utf8)
        var found: [UInt8]?
        forEachPair(bytes, range) { name, value in
            if found == nil, name == wanted { found = value }
        }
        return found
    }

    private static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>, isForm: Bool) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "%") {
                if offset + 2 < range.upperBound, let high = Hexadecimal.value(bytes[offset + 1]),
                    let low = Hexadecimal.value(bytes[offset + 2])
                {
                    decoded.append(high << 4 | low)
                    offset += 3
                    continue
                }
                guard isForm else { return nil }
            }
            decoded.append(isForm && byte == UInt8(ascii: "+") ? 0x20 : byte)
            offset += 1
        }
        return decoded
    }
}
