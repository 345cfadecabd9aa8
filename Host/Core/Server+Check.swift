package import Net
import Store
import TLS

extension Server {
    /// What is wrong with the files of certificates.
    ///
    /// - Parameter now: seconds since 1970.
    static func certificateErrors(in configuration: Configuration, now: Int) -> [String] {
        httpAuthoritiesErrors(in: configuration)
            + configuration.listeners.flatMap { ListenerSecurity.errors(of: $0, now: now) }
    }

    private static func httpAuthoritiesErrors(in configuration: Configuration) -> [String] {
        guard let file = configuration.httpAuthorities,
            let position = configuration.positions["http_authorities"],
            let error = TLSClientContext.error(ofAuthorities: file)
        else { return [] }
        let message = "\(error.file): \(error.message)"
        return [ConfigurationError(.badCertificate, at: position, message, error.remedy).description]
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
