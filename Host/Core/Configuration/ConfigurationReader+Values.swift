/// What directives have in common: their names, blocks and values. Each function reports what is wrong and
/// then answers nil or false; about a word that is reported already it stays silent.
extension ConfigurationReader {
    /// Whether a block knows a directive.
    mutating func isKnown(_ directive: ConfigurationDirective, in block: ConfigurationBlock) -> Bool {
        guard !block.knows(directive.name.text) else { return true }
        guard !directive.name.isBroken else { return false }
        errors.add(
            .unknownDirective,
            at: directive.position,
            "unknown directive \(directive.name.quoted) \(block.place)",
            block.advice(unknown: directive.name.text)
        )
        return false
    }

    /// Whether a directive stands for the first time in its block.
    mutating func isFirst(
        _ directive: ConfigurationDirective,
        as name: String? = nil,
        _ seen: inout Seen
    ) -> Bool {
        let name = name ?? directive.name.text
        guard let first = seen[name] else {
            seen[name] = directive.position
            return true
        }
        errors.add(.repeated, at: directive.position, "\(name) stands twice", "the first is at \(first)")
        return false
    }

    /// Whether a name is given, and for the first time.
    mutating func isFirst(_ name: ConfigurationWord?, kind: String, _ seen: inout Seen) -> Bool {
        guard let name else { return false }
        let key = "\(kind) \(name.text)"
        guard let first = seen[key] else {
            seen[key] = name.position
            return true
        }
        let code = kind == "option" ? ConfigurationError.Code.duplicateOption : .duplicateName
        errors.add(code, at: name.position, "\(kind) \(name.quoted) stands twice", "the first is at \(first)")
        return false
    }

    /// The name before a block.
    mutating func name(of directive: ConfigurationDirective, in block: ConfigurationBlock)
        -> ConfigurationWord?
    {
        guard let word = values(directive, in: block, count: 1...1, hasBlock: true)?.first else { return nil }
        guard isName(word, of: "a \(directive.name.text == "listen" ? "listener" : "service")") else {
            return nil
        }
        return word
    }

    mutating func isName(_ word: ConfigurationWord, of owner: String) -> Bool {
        guard !ConfigurationName.isValid(word.text) else { return true }
        let remedy = "use at most \(ConfigurationName.longest) letters, digits, - and _"
        errors.add(.badName, at: word.position, "\(word.quoted) is no name for \(owner)", remedy)
        return false
    }

    /// The directives in a directive's braces.
    mutating func block(
        of directive: ConfigurationDirective,
        in block: ConfigurationBlock
    ) -> [ConfigurationDirective]? {
        if directive.block == nil {
            let name = directive.name.text
            errors.add(.missingBlock, at: directive.position, "\(name) has no block", block.advice(name))
        }
        return directive.block
    }

    /// The values of a directive, none of them empty, broken or too few or too many.
    mutating func values(
        _ directive: ConfigurationDirective,
        in block: ConfigurationBlock,
        count: some RangeExpression<Int>,
        hasBlock: Bool = false
    ) -> [ConfigurationWord]? {
        let name = directive.name.text
        let words = directive.values
        guard hasBlock || directive.block == nil else {
            errors.add(.strayBlock, at: directive.position, "\(name) has a block", block.advice(name))
            return nil
        }
        guard count.contains(words.count) else {
            let found = words.isEmpty ? "none" : "\(words.count)"
            let message = "\(name) has the wrong number of values, \(found)"
            errors.add(.wrongValues, at: directive.position, message, block.advice(name))
            return nil
        }
        guard !words.contains(where: \.isBroken) else { return nil }
        if let empty = words.first(where: \.text.isEmpty) {
            errors.add(.badValue, at: empty.position, "\(name) has an empty value", block.advice(name))
            return nil
        }
        return words
    }

    /// The only value of a directive.
    mutating func value(_ directive: ConfigurationDirective, in block: ConfigurationBlock)
        -> ConfigurationWord?
    {
        values(directive, in: block, count: 1...1)?.first
    }

    /// The only value of a directive, as a path from the file it stands in.
    mutating func path(_ directive: ConfigurationDirective, in block: ConfigurationBlock) -> String? {
        value(directive, in: block).map(path)
    }

    func path(_ word: ConfigurationWord) -> String {
        ConfigurationPath.resolve(word.text, from: word.position.file)
    }
}
