extension Span<UInt8> {
    /// Whether the bytes of the range are this ASCII text, upper and lower case being the same.
    func equals(_ range: Range<Int>, _ text: Span<UInt8>) -> Bool {
        guard range.count == text.count else { return false }
        for offset in text.indices
        where Grammar.lowercased(self[range.lowerBound + offset]) != Grammar.lowercased(text[offset]) {
            return false
        }
        return true
    }

    /// Whether the bytes of the range are exactly this text.
    func isExactly(_ range: Range<Int>, _ text: Span<UInt8>) -> Bool {
        guard range.count == text.count else { return false }
        for offset in text.indices where self[range.lowerBound + offset] != text[offset] { return false }
        return true
    }

    /// The range without the spaces and tabs at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound, end = range.upperBound
        while start < end, isBlank(self[start]) { start += 1 }
        while end > start, isBlank(self[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Whether there are bytes in the range, all of them of the set.
    func consists(_ range: Range<Int>, of isMember: (UInt8) -> Bool) -> Bool {
        for offset in range where !isMember(self[offset]) { return false }
        return !range.isEmpty
    }

    /// Whether the range is a host, in brackets where it has colons of its own, with an optional port. The
    /// digits of an address are not looked at. RFC 3986 §3.2.2, §3.2.3; an empty host: RFC 9110 §4.2.1.
    func isHost(_ range: Range<Int>) -> Bool {
        guard consists(range, of: Grammar.isHost) else { return false }
        var colon = firstIndex(of: UInt8(ascii: ":"), in: range)
        var host = range.lowerBound..<(colon ?? range.upperBound)
        if self[range.lowerBound] == UInt8(ascii: "[") {
            guard let end = firstIndex(of: UInt8(ascii: "]"), in: range) else { return false }
            host = range.lowerBound + 1..<end
            colon = end + 1 < range.upperBound ? end + 1 : nil
        }
        guard consists(host, of: { $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]") }) else { return false }
        guard let colon else { return true }
        for offset in colon + 1..<range.upperBound where self[offset] < 0x30 || self[offset] > 0x39 {
            return false
        }
        return self[colon] == UInt8(ascii: ":")
    }

    /// The first offset of the byte in the range.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        for offset in range where self[offset] == byte { return offset }
        return nil
    }
}

extension [UInt8] {
    /// Takes the next member off a comma-separated list; empty ones are passed over. RFC 9110 §5.6.1.
    func nextMember(of rest: inout Range<Int>) -> Range<Int>? {
        while !rest.isEmpty {
            let end = span.firstIndex(of: UInt8(ascii: ","), in: rest) ?? rest.upperBound
            let member = span.trimmed(rest.lowerBound..<end)
            rest = Swift.min(end + 1, rest.upperBound)..<rest.upperBound
            if !member.isEmpty { return member }
        }
        return nil
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
