import JSON

/// Compares a message with what a transcript expects, and fills captures into what it sends.
///
/// Expected JSON is compared by structure: members in any order, numbers by value, a string never equal to a
/// number. In it may stand
/// - `…` as a value: any value; as a member of its own: further members; last in an array: further elements;
/// - `…` inside a string: any characters;
/// - `$NAME` as a value: whatever stands there, remembered, and the same byte for byte from then on;
/// - `$NAME` as a member's name: the string that was captured.
///
/// Any other expected text is compared by bytes; in it `…` stands for any bytes, and `$NAME` for one or more, which
/// are remembered (`TranscriptText`). `…` alone matches any message, and `$NAME` alone captures any whole one.
public enum TranscriptMatch {
    /// Where a message first differs from what was expected.
    public struct Mismatch: Equatable, Sendable, CustomStringConvertible {
        /// Like `data.users[2].name`; empty for the whole message.
        public let path: String
        /// The part of the expected text, or a word for it.
        public let expected: String
        /// The part of the message, or a word for it.
        public let found: String

        /// A difference at `path`.
        public init(path: String, expected: String, found: String) {
            self.path = path
            self.expected = expected
            self.found = found
        }

        /// A sentence for the one whose transcript failed.
        public var description: String {
            (path.isEmpty ? "" : "at \(path): ") + "expected \(expected), found \(found)"
        }
    }

    /// Nil when `actual` is as expected; `captures` then gains what `$NAME` stood for, as raw JSON or, in a
    /// message that is no JSON, as text. Otherwise it stays as it was.
    public static func mismatch(
        expected: String,
        actual: [UInt8],
        captures: inout [String: String]
    ) -> Mismatch? {
        let span = actual.span
        let root = try? JSONValue.read(span)
        guard let pattern = TranscriptPattern(expected) else {
            return textMismatch(expected: expected, actual: actual, captures: &captures)
        }
        guard let root else {
            return rawMismatch(pattern, actual: actual, captures: &captures)
        }
        var comparison = TranscriptComparison(captures: captures)
        let mismatch = comparison.compare(pattern, root, in: span, path: "")
        if mismatch == nil { captures = comparison.captures }
        return mismatch
    }

    /// `text` with every `$NAME` that is captured and stands outside double quotes replaced by its value.
    public static func filled(_ text: String, with captures: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        var isQuoted = false
        while let character = rest.popFirst() {
            if character == "$", !isQuoted, let value = captures[String(rest.prefix(while: \.isCaptureName))]
            {
                result += value
                rest = rest.drop(while: \.isCaptureName)
                continue
            }
            result.append(character)
            if character == "\\", isQuoted, let escaped = rest.popFirst() { result.append(escaped) }
            if character == "\"" { isQuoted.toggle() }
        }
        return result
    }

    private static func textMismatch(
        expected: String,
        actual: [UInt8],
        captures: inout [String: String]
    ) -> Mismatch? {
        guard !TranscriptText(expected).matches(actual, captures: &captures) else { return nil }
        return Mismatch(path: "", expected: "\"\(expected)\"", found: description(of: actual))
    }

    /// The message is no JSON, though the pattern is.
    private static func rawMismatch(
        _ pattern: TranscriptPattern,
        actual: [UInt8],
        captures: inout [String: String]
    ) -> Mismatch? {
        let text = String(decoding: actual, as: UTF8.self)
        switch pattern.shape {
        case .anything: return nil
        case .capture(let name):
            guard let earlier = captures.updateValue(text, forKey: name), earlier != text else { return nil }
            captures[name] = earlier
            return Mismatch(
                path: "",
                expected: "\(pattern.text), which is \(earlier)",
                found: description(of: actual)
            )
        default:
            return Mismatch(path: "", expected: pattern.text, found: "no JSON: " + description(of: actual))
        }
    }

    private static func description(of actual: [UInt8]) -> String {
        guard let text = String(validating: actual, as: UTF8.self) else {
            return "\(actual.count) bytes that are no UTF-8"
        }
        return "\"\(text)\""
    }
}

extension Character {
    /// May stand in a capture's name.
    var isCaptureName: Bool {
        isASCII && (isLetter || isNumber || self == "_")
    }
}
