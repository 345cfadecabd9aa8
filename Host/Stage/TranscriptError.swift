/// A line of a transcript that cannot be understood: `minute.transcript:3: unknown step "sings"; …`
public struct TranscriptError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The transcript's name.
    public let name: String
    /// From 1; 0 where it is the file as a whole.
    public let line: Int
    /// What is wrong, and what to do.
    public let message: String

    /// Name, line and message.
    public var description: String {
        line == 0 ? "\(name): \(message)" : "\(name):\(line): \(message)"
    }

    /// An error in line `line` of the transcript called `name`.
    public init(name: String, line: Int, message: String) {
        self.name = name
        self.line = line
        self.message = message
    }
}

/// What is wrong with a line, before anybody asks which.
struct TranscriptLineError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
