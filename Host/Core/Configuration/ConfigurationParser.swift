/// Builds the tree of directives of one file. Goes on after an error, so that one run finds them all.
struct ConfigurationParser {
    private struct Frame {
        let kind: ConfigurationBlock?  // nil: a block that is not known
        let head: [ConfigurationWord]
        let start: SourcePosition
        var directives: [ConfigurationDirective] = []
    }

    /// The grammar needs three levels; more are a mistake, and a tree too deep could not be walked.
    private static let deepest = 8

    private var lexer: ConfigurationLexer
    private var frames: [Frame]  // the open blocks; the first is the file, and always there
    private var words: [ConfigurationWord] = []  // of the directive being read
    private var ignored = 0  // open braces inside a block that is too deep

    init(lexer: ConfigurationLexer, inside kind: ConfigurationBlock?) {
        self.lexer = lexer
        frames = [Frame(kind: kind, head: [], start: lexer.position)]
    }

    mutating func parse(_ errors: inout FoundErrors) -> [ConfigurationDirective] {
        while true {
            switch lexer.next(&errors) {
            case .word(let word): read(word, &errors)
            case .semicolon(let position): endDirective(at: position, &errors)
            case .open(let position): open(at: position, &errors)
            case .close(let position): close(at: position, &errors)
            case .end: return end(&errors)
            }
        }
    }

    private mutating func read(_ word: ConfigurationWord, _ errors: inout FoundErrors) {
        guard ignored == 0 else { return }
        if let last = words.last, isStart(word, after: last) { endUnfinished(&errors) }
        words.append(word)
    }

    /// Whether a word on a new line begins another directive, so that the one before lacks its `;`.
    private func isStart(_ word: ConfigurationWord, after last: ConfigurationWord) -> Bool {
        guard word.position.line > last.position.line, !word.isQuoted else { return false }
        return frames[frames.count - 1].kind?.knows(word.text) ?? false
    }

    private mutating func endUnfinished(_ errors: inout FoundErrors) {
        guard let name = words.first else { return }
        if !lexer.endedInString {
            let remedy = "end every directive with \";\""
            errors.add(.missingSemicolon, at: name.position, "no \";\" after \(name.quoted)", remedy)
        }
        finishDirective(block: nil)
    }

    private mutating func finishDirective(block: [ConfigurationDirective]?) {
        guard let name = words.first else { return }
        let directive = ConfigurationDirective(name: name, values: Array(words.dropFirst()), block: block)
        frames[frames.count - 1].directives.append(directive)
        words.removeAll()
    }

    private mutating func endDirective(at position: SourcePosition, _ errors: inout FoundErrors) {
        guard ignored == 0 else { return }
        if words.isEmpty {
            errors.add(.strayMark, at: position, "\";\" with nothing before it", "remove it")
        }
        finishDirective(block: nil)
    }

    private mutating func open(at position: SourcePosition, _ errors: inout FoundErrors) {
        guard ignored == 0, frames.count <= Self.deepest else {
            if ignored == 0 {
                let message = "blocks are nested deeper than \(Self.deepest)"
                errors.add(.tooDeep, at: position, message, "no block needs more than two levels")
            }
            ignored += 1
            words.removeAll()
            return
        }
        if words.isEmpty {
            let remedy = "write listen NAME or service NAME before it"
            errors.add(.strayMark, at: position, "\"{\" with nothing before it", remedy)
        }
        let kind = words.first.flatMap { frames[frames.count - 1].kind?.inner($0.text) }
        frames.append(Frame(kind: kind, head: words, start: position))
        words.removeAll()
    }

    private mutating func close(at position: SourcePosition, _ errors: inout FoundErrors) {
        guard ignored == 0 else {
            ignored -= 1
            return
        }
        endUnfinished(&errors)
        guard frames.count > 1 else {
            return errors.add(.strayMark, at: position, "\"}\" closes no block", "remove it")
        }
        closeBlock()
    }

    private mutating func closeBlock() {
        let frame = frames.removeLast()
        words = frame.head
        finishDirective(block: frame.directives)
    }

    private mutating func end(_ errors: inout FoundErrors) -> [ConfigurationDirective] {
        endUnfinished(&errors)
        while frames.count > 1 {
            if !lexer.endedInString {
                let name = frames[frames.count - 1].head.first?.quoted
                let message =
                    name.map { "this block of \($0) is never closed" } ?? "this block is never closed"
                errors.add(.unclosedBlock, at: frames[frames.count - 1].start, message, "close it with \"}\"")
            }
            closeBlock()
        }
        return frames[0].directives
    }
}
