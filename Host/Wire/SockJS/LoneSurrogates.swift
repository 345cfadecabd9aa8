extension [UInt8] {
    /// Writes `\ufffd` for each `\u` escape of a JSON text that is half of a surrogate pair. In one pass, for
    /// hostile texts have many.
    mutating func replaceLoneSurrogates() {
        var offset = 0
        while offset < count {
            guard self[offset] == UInt8(ascii: "\\") else {
                offset += 1
                continue
            }
            guard let unit = codeUnit(at: offset), unit & 0xf800 == 0xd800 else {
                // What is escaped may be a backslash: it is passed over with it.
                offset += 2
                continue
            }
            if unit < 0xdc00, let low = codeUnit(at: offset + 6), low & 0xfc00 == 0xdc00 {
                offset += 12
            } else {
                replaceSubrange(offset + 2..<offset + 6, with: "fffd".utf8)
                offset += 6
            }
        }
    }

    /// The code unit of the `\uXXXX` that begins at `offset`, if one does.
    private func codeUnit(at offset: Int) -> UInt16? {
        guard offset + 6 <= count, self[offset] == UInt8(ascii: "\\"), self[offset + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt16 = 0
        for byte in self[offset + 2..<offset + 6] {
            guard let digit = Hexadecimal.value(byte) else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
