package import Net
import Store

extension Server {
    /// What is wrong with the files of certificates.
    ///
    /// - Parameter now: seconds since 1970.
    static func certificateErrors(in configuration: Configuration, now: Int) -> [String] {
        configuration.listeners.flatMap { ListenerSecurity.errors(of: $0, now: now) }
    }

    /// What is wrong with a configuration and the plugins that it names. Starts nothing, changes nothing.
    package static func check(_ configuration: Configuration, binary: String, clock: Clock = Clock())
        -> [String]
    {
        let files = PluginFiles(configuration, binary: binary)
        var sentences = Unavailable.errors(in: configuration).map(\.description)
        sentences += certificateErrors(in: configuration, now: clock.wallSeconds)
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
