/// Somebody whom a play names, on a connection: it keeps what has come until a line asks for it.
protocol StageClient: StageSpeaker {
    /// Messages that no line has asked for yet.
    var messages: [StageMessage] { get set }
    /// What has come of a message that is not whole.
    var fragment: [UInt8] { get }
    var ending: StageEnding? { get set }
    /// Why there is no connection.
    var refusal: String? { get }
    /// What the server answered in its stead.
    var answer: StageRequester.Answer? { get }
    var hasSomethingToSay: Bool { get }

    /// Throws when a step needs what the transport does not have.
    func check(_ need: StageNeed) throws(Deviation)
    /// Says a text.
    mutating func say(_ text: [UInt8]) throws(Deviation)
    /// Sends a message of bytes.
    mutating func send(_ bytes: [UInt8]) throws(Deviation)
    /// Sends bytes as they are.
    mutating func sendRaw(_ bytes: [UInt8]) throws(Deviation)
    /// Sends a close frame.
    mutating func close(code: Int) throws(Deviation)
    /// Sends nothing more, and takes what still comes.
    mutating func closeSide() throws(Deviation)

    /// Who is to send what was said since the last time. Nil: nothing was, or the line itself carries it.
    mutating func takeWords() -> SessionSender?
    /// What it said was not taken.
    mutating func lose(_ refusal: String)
}

extension StageClient {
    var fragment: [UInt8] { [] }
    var refusal: String? { nil }
    var answer: StageRequester.Answer? { nil }
    mutating func sendRaw(_ bytes: [UInt8]) throws(Deviation) { try check(.raw) }
    mutating func close(code: Int) throws(Deviation) { try check(.code) }
    mutating func closeSide() throws(Deviation) { try check(.side) }
    mutating func takeWords() -> SessionSender? { nil }
    mutating func lose(_ refusal: String) {}

    /// What came first of that for which no line has asked.
    var unread: String? {
        if let message = messages.first { return message.description }
        return fragment.isEmpty ? nil : "a part of a frame: \(TranscriptBytes.text(of: fragment))"
    }

    /// What came, and no line has asked for.
    var leftover: String? {
        if let unread { return unread }
        guard let ending, !ending.isExpected else { return nil }
        return ending.description
    }
}

/// What a step is about, and not every transport has.
enum StageNeed {
    case text, bytes  // messages
    case raw  // what goes over the wire
    case side  // that one side is closed and the other is not
    case code  // why a connection is closed
}

/// What came.
enum StageMessage: Equatable {
    case text([UInt8])
    case binary([UInt8])
    case frame([UInt8], whole: [UInt8])  // of a stream: its payload, and all its bytes
    case bytes([UInt8])  // of a stream that its plugin divides: all that has come
}

/// How a connection ended.
struct StageEnding: Equatable {
    let code: Int?  // 1006: without a close frame; 400 to 599: it was never open; nil: it was a stream
    let reason: String
    /// The play has said so, or the peer has closed first: no line need ask for it.
    var isExpected: Bool
}

extension StageMessage: CustomStringConvertible {
    var description: String {
        switch self {
        case .text(let text): "\"\(String(decoding: text, as: UTF8.self))\""
        case .binary(let bytes): Self.hexadecimal(bytes)
        case .frame(let payload, _):
            String(validating: payload, as: UTF8.self).map { "\"\($0)\"" } ?? Self.hexadecimal(payload)
        case .bytes(let bytes): "raw \(TranscriptBytes.text(of: bytes))"
        }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        (["hex"] + bytes.map(TranscriptBytes.digits)).joined(separator: " ")
    }
}

extension StageEnding: CustomStringConvertible {
    var description: String {
        (["closed"] + [code.map { "\($0)" }, reason.isEmpty ? nil : reason].compactMap(\.self))
            .joined(separator: " ")
    }
}
