import COpenSSL

/// Why OpenSSL refused: the last entry of the thread's list of errors.
struct OpenSSLReason {
    let library: Int32
    let code: Int32
    private let packed: UInt

    static var last: OpenSSLReason {
        let packed = ERR_peek_last_error()
        return OpenSSLReason(
            library: Int32(ERR_GET_LIB(packed)),
            code: Int32(ERR_GET_REASON(packed)),
            packed: packed
        )
    }

    private var text: String {
        unsafe ERR_reason_error_string(packed).map { unsafe String(cString: $0) } ?? "no reason given"
    }

    /// About a file that OpenSSL did not take. `place` is the certificate's in the file, from 1.
    func error(_ file: String, place: Int?) -> TLSError {
        let subject = place.map { $0 == 1 ? "the certificate" : "certificate \($0) of the file" } ?? "the key"
        let isWeak =
            library == ERR_LIB_SSL
            && [SSL_R_EE_KEY_TOO_SMALL, SSL_R_CA_KEY_TOO_SMALL, SSL_R_CA_MD_TOO_WEAK].contains(code)
        return isWeak
            ? TLSError(
                .tooWeak,
                file,
                "\(subject) is too weak for OpenSSL (\(text))",
                remedy: "use RSA of 2048 bits or more or a key on P-256, signed with SHA-256"
            )
            : TLSError(.other, file, "OpenSSL refuses \(subject): \(text)", remedy: "make it anew")
    }

    /// What ended a session.
    var failure: TLSFailure {
        guard library == ERR_LIB_SSL else { return library == ERR_LIB_EVP ? .badRecord : .internal }
        return switch code {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_WRONG_SSL_VERSION, SSL_R_HTTP_REQUEST,
            SSL_R_HTTPS_PROXY_REQUEST, SSL_R_UNKNOWN_PROTOCOL:
            .notTLS
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_INAPPROPRIATE_FALLBACK,
            SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_UNSUPPORTED_SSL_VERSION:
            .version
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SUITABLE_GROUPS,
            SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
            SSL_R_NO_CIPHERS_SPECIFIED:
            .noSharedCipher
        case SSL_R_NO_APPLICATION_PROTOCOL: .noApplicationProtocol
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: .certificateMissing
        case SSL_R_CERTIFICATE_VERIFY_FAILED, SSL_R_CERT_LENGTH_MISMATCH, SSL_R_NO_CERTIFICATE_ASSIGNED:
            .certificateRefused
        case SSL_R_DECRYPTION_FAILED, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
            SSL_R_ENCRYPTED_LENGTH_TOO_LONG, SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_DATA_LENGTH_TOO_LONG,
            SSL_R_LENGTH_TOO_SHORT, SSL_R_BAD_RECORD_TYPE, SSL_R_BLOCK_CIPHER_PAD_IS_WRONG:
            .badRecord
        case SSL_R_RECORD_TOO_SMALL, SSL_R_TOO_MANY_KEY_UPDATES, SSL_R_TOO_MANY_WARN_ALERTS,
            SSL_R_EXCESSIVE_MESSAGE_SIZE:
            .flood
        // Alerts that came stand there by their number.
        case SSL_AD_REASON_OFFSET..<SSL_AD_REASON_OFFSET + 256: .refusedByPeer
        default: .protocolError
        }
    }
}
