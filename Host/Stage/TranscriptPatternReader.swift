import JSON

/// Reads expected JSON. What it cannot read is text, not an error.
struct TranscriptPatternReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func read() -> TranscriptPattern? {
        guard let pattern = value() else { return nil }
        skipSpace()
        return position == bytes.count ? pattern : nil
    }

    private mutating func value() -> TranscriptPattern? {
        skipSpace()
        let start = position
        guard let shape = shape() else { return nil }
        return TranscriptPattern(shape: shape, text: text(from: start))
    }

    private mutating func shape() -> TranscriptPattern.Shape? {
        if skip(TranscriptWildcard.ellipsis) { return .anything }
        switch position < bytes.count ? bytes[position] : 0 {
        case UInt8(ascii: "{"): return nested { $0.object() }
        case UInt8(ascii: "["): return nested { $0.array() }
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "$"): return capture()
        default: return scalar()
        }
    }

    private mutating func nested(
        _ body: (inout TranscriptPatternReader) -> TranscriptPattern.Shape?
    ) -> TranscriptPattern.Shape? {
        guard depth < JSONValue.deepestNesting else { return nil }
        depth += 1
        position += 1
        defer { depth -= 1 }
        return body(&self)
    }

    private mutating func object() -> TranscriptPattern.Shape? {
        var members: [TranscriptPattern.Member] = []
        var isOpen = false
        let isRead = list(until: UInt8(ascii: "}")) { reader in
            if reader.skip(TranscriptWildcard.ellipsis) {
                isOpen = true
                return true
            }
            guard let member = reader.member() else { return false }
            members.append(member)
            return true
        }
        return isRead ? .object(members, isOpen: isOpen) : nil
    }

    private mutating func member() -> TranscriptPattern.Member? {
        guard let name = name() else { return nil }
        skipSpace()
        guard skip([UInt8(ascii: ":")]), let value = value() else { return nil }
        return TranscriptPattern.Member(name: name, value: value)
    }

    private mutating func name() -> TranscriptPattern.Name? {
        let start = position
        guard position < bytes.count, bytes[position] == UInt8(ascii: "$") else {
            guard string() != nil else { return nil }
            return unescaped(start + 1..<position - 1).map { .text($0) }
        }
        guard case .capture(let name) = capture() else { return nil }
        return .capture(name)
    }

    private mutating func array() -> TranscriptPattern.Shape? {
        var elements: [TranscriptPattern] = []
        let isRead = list(until: UInt8(ascii: "]")) { reader in
            guard let element = reader.value() else { return false }
            elements.append(element)
            return true
        }
        guard isRead else { return nil }
        guard elements.last?.shape == .anything else { return .array(elements, isOpen: false) }
        return .array(elements.dropLast(), isOpen: true)
    }

    /// Reads what stands between commas up to `close`, which may come at once.
    private mutating func list(
        until close: UInt8,
        _ item: (inout TranscriptPatternReader) -> Bool
    ) -> Bool {
        skipSpace()
        guard !skip([close]) else { return true }
        repeat {
            skipSpace()
            guard item(&self) else { return false }
            skipSpace()
        } while skip([UInt8(ascii: ",")])
        return skip([close])
    }

    private mutating func string() -> TranscriptWildcard? {
        guard skip([UInt8(ascii: "\"")]) else { return nil }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count else { return nil }
        position += 1
        // Cut before unescaping, so that an ellipsis written as an escape is only itself.
        let pieces = TranscriptWildcard.split(Array(bytes[start..<position - 1])).map { unescaped($0) }
        return pieces.contains(nil) ? nil : TranscriptWildcard(pieces: pieces.compactMap(\.self))
    }

    private func unescaped(_ range: Range<Int>) -> [UInt8]? {
        unescaped(Array(bytes[range]))
    }

    private func unescaped(_ piece: [UInt8]) -> [UInt8]? {
        let quoted = [UInt8(ascii: "\"")] + piece + [UInt8(ascii: "\"")]
        var text: [UInt8] = []
        guard let value = try? JSONValue.read(quoted.span),
            value.appendUnescaped(in: quoted.span, to: &text)
        else { return nil }
        return text
    }

    private mutating func capture() -> TranscriptPattern.Shape? {
        position += 1
        let start = position
        while position < bytes.count, Character(Unicode.Scalar(bytes[position])).isCaptureName {
            position += 1
        }
        // `$5` is a price.
        guard position > start, !Character(Unicode.Scalar(bytes[start])).isNumber else { return nil }
        return .capture(text(from: start))
    }

    private mutating func scalar() -> TranscriptPattern.Shape? {
        let start = position
        while position < bytes.count, !Self.endsScalar(bytes[position]) { position += 1 }
        let token = Array(bytes[start..<position])
        return (try? JSONValue.read(token.span)) == nil ? nil : .scalar
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x09, 0x0a, 0x0d, 0x20: true
        default: false
        }
    }

    private mutating func skip(_ expected: [UInt8]) -> Bool {
        guard bytes[position...].starts(with: expected) else { return false }
        position += expected.count
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x09, 0x0a, 0x0d, 0x20].contains(bytes[position]) { position += 1 }
    }

    private func text(from start: Int) -> String {
        String(decoding: bytes[start..<position], as: UTF8.self)
    }
}
