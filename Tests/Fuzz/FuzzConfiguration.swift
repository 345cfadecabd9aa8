import Core

/// Reads any bytes as a plugins.conf that may include itself under every other name.
///
/// What is read must read the same again; what is refused must have errors at places that exist, in order.
func fuzzConfiguration(_ bytes: [UInt8]) {
    let source = ConfigurationSource(
        read: { _ throws(ConfigurationFileError) in bytes },
        list: { _ throws(ConfigurationFileError) in ["a.conf", ".c.conf"] },
        environment: { $0.utf8.count == 1 ? String(decoding: bytes.prefix(16), as: UTF8.self) : nil }
    )
    do {
        let configuration = try Configuration.read(path: "plugins.conf", from: source)
        let again = try Configuration.read(path: "plugins.conf", from: source)
        precondition(configuration == again)
        for service in configuration.services { checkOptions(of: service) }
    } catch {
        precondition(!error.list.isEmpty)
        for found in error.list { precondition(found.line >= 1 && found.column >= 1 && isOneLine(found)) }
        for (first, second) in zip(error.list, error.list.dropFirst()) where first.file == second.file {
            precondition((first.line, first.column) <= (second.line, second.column))
        }
    }
}

/// Checks a service's options against one schema of each kind, named as the options are.
private func checkOptions(of service: ServiceConfiguration) {
    let kinds: [OptionSchema.Kind] = [.text, .integer, .boolean, .duration, .size, .choice(["a", "b"])]
    for kind in kinds {
        let schema = service.options.prefix(4).map { option in
            OptionSchema(
                name: option.name,
                kind: kind,
                isRequired: true,
                minimum: 1,
                maximum: 100,
                meaning: ""
            )
        }
        let (values, errors) = OptionValues.check(
            schema: schema,
            given: service.options,
            plugin: "Fuzz",
            at: service.pluginPosition
        )
        precondition(values.values.count + errors.count == service.options.count)
    }
}

private func isOneLine(_ error: ConfigurationError) -> Bool {
    !error.description.utf8.contains { $0 < UInt8(ascii: " ") }
}
