/// What speaks over one line: bytes in, bytes out. No I/O.
protocol StageSpeaker {
    /// Nothing will come any more.
    var isOver: Bool { get }
    /// Something is still to come without which nothing goes on.
    var isWaiting: Bool { get }

    mutating func takeOutgoing() -> [UInt8]
    /// Whether its own side is to be closed now, behind what was taken; true once.
    mutating func takeEnd() -> Bool
    mutating func receive(_ bytes: [UInt8])
    /// The server has closed its side.
    mutating func receiveEnd()
    /// Asks for a sign that everything was read, where there is one.
    mutating func ping()
}

extension StageSpeaker {
    mutating func takeEnd() -> Bool { false }
    mutating func ping() {}
}
