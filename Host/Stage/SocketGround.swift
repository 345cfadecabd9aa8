import Core
import Net

/// A server with its threads, reached over TCP.
final class SocketGround: StageGround {
    private let configuration: Configuration
    private let binary: String
    private let clock = Clock(manualFrom: StageClock.start)
    private(set) var server: Server

    init(_ configuration: Configuration, binary: String) throws(StartError) {
        self.configuration = configuration
        self.binary = binary
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
        while peer.isWaiting {
            switch line.receive() {
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

    func leave(_ line: ClientSocket) {
        line.shut()
        while case .bytes = line.receive() {}
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
