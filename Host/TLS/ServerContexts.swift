import COpenSSL

/// OpenSSL's contexts of a server, one for each certificate, all set up the same.
@safe
struct ServerContexts: ~Copyable {
    private var pointers = unsafe [OpaquePointer]()  // SSL_CTX
    private(set) var facts: [TLSCertificateFacts] = []

    // Mozilla's intermediate configuration 5.7 without DHE, which no client in use needs. The client's order
    // counts, as there: all of them are good, and the client knows whether it has AES in hardware.
    private static let ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
        + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
    private static let groups = "X25519:P-256:P-384"

    /// What is wrong is added to `errors`; the contexts are to be used only where nothing was.
    init(
        _ certificates: [TLSCertificate],
        authorities: TLSClientAuthorities?,
        now: Int,
        errors: inout [TLSError]
    ) {
        for certificate in certificates {
            let context = unsafe Self.makeContext()
            unsafe pointers.append(context)
            let count = errors.count
            let chain = CertificateChain(certificate, now: now, errors: &errors)
            if errors.count == count { unsafe chain.install(into: context, errors: &errors) }
            if let found = chain.facts { facts.append(found) }
        }
        do throws(TLSError) {
            let authorities = try authorities.map { value throws(TLSError) in try ClientAuthorities(value) }
            unsafe pointers.forEach { unsafe ClientAuthorities.install(authorities, into: $0) }
        } catch {
            errors.append(error)
        }
    }

    deinit { unsafe pointers.forEach { unsafe SSL_CTX_free($0) } }

    subscript(place: Int) -> OpaquePointer { unsafe pointers[place] }

    private static func makeContext() -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            fatalError("OpenSSL cannot make a context: out of memory, or a broken openssl.cnf")
        }
        unsafe TLSStream.setUp(context)
        unsafe SSL_CTX_set_security_level(context, 2)
        unsafe SSL_CTX_set_options(context, OP_NO_RENEGOTIATION)
        let isSetUp =
            unsafe SSL_CTX_set_min_proto_version(context, TLSVersion.tls12.rawValue) == 1
            && SSL_CTX_set_max_proto_version(context, TLSVersion.tls13.rawValue) == 1
            && SSL_CTX_set_cipher_list(context, ciphers) == 1
            && SSL_CTX_set1_groups_list(context, groups) == 1
        precondition(isSetUp, "OpenSSL lacks ciphers or groups")
        // A chain of certificates in use is 2 to 6 KB; OpenSSL's own limit is 100.
        unsafe SSL_CTX_set_max_cert_list(context, 32 << 10)
        // What a session resumes from is in the client's ticket. One: it comes back over one connection, and
        // each connection brings a fresh one. Data before the handshake's end (early data) is off.
        unsafe SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
        unsafe SSL_CTX_set_num_tickets(context, 1)
        unsafe SSL_CTX_set_timeout(context, TLSTicketKeys.ticketLifetime)
        unsafe SSL_CTX_set_tlsext_servername_callback(context) { handle, _, _ in
            unsafe SessionCallbacks.serverName(handle)
        }
        unsafe SSL_CTX_set_alpn_select_cb(
            context,
            { _, chosen, chosenCount, offer, count, _ in
                let offer = unsafe UnsafeBufferPointer(start: offer, count: Int(count))
                return unsafe SessionCallbacks.applicationProtocol(of: offer, chosen, chosenCount)
            },
            nil
        )
        unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(context) { handle, name, vector, cipher, mac, isSealing in
            unsafe SessionCallbacks.ticketKey(handle, name, vector, cipher, mac, isSealing)
        }
        return unsafe context
    }
}

/// The certificates of authorities, read from their file.
@safe
final class ClientAuthorities {
    private let certificates: [OpaquePointer]  // X509
    private let isRequired: Bool
    private let bytes: [UInt8]

    init(_ authorities: TLSClientAuthorities) throws(TLSError) {
        let file = try PEMFile(authorities.file)
        unsafe certificates = try file.certificates()
        bytes = file.bytes
        isRequired = authorities.isRequired
    }

    deinit { unsafe certificates.forEach { unsafe X509_free($0) } }

    /// Has a context ask clients for a certificate, or not.
    static func install(_ authorities: ClientAuthorities?, into context: OpaquePointer) {
        unsafe authorities?.ask(in: context)
        // A ticket holds the certificate that its client showed. This mark keeps tickets to contexts that ask
        // for the same: else a client could resume what the new authorities would refuse.
        let facts = (authorities?.bytes ?? []) + [authorities?.isRequired == true ? 1 : 0]
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(SHA256_DIGEST_LENGTH)) { mark in
            unsafe SHA256(facts, facts.count, mark.baseAddress)
            unsafe SSL_CTX_set_session_id_context(context, mark.baseAddress, UInt32(mark.count))
        }
    }

    private func ask(in context: OpaquePointer) {
        let store = unsafe SSL_CTX_get_cert_store(context)
        unsafe certificates.forEach { certificate in
            unsafe X509_STORE_add_cert(store, certificate)
            unsafe SSL_CTX_add_client_CA(context, certificate)
        }
        unsafe SSL_CTX_set_verify(
            context,
            SSL_VERIFY_PEER | (isRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
            nil
        )
    }
}
