/// A service's options, checked against its plugin's schema, with the defaults filled in.
package struct OptionValues: Sendable, Equatable {
    package private(set) var values: [String: OptionValue] = [:]

    /// Nil for an option that was not given and has no default.
    package subscript(_ name: String) -> OptionValue? { values[name] }

    /// Checks the options of one service.
    ///
    /// - Parameters:
    ///   - schema: what the plugin declares; of two with one name the first counts.
    ///   - given: what the configuration says; of two with one name the first counts, as the reader of the
    ///     configuration has refused the second.
    ///   - plugin: its name, for messages.
    ///   - position: where an option that is missing would belong: that of the service's plugin.
    /// - Returns: the values that are right, and an error for each that is not.
    package static func check(
        schema: [OptionSchema],
        given: [OptionEntry],
        plugin: String,
        at position: SourcePosition
    ) -> (values: OptionValues, errors: [ConfigurationError]) {
        let known = Dictionary(schema.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var result = OptionValues()
        var errors: [ConfigurationError] = []
        var seen: Set<String> = []
        for entry in given where seen.insert(entry.name).inserted {
            do throws(ConfigurationError) {
                guard let option = known[entry.name] else {
                    throw unknown(entry, schema: schema, plugin: plugin)
                }
                result.values[entry.name] = try option.value(of: entry, plugin: plugin)
            } catch {
                errors.append(error)
            }
        }
        for option in schema where seen.insert(option.name).inserted {
            do throws(ConfigurationError) {
                result.values[option.name] = try option.absentValue(plugin: plugin, at: position)
            } catch {
                errors.append(error)
            }
        }
        return (result, errors)
    }

    private static func unknown(
        _ entry: OptionEntry,
        schema: [OptionSchema],
        plugin: String
    ) -> ConfigurationError {
        let names = schema.map(\.name)
        let list = names.isEmpty ? "it has none" : "it has \(names.sorted().joined(separator: ", "))"
        let near = Suggestion.question(nearest: entry.name, among: names)
        let message = "unknown option \(ConfigurationWord.quoted(entry.name)) of plugin \(plugin)"
        return ConfigurationError(.unknownOption, at: entry.position, message, near ?? list)
    }
}
