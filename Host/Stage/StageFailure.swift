/// The first place where a play went otherwise than its transcript says.
///
///     minute.transcript:9: anna < 3
///       expected 3, found "2"
public struct StageFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The transcript's name.
    public let transcript: String
    /// From 1; 0 when the play has no lines.
    public let line: Int
    /// The line as written, or what was done beside the lines.
    public let text: String
    /// Where in a JSON message: `data.users[2].name`; empty for the whole.
    public let path: String
    /// What the line asks for.
    public let expected: String
    /// What came instead.
    public let found: String
    /// The whole message, where `path` points into one.
    public let message: String?

    /// Place, line, and what differs; no line end after the last.
    public var description: String {
        var text = "\(transcript):\(line): \(self.text)\n  "
        if !path.isEmpty { text += "at \(path): " }
        text += "expected \(expected), found \(found)"
        if let message { text += "\n  in \(message)" }
        return text
    }
}

/// What differs, before anybody asks in which line.
struct Deviation: Error, Equatable {
    var path = ""
    let expected: String
    let found: String
    var message: String?

    init(expected: String, found: String) {
        self.expected = expected
        self.found = found
    }

    init(_ mismatch: TranscriptMatch.Mismatch, in message: [UInt8]) {
        path = mismatch.path
        expected = mismatch.expected
        found = mismatch.found
        self.message = path.isEmpty ? nil : String(decoding: message, as: UTF8.self)
    }
}
