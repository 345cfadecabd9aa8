import Store

extension Server {
    /// What is wrong with a configuration and the plugins that it names. Starts nothing, changes nothing.
    package static func check(_ configuration: Configuration, binary: String) -> [String] {
        let files = PluginFiles(configuration, binary: binary)
        var sentences = Unavailable.errors(in: configuration).map(\.description)
        for service in configuration.services {
            do throws(PluginError) {
                let table = try files.table(of: service.plugin)
                let (_, errors) = OptionValues.check(
                    schema: table.options,
                    given: service.options,
                    plugin: table.name,
                    at: service.position
                )
                sentences += errors.map(\.description)
            } catch {
                sentences.append("\(service.pluginPosition): service \(service.name): \(error)")
            }
        }
        return sentences
    }
}
