extension OptionSchema {
    /// The value of the option as a configuration gives it.
    func value(of entry: OptionEntry, plugin: String) throws(ConfigurationError) -> OptionValue {
        guard let word = entry.values.first, entry.values.count == 1 else {
            let message = "\(subject(plugin)) takes one value, found \(entry.values.count)"
            let remedy = "put a value with spaces in double quotes"
            throw ConfigurationError(.wrongValues, at: entry.position, message, remedy)
        }
        return try value(of: word, plugin: plugin)
    }

    /// The value when the configuration does not give it: the default, or nil where there is none.
    func absentValue(plugin: String, at position: SourcePosition) throws(ConfigurationError) -> OptionValue? {
        if let text = `default` {
            do {
                return try value(of: ConfigurationWord(text, at: position), plugin: plugin)
            } catch {
                let message = "the default of \(subject(plugin)) is wrong: \(error.message)"
                let remedy = "give the option in the service, or tell the plugin's author"
                throw ConfigurationError(.badDefault, at: position, message, remedy)
            }
        }
        guard isRequired else { return nil }
        let remedy = "write: option \(name) VALUE; (\(meaning))"
        throw ConfigurationError(.missingOption, at: position, "\(subject(plugin)) is missing", remedy)
    }

    private func subject(_ plugin: String) -> String { "option \"\(name)\" of plugin \(plugin)" }

    private func value(of word: ConfigurationWord, plugin: String) throws(ConfigurationError) -> OptionValue {
        switch kind {
        case .text: .text(try text(of: word, plugin: plugin))
        case .integer: .integer(try number(.integer, of: word, plugin: plugin))
        case .boolean: .boolean(try choice(of: word, among: ["on", "off"], plugin: plugin) == "on")
        case .duration: .milliseconds(try number(.duration, of: word, plugin: plugin))
        case .size: .bytes(try number(.size, of: word, plugin: plugin))
        case .choice(let choices): .text(try choice(of: word, among: choices, plugin: plugin))
        }
    }

    private func number(
        _ quantity: Quantity,
        of word: ConfigurationWord,
        plugin: String
    ) throws(ConfigurationError) -> Int64 {
        let value: Int64
        do {
            value = try quantity.read(word.text)
        } catch {
            throw quantity.error(error, in: word, for: subject(plugin))
        }
        guard value >= minimum ?? .min, value <= maximum ?? .max else {
            let message = "\(word.quoted) is out of range for \(subject(plugin))"
            let remedy = "allowed: \(quantity.bounds(minimum, maximum))"
            throw ConfigurationError(.outOfRange, at: word.position, message, remedy)
        }
        return value
    }

    /// The message leaves the text out: it may be a secret.
    private func text(of word: ConfigurationWord, plugin: String) throws(ConfigurationError) -> String {
        let length = Int64(word.text.unicodeScalars.count)
        guard length >= minimum ?? .min, length <= maximum ?? .max else {
            let message = "\(subject(plugin)) has \(length) characters"
            let remedy = "allowed: \(Quantity.integer.bounds(minimum, maximum))"
            throw ConfigurationError(.outOfRange, at: word.position, message, remedy)
        }
        return word.text
    }

    private func choice(
        of word: ConfigurationWord,
        among choices: [String],
        plugin: String
    ) throws(ConfigurationError) -> String {
        guard choices.contains(word.text) else {
            let list = choices.joined(separator: ", ")
            let message = "\(word.quoted) is no value for \(subject(plugin))"
            let near = Suggestion.question(nearest: word.text, among: choices)
            throw ConfigurationError(.badValue, at: word.position, message, near ?? "allowed: \(list)")
        }
        return word.text
    }
}
