/// One value as a file gives it: a bare word or a quoted string.
package struct ConfigurationWord: Sendable, Equatable {
    package let text: String  // what it stands for: unescaped, variables replaced
    @Uncompared package private(set) var position: SourcePosition
    @Uncompared private var written: String?  // with its variables, where it has any
    @Uncompared private(set) var isQuoted: Bool
    @Uncompared private(set) var isBroken: Bool  // an error about it is reported: no more of them

    package init(_ text: String, at position: SourcePosition) {
        self.init(text, at: position, written: nil, isQuoted: false, isBroken: false)
    }

    init(_ text: String, at position: SourcePosition, written: String?, isQuoted: Bool, isBroken: Bool) {
        self.text = text
        self.position = position
        self.written = written
        self.isQuoted = isQuoted
        self.isBroken = isBroken
    }

    /// A part of the word as a word of its own; messages about it show the variables still by their names.
    func part(_ text: Substring) -> ConfigurationWord {
        ConfigurationWord(
            String(text),
            at: position,
            written: written,
            isQuoted: isQuoted,
            isBroken: isBroken
        )
    }

    /// For messages: in quotes, on one line, not too long; variables by their names, as their values may be
    /// secret.
    package var quoted: String { Self.quoted(written ?? text) }

    /// A text in quotes, its control characters escaped, cut after 60 characters.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars.prefix(60) {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + (text.unicodeScalars.dropFirst(60).isEmpty ? "\"" : "…\"")
    }
}
