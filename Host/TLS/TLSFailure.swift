/// Why a TLS session ended before its time. The raw value is short and stable, to count by.
package enum TLSFailure: String, CaseIterable, Error, Sendable {
    /// The first byte is a capital letter: HTTP, or another protocol of words. Nothing was answered.
    case plainHTTP = "plain_http"
    /// The bytes are no TLS at all.
    case notTLS = "not_tls"
    /// Only versions that the other side does not speak.
    case version
    /// No cipher, group or signature that both sides take.
    case noSharedCipher = "no_shared_cipher"
    /// ALPN without `http/1.1`.
    case noApplicationProtocol = "no_application_protocol"
    /// A certificate is required, and none came.
    case certificateMissing = "certificate_missing"
    /// The certificate that came is not trusted, not valid now, or for something else.
    case certificateRefused = "certificate_refused"
    /// A new handshake inside of the session.
    case renegotiation
    /// Records without data, one after the other, or a first message that is longer than any in use.
    case flood
    /// A record that does not decrypt, or is too long.
    case badRecord = "bad_record"
    /// Messages out of order or not as the protocol has them.
    case protocolError = "protocol_error"
    /// The other side sent a fatal alert.
    case refusedByPeer = "refused_by_peer"
    /// OpenSSL could not go on, such as for want of memory.
    case `internal`

    /// One line of ASCII for a log.
    package var sentence: String {
        switch self {
        case .plainHTTP: "the client speaks plain text, such as HTTP, where TLS is spoken"
        case .notTLS: "the client sent bytes that are not TLS"
        case .version: "no version of TLS that both sides speak; the server takes TLS 1.2 and 1.3"
        case .noSharedCipher: "no cipher, group or signature that both sides take"
        case .noApplicationProtocol: "the client offers protocols by ALPN, but not http/1.1"
        case .certificateMissing: "the client showed no certificate where one is required"
        case .certificateRefused: "the certificate shown is not trusted or not valid"
        case .renegotiation: "the client asked for renegotiation"
        case .flood: "too many records without data, or a hello that is too long"
        case .badRecord: "a record does not decrypt or is too long"
        case .protocolError: "messages of the handshake are wrong or out of order"
        case .refusedByPeer: "the other side refused by an alert"
        case .internal: "OpenSSL could not go on"
        }
    }
}
