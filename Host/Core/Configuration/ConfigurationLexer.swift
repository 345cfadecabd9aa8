/// Splits a file into words and marks. Knows nothing of directives.
struct ConfigurationLexer {
    enum Token {
        case word(ConfigurationWord)
        case semicolon(SourcePosition)
        case open(SourcePosition)
        case close(SourcePosition)
        case end(SourcePosition)
    }

    /// A word while it is being read.
    struct Draft {
        var text: [UInt8] = []
        var hasVariable = false
        var isBroken = false
    }

    let file: String
    let bytes: [UInt8]
    let environment: @Sendable (String) -> String?
    private(set) var offset: Int
    private var line = 1
    private var column = 1
    var endedInString = false  // the marks that are missing are then no errors of their own

    init(file: String, bytes: [UInt8], environment: @escaping @Sendable (String) -> String?) {
        self.file = file
        self.bytes = bytes
        self.environment = environment
        offset = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0  // a byte order mark
    }

    var position: SourcePosition { SourcePosition(file: file, line: line, column: column) }

    /// The byte to read next, nil at the end.
    var byte: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func next(_ errors: inout FoundErrors) -> Token {
        skipBlanks(&errors)
        let start = position
        switch byte {
        case nil: return .end(start)
        case UInt8(ascii: ";"):
            advance()
            return .semicolon(start)
        case UInt8(ascii: "{"):
            advance()
            return .open(start)
        case UInt8(ascii: "}"):
            advance()
            return .close(start)
        default: return .word(word(&errors))
        }
    }

    private mutating func skipBlanks(_ errors: inout FoundErrors) {
        var isComment = false
        while let byte {
            switch byte {
            case UInt8(ascii: "\n"): isComment = false
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            case UInt8(ascii: "#"): isComment = true
            default:
                guard isComment else { return }
                reportControl(&errors)
            }
            advance()
        }
    }

    private mutating func word(_ errors: inout FoundErrors) -> ConfigurationWord {
        let start = position
        let first = offset
        let isQuoted = byte == UInt8(ascii: "\"")
        var draft = Draft()
        readPiece(into: &draft, &errors)
        while let byte, !Self.endsWord(byte) {
            // Two pieces side by side become one word, so that this is the only error about them.
            if !draft.isBroken {
                let remedy = "separate the two, or put \\\" for a quotation mark inside a string"
                errors.add(.missingSpace, at: position, "no space before or after a string", remedy)
            }
            draft.isBroken = true
            readPiece(into: &draft, &errors)
        }
        return ConfigurationWord(
            String(decoding: draft.text, as: UTF8.self),
            at: start,
            written: draft.hasVariable ? String(decoding: bytes[first..<offset], as: UTF8.self) : nil,
            isQuoted: isQuoted,
            isBroken: draft.isBroken
        )
    }

    private mutating func readPiece(into draft: inout Draft, _ errors: inout FoundErrors) {
        if byte == UInt8(ascii: "\"") {
            readString(into: &draft, &errors)
        } else {
            readBare(into: &draft, &errors)
        }
    }

    private mutating func readBare(into draft: inout Draft, _ errors: inout FoundErrors) {
        while let byte, !Self.endsWord(byte), byte != UInt8(ascii: "\"") {
            if isAtVariable {
                readVariable(into: &draft, &errors)
            } else {
                draft.isBroken = reportControl(&errors) || draft.isBroken
                draft.text.append(byte)
                advance()
            }
        }
    }

    /// Moves past one byte.
    mutating func advance() {
        let byte = bytes[offset]
        offset += 1
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if byte & 0xc0 != 0x80 {  // the first byte of a scalar
            column += 1
        }
    }

    /// Whether the next byte is a control character that no text has; reported once for several in a row.
    @discardableResult
    func reportControl(_ errors: inout FoundErrors) -> Bool {
        guard let byte, Self.isControl(byte) else { return false }
        guard offset == 0 || !Self.isControl(bytes[offset - 1]) else { return true }
        let name = byte == 0 ? "a NUL byte" : "the control character \(byte)"
        errors.add(.notText, at: position, "\(name) in the file", "save the file as plain UTF-8 text")
        return true
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): false
        default: byte < 0x20 || byte == 0x7f
        }
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ";"),
            UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "#"):
            true
        default: false
        }
    }
}
