import Core
import Net

/// A server of one loop, on an engine in memory and on the caller's thread.
final class MemoryGround: StageGround {
    private let configuration: Configuration
    private let binary: String
    private let clock = Clock(manualFrom: StageClock.start)
    private var engine = MemoryEngine()
    private(set) var server: Server

    init(_ configuration: Configuration, binary: String) throws(StartError) {
        self.configuration = configuration
        self.binary = binary
        let log = Log(level: .error, clock: clock, descriptor: nil)
        server = try Server.start(configuration, on: .memory(engine, log: log, clock: clock), binary: binary)
    }

    func connect(to listener: StageListener) -> Int32 { engine.connect(to: listener.number) }

    func port(of line: Int32) -> UInt16 { UInt16(truncatingIfNeeded: line) }

    func exchange(_ peer: inout some StageSpeaker, over line: Int32) {
        let bytes = peer.takeOutgoing()
        if !bytes.isEmpty { engine.send(bytes, from: line) }
        if peer.takeEnd() { engine.leave(line) }
        if peer.isOver { return leave(line) }
        settle()
        peer.receive(engine.take(line))
        if engine.isClosed(line) { peer.receiveEnd() }
    }

    func leave(_ line: Int32) {
        engine.leave(line)
        settle()
    }

    func settle() {
        for loop in server.loops { while loop.turn(waits: false) {} }
    }

    func nextDeadline() -> Int64? { server.loops.compactMap(\.nextDeadline).min() }

    func advance(nanoseconds: Int64) { clock.advance(nanoseconds: nanoseconds) }

    func restart() throws(StartError) {
        server.halt()
        engine = MemoryEngine()
        let log = server.log
        server = try Server.start(configuration, on: .memory(engine, log: log, clock: clock), binary: binary)
    }

    func end() { server.halt() }
}

/// The time at which every play begins.
enum StageClock {
    /// 2026-01-01 00:00:00 UTC, in nanoseconds since 1970.
    static let start: Int64 = 1_767_225_600_000_000_000
}
