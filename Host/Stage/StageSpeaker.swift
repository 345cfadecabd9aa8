/// What speaks over one line: bytes in, bytes out. No I/O.
protocol StageSpeaker {
    /// Nothing will come any more.
    var isOver: Bool { get }
    /// Something is still to come without which nothing goes on.
    var isWaiting: Bool { get }

    mutating func takeOutgoing() -> [UInt8]
    mutating func receive(_ bytes: [UInt8])
    /// The server has closed its side.
    mutating func receiveEnd()
    /// Asks for a sign that everything was read, where there is one.
    mutating func ping()
}
