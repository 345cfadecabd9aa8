import Wire

/// `length …`, `lines …`, `delimiter …` and `plugin`: how a stream is divided into frames.
extension ConfigurationReader {
    /// The words a framing begins with; any other first word is the endpoint's name.
    private static let framings = ["delimiter", "length", "lines", "plugin"]
    private static let empties = Framing.Empty.allCases.map(\.rawValue)

    /// Takes the endpoint's name from the start of a stream's words; the others are its framing.
    mutating func splitName(
        from words: ArraySlice<ConfigurationWord>,
        into endpoint: inout EndpointConfiguration
    ) -> ArraySlice<ConfigurationWord> {
        guard let first = words.first, !Self.framings.contains(first.text) else { return words }
        // `lenght 4` is no endpoint of that name.
        let isFraming = words.dropFirst().first.map { !Self.framings.contains($0.text) } ?? false
        guard !isFraming || Suggestion.nearest(to: first.text, among: Self.framings) == nil else {
            return words
        }
        if isName(first, of: "an endpoint") { endpoint.name = first.text }
        return words.dropFirst()
    }

    /// Reads a framing. Nil: none is given, or it is wrong.
    mutating func framing(_ words: ArraySlice<ConfigurationWord>) -> Framing? {
        guard let first = words.first else { return nil }
        var rest = words.dropFirst()
        var seen: Seen = [:]
        switch first.text {
        case "length": return length(first, &rest, &seen)
        case "lines": return delimiter(Framing.Delimiter(dropsReturn: true), of: first, rest, &seen)
        case "delimiter":
            guard let byte = byte(behind: first, &rest) else { return nil }
            return delimiter(Framing.Delimiter(byte), of: first, rest, &seen)
        case "plugin":
            if let word = rest.first { report(word, of: first, among: []) }
            return .plugin
        default:
            report(first, "is no framing", among: Self.framings)
            return nil
        }
    }

    /// `length 1|2|4 [little|big] [counts_itself] [trailer BYTE [unchecked] [counts_trailer]] [empty …]`; the words
    /// behind the width in any order.
    private mutating func length(
        _ first: ConfigurationWord,
        _ rest: inout ArraySlice<ConfigurationWord>,
        _ seen: inout Seen
    ) -> Framing? {
        guard let word = rest.popFirst() else {
            reportMissing("width", of: first, "write length 1, length 2 or length 4")
            return nil
        }
        guard
            let width = AddressText.number(word.text[...], atMost: 4).flatMap(Framing.LengthPrefix.Width.init)
        else {
            let message = "a length does not have \(word.quoted) bytes"
            errors.add(.badValue, at: word.position, message, "write length 1, length 2 or length 4")
            return nil
        }
        var prefix = Framing.LengthPrefix(width)
        while let word = rest.popFirst() {
            let order = Framing.LengthPrefix.Order(rawValue: word.text)
            guard isFirst(word, order == nil ? word.text : "byte order", &seen) else { continue }
            switch word.text {
            case "big", "little": prefix.order = order ?? .big
            case "counts_itself": prefix.countsItself = true
            case "trailer": byte(behind: word, &rest).map { prefix.trailer = Framing.Trailer($0) }
            case "unchecked", "counts_trailer": break  // below, when the trailer is known
            case "empty": empty(behind: word, &rest).map { prefix.empty = $0 }
            default: report(word, of: first, among: Self.lengthWords)
            }
        }
        for name in ["unchecked", "counts_trailer"] where seen["trailer"] == nil {
            guard let position = seen[name] else { continue }
            errors.add(
                .badValue,
                at: position,
                "\(name) stands without a trailer",
                "write trailer BYTE before it"
            )
        }
        prefix.trailer?.isChecked = seen["unchecked"] == nil
        prefix.trailer?.isCounted = seen["counts_trailer"] != nil
        return .length(prefix)
    }

    private static let lengthWords = [
        "big", "counts_itself", "counts_trailer", "empty", "little", "trailer", "unchecked",
    ]

    /// `[empty …]` behind a delimiter.
    private mutating func delimiter(
        _ delimiter: Framing.Delimiter,
        of first: ConfigurationWord,
        _ words: ArraySlice<ConfigurationWord>,
        _ seen: inout Seen
    ) -> Framing {
        var delimiter = delimiter
        var rest = words
        while let word = rest.popFirst() {
            guard isFirst(word, word.text, &seen) else { continue }
            if word.text == "empty" {
                empty(behind: word, &rest).map { delimiter.empty = $0 }
            } else {
                report(word, of: first, among: ["empty"])
            }
        }
        return .delimiter(delimiter)
    }

    private mutating func byte(
        behind word: ConfigurationWord,
        _ rest: inout ArraySlice<ConfigurationWord>
    ) -> UInt8? {
        guard let value = rest.popFirst() else {
            reportMissing("byte", of: word, "write it as a number, such as \(word.text) 0")
            return nil
        }
        return number(.integer, value, for: "the byte of \(word.text)", in: 0...255).map { UInt8($0) }
    }

    private mutating func empty(
        behind word: ConfigurationWord,
        _ rest: inout ArraySlice<ConfigurationWord>
    ) -> Framing.Empty? {
        guard let value = rest.popFirst() else {
            reportMissing("value", of: word, "write empty \(Self.empties.joined(separator: ", or empty "))")
            return nil
        }
        let empty = Framing.Empty(rawValue: value.text)
        if empty == nil { report(value, "is no value for empty", among: Self.empties) }
        return empty
    }

    /// Whether a word, or one that excludes it, stands for the first time in a framing.
    private mutating func isFirst(_ word: ConfigurationWord, _ name: String, _ seen: inout Seen) -> Bool {
        guard let first = seen[name] else {
            seen[name] = word.position
            return true
        }
        errors.add(.repeated, at: word.position, "\(name) stands twice", "the first is at \(first)")
        return false
    }

    private mutating func reportMissing(_ what: String, of word: ConfigurationWord, _ remedy: String) {
        errors.add(.wrongValues, at: word.position, "\(word.text) has no \(what)", remedy)
    }

    private mutating func report(
        _ word: ConfigurationWord,
        of first: ConfigurationWord,
        among known: [String]
    ) {
        guard known.isEmpty else {
            return report(word, "is no word of the framing \(first.text)", among: known)
        }
        let message = "the framing \(first.text) has no further words, not \(word.quoted)"
        errors.add(.badValue, at: word.position, message, "remove it")
    }

    private mutating func report(_ word: ConfigurationWord, _ problem: String, among known: [String]) {
        errors.add(
            .badValue,
            at: word.position,
            "\(word.quoted) \(problem)",
            Suggestion.question(nearest: word.text, among: known)
                ?? "known are \(known.joined(separator: ", "))"
        )
    }
}
