extension HeadFields {
    /// Gives each cookie of the request to `body` as ranges, in the order in which it came. RFC 6265 §4.2.
    ///
    /// Values are what stands there, quotes too; many clients send bytes that the grammar does not have, so
    /// only a name must be a token. What is no pair is passed over.
    package func forEachCookie(_ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void) {
        forEach("Cookie") { field in
            var start = field.lowerBound
            while start < field.upperBound {
                let rest = start..<field.upperBound
                let end = bytes.span.firstIndex(of: UInt8(ascii: ";"), in: rest) ?? field.upperBound
                let pair = bytes.span.trimmed(start..<end)
                start = end + 1
                guard let equals = bytes.span.firstIndex(of: UInt8(ascii: "="), in: pair) else { continue }
                let name = pair.lowerBound..<equals
                if bytes.span.consists(name, of: Grammar.isToken) { body(name, equals + 1..<pair.upperBound) }
            }
        }
    }

    /// The value of the first cookie of that name, exactly: a client sends the one with the longest path
    /// first. RFC 6265 §5.4.
    package func cookie(_ name: String) -> Range<Int>? {
        var found: Range<Int>?
        forEachCookie { candidate, value in
            if found == nil, bytes.span.isExactly(candidate, name.utf8.span) { found = value }
        }
        return found
    }
}
