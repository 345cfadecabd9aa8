import COpenSSL

/// Looks at a server's first bytes before OpenSSL does: whether they begin TLS, and how long the first message says
/// that it is. It may be cut into records of any length.
struct HelloReader {
    /// The longest first message, in bytes; those in use have up to 2,000. OpenSSL alone would take 131,396,
    /// and reserve them when the header has come.
    static let longest = 16 << 10

    private var recordHeader = 0  // bytes seen of the record's 5
    private var recordLeft = 0
    private var messageHeader = 0  // bytes seen of the message's 4
    private var length = 0
    private(set) var isDone = false

    /// Takes the next byte; what is wrong with it ends the session.
    mutating func read(_ byte: UInt8) -> TLSFailure? {
        switch recordHeader {
        case 0 where messageHeader == 0 && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte):
            return .plainHTTP
        case 0 where Int32(byte) != SSL3_RT_HANDSHAKE:
            isDone = true  // OpenSSL knows what to say
        case 0..<5:
            if recordHeader >= 3 { recordLeft = recordLeft << 8 | Int(byte) }
            recordHeader += 1
        default:
            if messageHeader > 0 { length = length << 8 | Int(byte) }
            messageHeader += 1
            recordLeft -= 1
            isDone = messageHeader == 4
        }
        if recordHeader == 5, recordLeft == 0 { recordHeader = 0 }
        return length > Self.longest ? .flood : nil
    }
}
