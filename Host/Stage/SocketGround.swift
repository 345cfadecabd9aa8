import Core
import Net

/// A server with its threads, reached over TCP.
final class SocketGround: StageGround {
    private let configuration: Configuration
    private let binary: String
    private let clock = Clock(manualFrom: StageClock.start)
    /// The play says how fast messages may come: then some may wait until the clock is moved.
    private let hasPace: Bool
    private(set) var server: Server

    init(_ configuration: Configuration, binary: String) throws(StartError) {
        self.configuration = configuration
        self.binary = binary
        hasPace = configuration.services.contains { $0.settings.limits.queries != Limits().queries }
        let log = Log(level: .error, clock: clock, descriptor: nil)
        server = try Server.start(configuration, on: .system(log: log, clock: clock), binary: binary)
        try server.run()
    }

    func connect() throws(Deviation) -> ClientSocket {
        guard let port = server.port(ofListener: StageSetting.listener),
            let socket = ClientSocket(port: port)
        else { throw Deviation(expected: "a connection", found: "nobody who listens") }
        return socket
    }

    func exchange(_ peer: inout some StageSpeaker, over line: ClientSocket) throws(Deviation) {
        peer.ping()
        // The server may be gone; what it sent before is read all the same.
        line.send(peer.takeOutgoing())
        if peer.isOver { return line.close() }
        while peer.isWaiting, let arrival = try nextArrival(on: line) {
            switch arrival {
            case .bytes(let bytes): peer.receive(bytes)
            case .end: peer.receiveEnd()
            case .silence: throw Deviation(expected: "a sign of life", found: "silence for 10 seconds")
            }
        }
        // Of whom no ping can be answered, everything that was written is there.
        while !peer.isOver, let arrival = line.receiveNow() {
            if case .bytes(let bytes) = arrival { peer.receive(bytes) } else { peer.receiveEnd() }
        }
    }

    /// Nil: nothing comes before the clock is moved, as the server holds messages back.
    private func nextArrival(on line: ClientSocket) throws(Deviation) -> ClientSocket.Arrival? {
        guard hasPace else { return line.receive() }
        if let arrival = line.receiveNow() { return arrival }
        try settle()
        return line.receiveNow() ?? (server.isHoldingBack() ? nil : line.receive())
    }

    func leave(_ line: ClientSocket) {
        line.shut()
        while case .bytes? = try? nextArrival(on: line) {}
        line.close()
    }

    func settle() throws(Deviation) {
        guard server.settle() else {
            throw Deviation(expected: "a server that answers", found: "one that is busy for 10 seconds")
        }
    }

    func nextDeadline() -> Int64? { server.nextDeadline() }

    func advance(nanoseconds: Int64) { clock.advance(nanoseconds: nanoseconds) }

    func restart() throws(StartError) {
        server.halt()
        let log = server.log
        server = try Server.start(configuration, on: .system(log: log, clock: clock), binary: binary)
        try server.run()
    }

    func end() { server.halt() }
}
