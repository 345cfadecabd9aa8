import COpenSSL

/// The server's side of one connection.
package final class TLSSession: TLSStream {
    /// What it began with, alive as long as the session.
    package let context: TLSContext

    package init(_ context: TLSContext) {
        self.context = context
        unsafe super.init(owning: context.makeHandle())
    }

    /// The name that the client asked for by SNI.
    package var serverName: String? {
        unsafe SSL_get_servername(handle, TLSEXT_NAMETYPE_host_name).map { unsafe String(cString: $0) }
    }

    /// Who the client's certificate, which was verified, says that it is: the subject's common name, else its
    /// first alternative name. Nil where it showed none.
    package var clientName: String? {
        guard isEstablished, unsafe SSL_get_verify_result(handle) == Int(X509_V_OK),
            let certificate = unsafe SSL_get0_peer_certificate(handle)
        else { return nil }
        return unsafe CertificateName.common(of: certificate) ?? CertificateName.alternative(of: certificate)
    }
}

/// Names in a certificate, as text without control characters.
private enum CertificateName {
    static func common(of certificate: OpaquePointer) -> String? {
        let subject = unsafe X509_get_subject_name(certificate)
        let place = unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard place >= 0 else { return nil }
        return unsafe text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)))
    }

    static func alternative(of certificate: OpaquePointer) -> String? {
        guard let list = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else {
            return nil
        }
        let names = OpaquePointer(list)
        defer { unsafe GENERAL_NAMES_free(names) }
        for place in 0..<(unsafe OPENSSL_sk_num(names)) {
            guard let item = unsafe OPENSSL_sk_value(names, place) else { continue }
            let name = unsafe item.assumingMemoryBound(to: GENERAL_NAME.self)
            guard unsafe [GEN_DNS, GEN_EMAIL, GEN_URI].contains(name.pointee.type) else { continue }
            if let found = unsafe text(name.pointee.d.ia5) { return found }
        }
        return nil
    }

    private static func text(_ string: UnsafePointer<ASN1_STRING>?) -> String? {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&bytes, string)
        guard count > 0, let start = unsafe bytes else { return nil }
        defer { unsafe CRYPTO_free(start, nil, 0) }
        let name = unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: Int(count)),
            as: UTF8.self
        )
        return name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f } ? nil : name
    }
}
