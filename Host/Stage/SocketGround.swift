import Core
import Crypto
import Net

/// A server with its threads, reached over TCP.
final class SocketGround: StageGround {
    private let configuration: Configuration
    private let binary: String
    private let clock = Clock(manualFrom: StageClock.start)
    /// The play says how fast messages may come: then some may wait until the clock is moved.
    private let hasPace: Bool
    private(set) var server: Server
    /// Open lines of which no ping can be asked.
    private var streams: [ClientSocket] = []

    init(_ configuration: Configuration, binary: String) throws(StartError) {
        self.configuration = configuration
        self.binary = binary
        hasPace = configuration.services.contains { $0.settings.limits.queries != Limits().queries }
        let log = Log(level: .error, clock: clock, descriptor: nil)
        server = try Server.start(
            configuration,
            on: .system(log: log, clock: clock, hashCost: .lowest),
            binary: binary
        )
        try server.run()
    }

    func connect(to listener: StageListener) throws(Deviation) -> ClientSocket {
        guard let port = server.port(ofListener: listener.name),
            let socket = ClientSocket(to: listener, port: port)
        else { throw Deviation(expected: "a connection", found: "nobody who listens") }
        if listener.isStream { streams.append(socket) }
        return socket
    }

    func port(of line: ClientSocket) -> UInt16 { line.port }

    func exchange(_ peer: inout some StageSpeaker, over line: ClientSocket) throws(Deviation) {
        peer.ping()
        // The server may be gone; what it sent before is read all the same.
        line.send(peer.takeOutgoing())
        if peer.takeEnd() { line.shut() }
        if peer.isOver { return close(line) }
        guard !line.listener.isStream else { return try exchangeStream(&peer, over: line) }
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

    /// Nil: nothing comes before the clock is moved, as the server holds messages back, or a connection.
    private func nextArrival(on line: ClientSocket) throws(Deviation) -> ClientSocket.Arrival? {
        guard hasPace || server.services[0].seesUpgrades else { return line.receive() }
        if let arrival = line.receiveNow() { return arrival }
        try settle()
        return line.receiveNow() ?? (server.isHoldingBack() ? nil : line.receive())
    }

    func leave(_ line: ClientSocket) {
        line.shut()
        while case .bytes? = try? nextArrival(on: line) {}
        close(line)
    }

    private func close(_ line: ClientSocket) {
        line.close()
        streams.removeAll { $0 === line }
    }

    func settle() throws(Deviation) {
        var deadline = SocketGround.deadline()
        var awaited = countAwaited()
        repeat {
            guard server.settle() else { break }
            if awaited == 0 { return }
            let count = countAwaited()
            if count != awaited { deadline = SocketGround.deadline() }
            awaited = count
        } while Clock().monotonic < deadline
        throw Deviation(expected: "a server that answers", found: "one that is busy for 10 seconds")
    }

    private static func deadline() -> Int64 { Clock().monotonic + 10_000_000_000 }

    func nextDeadline() -> Int64? { server.nextDeadline() }

    func advance(nanoseconds: Int64) { clock.advance(nanoseconds: nanoseconds) }

    func restart() throws(StartError) {
        streams = []
        server.halt()
        let log = server.log
        server = try Server.start(
            configuration,
            on: .system(log: log, clock: clock, hashCost: .lowest),
            binary: binary
        )
        try server.run()
    }

    func end() { server.halt() }
}

// Streams, whose peers cannot ask whether everything was read: the server's loops say how far they are.
extension SocketGround {
    /// Gives a peer what the server has written to it, and the end where it has closed its side.
    private func exchangeStream(_ peer: inout some StageSpeaker, over line: ClientSocket) throws(Deviation) {
        var deadline = SocketGround.deadline()
        repeat {
            try settle()
            let received = line.traffic.received
            let progress = server.progress(on: line.listener.name)[line.port]
            while !peer.isOver, progress.map({ line.traffic.received < $0.sent || $0.isShut }) ?? true {
                switch line.receive() {
                case .bytes(let bytes): peer.receive(bytes)
                case .end: peer.receiveEnd()
                case .silence: throw Deviation(expected: "what was sent", found: "silence for 10 seconds")
                }
            }
            // The kernel did not take everything at once.
            guard progress?.isOwed == true else { return }
            if line.traffic.received != received { deadline = SocketGround.deadline() }
        } while Clock().monotonic < deadline
        throw Deviation(expected: "all that was sent", found: "a part of it in 10 seconds")
    }

    /// What the server has still to read of what its peers on streams have sent: bytes, and their coming and going.
    private func countAwaited() -> Int {
        var found: [String: [UInt16: PeerProgress]] = [:]
        return streams.reduce(0) { count, line in
            let name = line.listener.name
            let all = found[name] ?? server.progress(on: name)
            found[name] = all
            guard let progress = all[line.port] else {
                return count + (line.wasAccepted || line.hasArrivals ? 0 : 1)
            }
            line.wasAccepted = true
            guard progress.isListening, !progress.isHeldBack else { return count }
            return count + line.traffic.sent - progress.received + (line.isShut ? 1 : 0)
        }
    }
}
