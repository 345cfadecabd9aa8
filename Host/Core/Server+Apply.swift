import Synchronization
import TLS

extension Server {
    /// Reads plugins.conf anew and puts its certificates in force on all listeners, or on none. Connections keep
    /// what they have.
    ///
    /// - Parameter path: of another file than the one that the server was started with.
    /// - Returns: a sentence for each listener whose certificates were read.
    package func apply(path: String? = nil) throws(StartError) -> [String] {
        try applying.withLock { _ throws(StartError) in try applyAlone(path ?? configuration.path) }
    }

    private func applyAlone(_ path: String) throws(StartError) -> [String] {
        let new: Configuration
        do throws(ConfigurationErrors) {
            new = try Configuration.read(path: path)
        } catch {
            throw StartError([error.description])
        }
        var difference = ConfigurationDifference()
        difference.compare(configuration, new)
        // What is wrong with certificates is said beside what differs: one look at the file is enough.
        let secured = listeners.compactMap { listener in
            listener.security.flatMap { security in
                new.listener(named: listener.name).map { (security: security, configuration: $0) }
            }
        }.filter { !$0.configuration.certificates.isEmpty }
        let contexts = try StartError.gathering(secured, after: difference.sentences) {
            listener throws(StartError) in
            try listener.security.prepare(listener.configuration)
        }
        for (listener, context) in zip(secured, contexts) { listener.security.replace(context) }
        return zip(secured, contexts).map { listener, context in
            let certificates = context.facts.map { facts in
                "certificate for \(facts.hosts.joined(separator: ", ")), good until \(facts.lastDay)"
            }
            return "listener \(listener.configuration.name): \(certificates.joined(separator: "; "))"
        }
    }
}
