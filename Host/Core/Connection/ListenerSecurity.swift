import Net
import Synchronization
import TLS

/// What a listener serves TLS by. Certificates are replaced while it serves; ticket keys stay.
final class ListenerSecurity: Sendable {
    private let current: Mutex<TLSContext>
    private let ticketKeys: TLSTicketKeys
    private let clock: Clock

    /// Reads the certificates; nil where the listener has none.
    init?(_ listener: ListenerConfiguration, clock: Clock) throws(StartError) {
        guard !listener.certificates.isEmpty else { return nil }
        // The wall clock may be set: tickets go by the other one.
        let ticketKeys = TLSTicketKeys(now: Int(clock.monotonic / 1_000_000_000))
        self.ticketKeys = ticketKeys
        self.clock = clock
        current = Mutex(try ListenerSecurity.context(listener, ticketKeys, now: clock.wallSeconds))
    }

    /// For connections that begin now. [any thread]
    var context: TLSContext { current.withLock { $0 } }

    /// Makes what `replace` puts in force; a file that is wrong changes nothing.
    func prepare(_ listener: ListenerConfiguration) throws(StartError) -> TLSContext {
        try ListenerSecurity.context(listener, ticketKeys, now: clock.wallSeconds)
    }

    /// Connections that begin from now on have this context; others keep theirs. [any thread]
    func replace(_ context: TLSContext) { current.withLock { $0 = context } }

    /// Makes a new ticket key where it is time for one. [any thread]
    func rotate() { ticketKeys.advance(to: Int(clock.monotonic / 1_000_000_000)) }

    private static func context(
        _ listener: ListenerConfiguration,
        _ ticketKeys: TLSTicketKeys,
        now: Int
    ) throws(StartError) -> TLSContext {
        let errors = errors(of: listener, now: now)
        guard errors.isEmpty else { throw StartError(errors) }
        do throws(TLSError) {
            return try TLSContext(
                listener.tlsCertificates,
                authorities: listener.tlsAuthorities,
                ticketKeys: ticketKeys,
                now: now
            )
        } catch {
            throw StartError([sentence(error, of: listener)])
        }
    }

    /// All that is wrong with the files of a listener's certificates.
    ///
    /// - Parameter now: seconds since 1970.
    static func errors(of listener: ListenerConfiguration, now: Int) -> [String] {
        guard !listener.certificates.isEmpty else { return [] }
        return TLSContext.errors(
            of: listener.tlsCertificates,
            authorities: listener.tlsAuthorities,
            now: now
        ).map { sentence($0, of: listener) }
    }

    /// With the place in plugins.conf that names the file.
    private static func sentence(_ error: TLSError, of listener: ListenerConfiguration) -> String {
        let block = listener.certificates.first {
            [$0.certificate, $0.key, $0.clients?.authorities].contains(error.file)
        }
        let position = block?.position ?? listener.position
        let message = "\(error.file): \(error.message)"
        return ConfigurationError(.badCertificate, at: position, message, error.remedy).description
    }
}

extension ListenerConfiguration {
    fileprivate var tlsCertificates: [TLSCertificate] {
        certificates.map { TLSCertificate(certificate: $0.certificate, key: $0.key, hosts: $0.hosts) }
    }

    fileprivate var tlsAuthorities: TLSClientAuthorities? {
        certificates.lazy.compactMap(\.clients).first.map {
            TLSClientAuthorities(file: $0.authorities, isRequired: $0.isRequired)
        }
    }
}

extension Clock {
    /// Seconds since 1970.
    var wallSeconds: Int { Int(wall / 1_000_000_000) }
}
