extension ConfigurationLexer {
    /// Reads `"…"`, which may go over several lines: `\"`, `\\` and `\$` stand for the second character.
    mutating func readString(into draft: inout Draft, _ errors: inout FoundErrors) {
        let start = position
        advance()
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                return
            case UInt8(ascii: "\\"): readEscape(into: &draft, &errors)
            case UInt8(ascii: "\r") where following == UInt8(ascii: "\n"): advance()  // a line end is one \n
            case _ where isAtVariable: readVariable(into: &draft, &errors)
            default:
                draft.isBroken = reportControl(&errors) || draft.isBroken
                draft.text.append(byte)
                advance()
            }
        }
        draft.isBroken = true
        endedInString = true
        errors.add(.unterminatedString, at: start, "this string has no end", "close it with a quotation mark")
    }

    private mutating func readEscape(into draft: inout Draft, _ errors: inout FoundErrors) {
        switch following {
        case UInt8(ascii: "\"")?, UInt8(ascii: "\\")?, UInt8(ascii: "$")?: advance()
        case nil: break
        default:
            let message = "a backslash in a string stands only before \", \\ or $"
            errors.add(.badEscape, at: position, message, "write \\\\ for the backslash itself")
            draft.isBroken = true
        }
        draft.text.append(bytes[offset])
        advance()
    }

    private var following: UInt8? { offset + 1 < bytes.count ? bytes[offset + 1] : nil }

    var isAtVariable: Bool {
        byte == UInt8(ascii: "$") && bytes[offset...].starts(with: "$env{".utf8)
    }

    /// Reads `$env{NAME}` and adds the variable's value; what it holds is never read as marks.
    mutating func readVariable(into draft: inout Draft, _ errors: inout FoundErrors) {
        let start = position
        for _ in "$env{".utf8 { advance() }
        let first = offset
        while let byte, Self.isName(byte) { advance() }
        let name = String(decoding: bytes[first..<offset], as: UTF8.self)
        draft.hasVariable = true
        guard byte == UInt8(ascii: "}"), let initial = name.utf8.first, initial > UInt8(ascii: "9") else {
            draft.isBroken = true
            skipBadVariable()
            let remedy = "write $env{NAME}, its name of letters, digits and _"
            return errors.add(.badVariable, at: start, "this is not the name of a variable", remedy)
        }
        advance()
        if let value = environment(name) {
            draft.text += value.utf8
        } else {
            draft.isBroken = true
            let message = "the environment variable \(ConfigurationWord.quoted(name)) is not set"
            errors.add(.unsetVariable, at: start, message, "set it before the server starts")
        }
    }

    private mutating func skipBadVariable() {
        while let byte, byte > UInt8(ascii: " "), byte != UInt8(ascii: ";"), byte != UInt8(ascii: "\"") {
            advance()
            if byte == UInt8(ascii: "}") { return }
        }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
