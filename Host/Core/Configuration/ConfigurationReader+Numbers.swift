/// Values with a type. As everywhere in the reader, what is wrong is reported and the answer is then nil.
extension ConfigurationReader {
    mutating func flag(_ directive: ConfigurationDirective, in block: ConfigurationBlock) -> Bool? {
        choice(directive, in: block, among: ["on", "off"]).map { $0 == "on" }
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ directive: ConfigurationDirective,
        in block: ConfigurationBlock
    ) -> Choice? {
        choice(directive, in: block, among: Choice.allCases.map(\.rawValue)).flatMap { Choice(rawValue: $0) }
    }

    private mutating func choice(
        _ directive: ConfigurationDirective,
        in block: ConfigurationBlock,
        among choices: [String]
    ) -> String? {
        guard let word = value(directive, in: block) else { return nil }
        guard !choices.contains(word.text) else { return word.text }
        let name = directive.name.text
        errors.add(
            .badValue,
            at: word.position,
            "\(word.quoted) is no value for \(name)",
            Suggestion.question(nearest: word.text, among: choices) ?? block.advice(name)
        )
        return nil
    }

    /// A number within a range; `subject` is what it is for.
    mutating func number(
        _ quantity: Quantity,
        _ word: ConfigurationWord,
        for subject: String,
        in range: ClosedRange<Int64>
    ) -> Int? {
        do {
            let value = try quantity.read(word.text)
            if range.contains(value) { return Int(value) }
            let remedy = "allowed: \(quantity.bounds(range.lowerBound, range.upperBound))"
            errors.add(
                .outOfRange,
                at: word.position,
                "\(word.quoted) is out of range for \(subject)",
                remedy
            )
        } catch {
            errors.add(quantity.error(error, in: word, for: subject))
        }
        return nil
    }

    /// A duration within a range of milliseconds.
    mutating func duration(
        _ word: ConfigurationWord,
        for subject: String,
        in range: ClosedRange<Int64>
    ) -> Duration? {
        number(.duration, word, for: subject, in: range).map { .milliseconds($0) }
    }

    mutating func ranges(_ directive: ConfigurationDirective, in block: ConfigurationBlock) -> [AddressRange]?
    {
        values(directive, in: block, count: 1...)?.compactMap { word in
            let range = AddressRange(word.text)
            if range == nil {
                let message = "\(word.quoted) is not an IP address"
                errors.add(
                    .badAddress,
                    at: word.position,
                    message,
                    "write one such as 10.0.0.7 or 10.0.0.0/8, or unix"
                )
            }
            return range
        }
    }

    /// Origins in their normal form; `*` alone is any, as if there were none.
    mutating func origins(_ directive: ConfigurationDirective, in block: ConfigurationBlock) -> [String]? {
        guard let words = values(directive, in: block, count: 1...) else { return nil }
        if words.count == 1, words[0].text == "*" { return [] }
        return words.compactMap { word in
            let origin = OriginText.normal(word.text)
            if origin == nil {
                let remedy = "write one such as https://example.com, without a path"
                errors.add(.badOrigin, at: word.position, "\(word.quoted) is not an origin", remedy)
            }
            return origin
        }
    }
}
