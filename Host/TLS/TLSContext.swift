import COpenSSL

/// What a listener serves TLS by: its certificates, whose certificates it asks for, and its ticket keys.
///
/// Immutable, for any number of threads. New certificates make a new context; sessions keep theirs.
/// TLS 1.2 and 1.3 with the ciphers of Mozilla's intermediate configuration but DHE, ALPN for `http/1.1`.
@safe
package final class TLSContext: @unchecked Sendable {
    let ticketKeys: TLSTicketKeys
    private let contexts: ServerContexts
    private let hosts: HostTable

    /// Reads and checks every file.
    ///
    /// - Parameters:
    ///   - certificates: at least one. Where none stands for every name, the first one does.
    ///   - authorities: whose certificates clients are asked for; nil asks for none.
    ///   - ticketKeys: tickets of other contexts with these keys are good here, unless the authorities differ.
    ///   - now: seconds since 1970, UTC.
    /// - Throws: the first of `errors(of:authorities:now:)`.
    package init(
        _ certificates: [TLSCertificate],
        authorities: TLSClientAuthorities? = nil,
        ticketKeys: TLSTicketKeys,
        now: Int
    ) throws(TLSError) {
        precondition(!certificates.isEmpty, "TLS without a certificate")
        var errors: [TLSError] = []
        contexts = ServerContexts(certificates, authorities: authorities, now: now, errors: &errors)
        if let error = errors.first { throw error }
        hosts = HostTable(certificates)
        self.ticketKeys = ticketKeys
    }

    /// What each of the certificates says of itself, in their order.
    package var facts: [TLSCertificateFacts] { contexts.facts }

    /// All that is wrong with all of the files; nothing where they can serve.
    package static func errors(
        of certificates: [TLSCertificate],
        authorities: TLSClientAuthorities? = nil,
        now: Int
    ) -> [TLSError] {
        var errors: [TLSError] = []
        _ = ServerContexts(certificates, authorities: authorities, now: now, errors: &errors)
        return errors
    }

    /// A new session of OpenSSL, which its caller frees.
    func makeHandle() -> OpaquePointer {
        guard let handle = unsafe SSL_new(contexts[hosts.standard]) else {
            fatalError("OpenSSL has no memory")
        }
        unsafe SSL_set_accept_state(handle)
        return unsafe handle
    }

    /// Gives a session the certificate for the name that its client asks for.
    func choose(host name: String, for handle: OpaquePointer) -> Bool {
        let place = hosts.place(of: name)
        guard place != hosts.standard else { return true }
        return unsafe SSL_set_SSL_CTX(handle, contexts[place]) != nil
    }
}

/// Which certificate stands for which name, by its place in the list.
struct HostTable {
    /// The one for all other names.
    let standard: Int
    private var places: [String: Int] = [:]

    init(_ certificates: [TLSCertificate]) {
        standard = certificates.firstIndex { $0.hosts.isEmpty } ?? 0
        for (place, certificate) in certificates.enumerated() {
            for host in certificate.hosts where places[host.lowercased()] == nil {
                places[host.lowercased()] = place
            }
        }
    }

    func place(of name: String) -> Int {
        let name = name.lowercased()
        if let place = places[name] { return place }
        guard let dot = name.firstIndex(of: ".") else { return standard }
        return places["*" + name[dot...]] ?? standard
    }
}
