/// An expected text that is no JSON: `…` stands for any bytes, `$NAME` for one or more.
///
/// What a name stood for before must stand there again; what it stands for the first time is as short as the rest of
/// the text lets it be.
struct TranscriptText {
    private enum Part: Equatable {
        case bytes([UInt8])
        case anything
        case capture(String)
    }

    private let parts: [Part]

    init(_ text: String) {
        var parts: [Part] = []
        var plain: [UInt8] = []
        func endPlain() {
            if !plain.isEmpty { parts.append(.bytes(plain)) }
            plain = []
        }
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            let name = rest.prefix { Character($0).isCaptureName }
            if scalar == "…" {
                endPlain()
                parts.append(.anything)
            } else if scalar == "$", let first = name.first, !Character(first).isNumber {
                endPlain()
                parts.append(.capture(String(name)))
                rest = rest.dropFirst(name.count)
            } else {
                plain += Array(String(scalar).utf8)
            }
        }
        endPlain()
        self.parts = parts
    }

    /// Whether `text` is as expected; `captures` then gains what names stood for, and otherwise stays as it was.
    func matches(_ text: [UInt8], captures: inout [String: String]) -> Bool {
        guard let found = match(parts[...], text[...], captures) else { return false }
        captures = found
        return true
    }

    private func match(
        _ parts: ArraySlice<Part>,
        _ text: ArraySlice<UInt8>,
        _ captures: [String: String]
    ) -> [String: String]? {
        guard let part = parts.first else { return text.isEmpty ? captures : nil }
        let others = parts.dropFirst()
        switch part {
        case .bytes(let bytes):
            return text.starts(with: bytes) ? match(others, text.dropFirst(bytes.count), captures) : nil
        case .capture(let name):
            if let value = captures[name].map({ Array($0.utf8) }) {
                return text.starts(with: value) ? match(others, text.dropFirst(value.count), captures) : nil
            }
            return firstMatch(others, text, from: 1) { bytes in
                var captures = captures
                captures[name] = String(decoding: bytes, as: UTF8.self)
                return captures
            }
        case .anything:
            return firstMatch(others, text, from: 0) { _ in captures }
        }
    }

    /// The shortest beginning of `text` after which `others` match.
    private func firstMatch(
        _ others: ArraySlice<Part>,
        _ text: ArraySlice<UInt8>,
        from shortest: Int,
        _ captures: (ArraySlice<UInt8>) -> [String: String]
    ) -> [String: String]? {
        guard text.count >= shortest else { return nil }
        for count in shortest...text.count {
            if let found = match(others, text.dropFirst(count), captures(text.prefix(count))) { return found }
        }
        return nil
    }
}
