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
