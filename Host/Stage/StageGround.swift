import Core
import Net

/// A running server and the lines that peers reach it by: in memory, or over sockets.
protocol StageGround: AnyObject {
    /// What carries one peer's bytes.
    associatedtype Line

    /// Starts a server on a configuration.
    init(_ configuration: Configuration, binary: String) throws(StartError)

    var server: Server { get }

    /// A new line to one of the server's listeners.
    func connect(to listener: StageListener) throws(Deviation) -> Line
    /// Its port on the peer's side.
    func port(of line: Line) -> UInt16
    /// Sends what the peer has to say, and gives it all that the server has sent.
    func exchange(_ peer: inout some StageSpeaker, over line: Line) throws(Deviation)
    /// Ends a line as a peer does who just goes away; returns when the server has seen it.
    func leave(_ line: Line)
    /// Returns when the server has nothing left to do until somebody sends or the clock moves.
    func settle() throws(Deviation)
    /// When the clock next makes something happen.
    func nextDeadline() -> Int64?
    /// Moves the clock; `settle` lets it have its effect.
    func advance(nanoseconds: Int64)
    /// Stops the server without a word to anybody, and starts it on the same state.
    func restart() throws(StartError)
    /// Stops the server.
    func end()
}
