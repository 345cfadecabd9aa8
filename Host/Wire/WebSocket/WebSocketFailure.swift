/// What a peer did that ends its WebSocket. The sentence is for logs and close reasons (at most 123 bytes).
package enum WebSocketFailure: Error, Equatable, Sendable {
    case reservedBits
    case unknownOpcode
    case unmasked
    case masked
    case fragmentedControlFrame
    case longControlFrame
    case lengthNotMinimal
    case lengthOver63Bits
    case continuationOfNothing
    case messageInsideMessage
    case closeOfOneByte
    case closeCodeNotAllowed
    case closeReasonNotUTF8
    case textNotUTF8
    case messageTooBig
    case notDeflate

    /// The code for the close frame: 1002, 1007 or 1009.
    package var code: CloseCode {
        switch self {
        case .textNotUTF8, .closeReasonNotUTF8, .notDeflate: .invalidData
        case .messageTooBig: .messageTooBig
        default: .protocolError
        }
    }

    /// One sentence in ASCII, without a full stop: what was wrong and, if known, what is right.
    package var sentence: String {
        switch self {
        case .reservedBits: "a reserved bit is set where nothing that was agreed on gives it a meaning"
        case .unknownOpcode: "unknown opcode: 0, 1, 2, 8, 9 and 10 are defined"
        case .unmasked: "a frame from a client must be masked"
        case .masked: "a frame from a server must not be masked"
        case .fragmentedControlFrame: "a control frame must not be fragmented"
        case .longControlFrame: "a control frame holds at most 125 bytes"
        case .lengthNotMinimal: "the length must take the shortest form"
        case .lengthOver63Bits: "the highest bit of a 64-bit length must be 0"
        case .continuationOfNothing: "a continuation frame, but no message to continue"
        case .messageInsideMessage: "a new message before the last fragment of the one before"
        case .closeOfOneByte: "a close frame with half a close code"
        case .closeCodeNotAllowed: "this close code must not be sent"
        case .closeReasonNotUTF8: "the close reason is not UTF-8"
        case .textNotUTF8: "the text message is not UTF-8"
        case .messageTooBig: "the message is over the limit"
        case .notDeflate: "the message cannot be decompressed"
        }
    }
}
