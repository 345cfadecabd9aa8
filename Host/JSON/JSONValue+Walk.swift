extension JSONValue {
    /// Looks a member up by its unescaped name in UTF-8; absent when this is no object.
    public func member(_ name: Span<UInt8>, in bytes: Span<UInt8>) -> JSONLookup {
        var lookup = JSONLookup.absent
        forEachMember(in: bytes) { candidate, value in
            if candidate.equals(name, in: bytes) { lookup.meet(value) }
            return lookup != .repeated
        }
        return lookup
    }

    /// Looks a member up by its unescaped name; absent when this is no object.
    public func member(_ name: String, in bytes: Span<UInt8>) -> JSONLookup {
        member(name.utf8.span, in: bytes)
    }

    /// Looks a member up by its unescaped name in UTF-8; absent when this is no object.
    public func member(_ name: [UInt8], in bytes: Span<UInt8>) -> JSONLookup {
        member(name.span, in: bytes)
    }

    /// Looks several members up by their unescaped names in UTF-8, in one pass; absent when this is no object.
    ///
    /// - Parameter names: at most `JSONLookups.most`.
    public func members(_ names: [[UInt8]], in bytes: Span<UInt8>) -> JSONLookups {
        precondition(names.count <= JSONLookups.most, "too many names at once")
        var lookups = JSONLookups()
        forEachMember(in: bytes) { candidate, value in
            let inside = candidate.range.lowerBound + 1..<candidate.range.upperBound - 1
            let isPlain = bytes.endOfPiece(from: inside.lowerBound) == inside.upperBound
            for index in names.indices where !isPlain || names[index].count == inside.count {
                if candidate.equals(names[index], in: bytes) { lookups.meet(value, at: index) }
            }
            return true
        }
        return lookups
    }

    /// Calls `body` with each member's name (a string) and value in the text's order until it answers false.
    /// Does nothing when this is no object.
    public func forEachMember(
        in bytes: Span<UInt8>,
        _ body: (_ name: JSONValue, _ value: JSONValue) -> Bool
    ) {
        guard kind == .object else { return }
        var position = range.lowerBound + 1
        while let name = JSONValue.next(from: &position, in: bytes),
            let value = JSONValue.next(from: &position, in: bytes)
        {
            guard body(name, value) else { return }
        }
    }

    /// Calls `body` with each element in order until it answers false. Does nothing when this is no array.
    public func forEachElement(in bytes: Span<UInt8>, _ body: (_ element: JSONValue) -> Bool) {
        guard kind == .array else { return }
        var position = range.lowerBound + 1
        while let element = JSONValue.next(from: &position, in: bytes) {
            guard body(element) else { return }
        }
    }

    /// The name, value or element that follows, or nil where the object or array closes.
    @inline(__always)
    private static func next(from position: inout Int, in bytes: Span<UInt8>) -> JSONValue? {
        // The text is valid, so separators can be skipped like white space.
        while Byte.isSpace(bytes[position]) || bytes[position] == Byte.comma || bytes[position] == Byte.colon
        {
            position += 1
        }
        let start = position
        switch bytes[position] {
        case Byte.closeBrace, Byte.closeBracket: return nil
        case Byte.quote: skipString(from: &position, in: bytes)
        case Byte.openBrace, Byte.openBracket: skipNested(from: &position, in: bytes)
        default: skipScalar(from: &position, in: bytes)
        }
        return JSONValue(in: bytes, start, position)
    }

    @inline(__always)
    private static func skipString(from position: inout Int, in bytes: Span<UInt8>) {
        var index = position + 1
        while true {
            index = bytes.endOfPiece(from: index)
            guard bytes[index] == Byte.backslash else { break }
            index &+= 2
        }
        position = index + 1
    }

    private static func skipNested(from position: inout Int, in bytes: Span<UInt8>) {
        var depth = 0
        repeat {
            switch bytes[position] {
            case Byte.quote:
                skipString(from: &position, in: bytes)
                continue
            case Byte.openBrace, Byte.openBracket: depth += 1
            case Byte.closeBrace, Byte.closeBracket: depth -= 1
            default: break
            }
            position += 1
        } while depth > 0
    }

    /// Numbers and literals inside an object or array: up to what may follow them.
    private static func skipScalar(from position: inout Int, in bytes: Span<UInt8>) {
        while true {
            switch bytes[position] {
            case Byte.comma, Byte.closeBrace, Byte.closeBracket: return
            case let byte where Byte.isSpace(byte): return
            default: position += 1
            }
        }
    }
}
