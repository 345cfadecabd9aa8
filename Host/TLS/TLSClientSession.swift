import COpenSSL

/// What client sessions are made by. Immutable, for any number of threads.
@safe
package final class TLSClientContext: @unchecked Sendable {
    fileprivate let pointer: OpaquePointer
    private let protocols: [UInt8]

    /// - Parameters:
    ///   - authorities: a PEM file of those trusted; nil trusts every server.
    ///   - protocols: offered by ALPN; empty offers none.
    ///   - certificate: what is shown to a server that asks.
    ///   - ciphers: for TLS 1.2 and below, in OpenSSL's words; nil for OpenSSL's own.
    ///   - now: seconds since 1970, UTC, to check `certificate` by.
    package init(
        authorities: String? = nil,
        protocols: [String] = ["http/1.1"],
        minimum: TLSVersion = .tls12,
        maximum: TLSVersion = .tls13,
        certificate: TLSCertificate? = nil,
        ciphers: String? = nil,
        now: Int = 0
    ) throws(TLSError) {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            fatalError("OpenSSL cannot make a context: out of memory, or a broken openssl.cnf")
        }
        unsafe pointer = unsafe context
        self.protocols = protocols.flatMap { [UInt8($0.utf8.count)] + $0.utf8 }
        unsafe TLSStream.setUp(context)
        let isSetUp =
            unsafe SSL_CTX_set_min_proto_version(context, minimum.rawValue) == 1
            && SSL_CTX_set_max_proto_version(context, maximum.rawValue) == 1
            && (ciphers.map { unsafe SSL_CTX_set_cipher_list(context, $0) == 1 } ?? true)
        precondition(isSetUp, "OpenSSL does not know these versions or ciphers")
        unsafe SSL_CTX_set_session_cache_mode(
            context,
            Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL)
        )
        unsafe SSL_CTX_sess_set_new_cb(context) { handle, ticket in
            guard let handle = unsafe handle, let ticket = unsafe ticket,
                let session = unsafe TLSStream.stream(of: handle) as? TLSClientSession
            else { return 0 }
            session.lastTicket = unsafe TLSClientTicket(owning: ticket)
            return 1  // the ticket is ours to free
        }
        if let authorities { try trust(authorities) }
        if let certificate { try show(certificate, now: now) }
    }

    /// For servers that are strangers: their certificates must be for the host, and of an authority that is trusted.
    ///
    /// - Parameter authorities: a PEM file of those; nil: the system's.
    package convenience init(verifyingBy authorities: String?) throws(TLSError) {
        try self.init(authorities: authorities)
        guard authorities == nil else { return }
        // Where the system has none, every certificate is refused.
        unsafe SSL_CTX_set_default_verify_paths(pointer)
        unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// What is wrong with a file of authorities; nil: nothing.
    package static func error(ofAuthorities file: String) -> TLSError? {
        do throws(TLSError) {
            _ = try TLSClientContext(verifyingBy: file)
            return nil
        } catch {
            return error
        }
    }

    private func trust(_ authorities: String) throws(TLSError) {
        let certificates = unsafe try PEMFile(authorities).certificates()
        let store = unsafe SSL_CTX_get_cert_store(pointer)
        unsafe certificates.forEach {
            unsafe X509_STORE_add_cert(store, $0)
            unsafe X509_free($0)
        }
        unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    }

    private func show(_ certificate: TLSCertificate, now: Int) throws(TLSError) {
        var errors: [TLSError] = []
        let chain = CertificateChain(certificate, now: now, errors: &errors)
        if errors.isEmpty { unsafe chain.install(into: pointer, errors: &errors) }
        if let error = errors.first { throw error }
    }

    /// A new session of OpenSSL, which its caller frees.
    fileprivate func makeHandle(host: String?, address: String?, resuming ticket: TLSClientTicket?)
        -> OpaquePointer
    {
        guard let handle = unsafe SSL_new(pointer) else { fatalError("OpenSSL has no memory") }
        unsafe SSL_set_connect_state(handle)
        if let host {
            unsafe SSL_set_hostflags(handle, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            let isSet = unsafe SSL_set_tlsext_host_name(handle, host) == 1 && SSL_set1_host(handle, host) == 1
            precondition(isSet, "OpenSSL does not take the name of a host")
        }
        if let address {
            // By SNI only names are asked for. RFC 6066 §3.
            let isSet = unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), address) == 1
            precondition(isSet, "OpenSSL does not take the address of a host")
        }
        if !protocols.isEmpty { unsafe SSL_set_alpn_protos(handle, protocols, UInt32(protocols.count)) }
        if let ticket { unsafe SSL_set_session(handle, ticket.pointer) }
        return unsafe handle
    }
}

/// What a client resumes a session by.
@safe
package final class TLSClientTicket {
    fileprivate let pointer: OpaquePointer  // SSL_SESSION

    fileprivate init(owning pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

    deinit { unsafe SSL_SESSION_free(pointer) }
}

/// The client's side of one connection.
package final class TLSClientSession: TLSStream {
    private let context: TLSClientContext
    fileprivate var lastTicket: TLSClientTicket?

    /// - Parameters:
    ///   - host: the name asked for by SNI; where authorities are given, the certificate must be for it. At most 253 bytes.
    ///   - address: of IPv4 or IPv6, in place of a name: nothing is asked for, but the certificate must be for it.
    ///   - ticket: of an earlier session with the same server.
    package init(
        _ context: TLSClientContext,
        host: String? = nil,
        address: String? = nil,
        resuming ticket: TLSClientTicket? = nil
    ) {
        self.context = context
        unsafe super.init(owning: context.makeHandle(host: host, address: address, resuming: ticket))
    }

    /// Why the server's certificate was refused, in OpenSSL's words; nil: it was not.
    package var certificateFault: String? {
        let code = unsafe SSL_get_verify_result(handle)
        guard code != Int(X509_V_OK) else { return nil }
        return unsafe String(cString: X509_verify_cert_error_string(code))
    }

    /// Says hello. Once, before everything else.
    package func start(sealed: inout [UInt8]) -> Outcome { begin(sealed: &sealed) }

    /// What to resume by: the last ticket that came.
    package var ticket: TLSClientTicket? {
        if let lastTicket { return lastTicket }
        // OpenSSL does not tell of one that comes while TLS 1.2 resumes.
        guard version == .tls12, let session = unsafe SSL_get1_session(handle) else { return nil }
        return unsafe TLSClientTicket(owning: session)
    }

    /// What the server chose by ALPN.
    package var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(handle, &name, &count)
        guard count > 0 else { return nil }
        return unsafe String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }
}
