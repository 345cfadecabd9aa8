import Net
import TLS
import Wire

/// The thread that makes requests: their sockets, their time, and the connections that are kept for the next ones.
final class FetchLoop {
    /// One request.
    private final class Fetch {
        let job: FetchJob
        var phase = Phase.new
        /// Those that have not been tried.
        var addresses: [SocketAddress] = []
        var isSecondTry = false
        var lastFailure = ""

        init(_ job: FetchJob) { self.job = job }

        var origin: Origin { Origin(job.request.address) }
    }

    private enum Phase {
        case new
        case lookingUp(Lookups.Host)
        case connecting(OutgoingSocket, until: Int64)
        case exchanging(OutgoingSocket, FetchExchange)
        case done
    }

    private struct Origin: Hashable {
        let isSecure: Bool
        let host: WebAddress.Host
        let port: UInt16

        init(_ address: WebAddress) {
            isSecure = address.isSecure
            host = address.host
            port = address.port
        }
    }

    /// A connection that is kept for the next request.
    private struct Idle {
        let origin: Origin
        let socket: OutgoingSocket
        let exchange: FetchExchange
        let until: Int64
    }

    static let mostIdle = 32
    static let mostIdleOfOrigin = 8
    static let idleNanoseconds: Int64 = 10_000_000_000

    private let fetcher: Fetcher
    private let clock: Clock
    private let wakeup: Wakeup
    private let lookups: Lookups
    private let authorities: String?
    private var context: TLSClientContext?
    private var fetches: [Fetch] = []
    private var idle: [Idle] = []  // the oldest first
    private var buffer: [UInt8] = []

    init(_ fetcher: Fetcher, clock: Clock, wakeup: Wakeup, authorities: String?) {
        self.fetcher = fetcher
        self.clock = clock
        self.wakeup = wakeup
        self.authorities = authorities
        lookups = Lookups(wakeup)
    }

    /// The thread's body: until the server ends.
    func run() {
        while true {
            let news = fetcher.news()
            if news.isEnding { break }
            if news.hasForgotten { dropForgotten() }
            for job in news.arrived { begin(job) }
            takeLookups()
            expire()
            fetches.removeAll { if case .done = $0.phase { true } else { false } }
            turn()
        }
        lookups.end()
        for fetch in fetches { close(fetch) }
        for connection in idle { connection.socket.close() }
    }

    // MARK: Waiting

    /// Sleeps until something happens, and sees to it.
    private func turn() {
        var set = PollSet()
        set.add(wakeup.descriptor)
        var waiting: [Fetch] = []
        for fetch in fetches {
            switch fetch.phase {
            case .connecting(let socket, _): set.add(socket.descriptor, writes: true)
            case .exchanging(let socket, let exchange):
                set.add(socket.descriptor, writes: exchange.sent < exchange.outgoing.count)
            case .new, .lookingUp, .done: continue
            }
            waiting.append(fetch)
        }
        for connection in idle { set.add(connection.socket.descriptor) }
        set.wait(nanoseconds: nextDeadline.map { $0 - clock.monotonic })
        if set.isReady(0) { wakeup.wait(nanoseconds: 0) }
        let kept = idle.indices.filter { set.isReady(1 + waiting.count + $0) }
        // The last first, so that the places of the others stay.
        for index in kept.reversed() where !isQuiet(idle[index]) { idle.remove(at: index).socket.close() }
        for (index, fetch) in waiting.enumerated() where set.isReady(1 + index) { advance(fetch) }
    }

    private var nextDeadline: Int64? {
        var first = idle.first?.until
        for fetch in fetches {
            var deadline = fetch.job.deadline
            if case .connecting(_, let until) = fetch.phase { deadline = min(deadline, until) }
            first = min(first ?? deadline, deadline)
        }
        return first
    }

    private func expire() {
        let now = clock.monotonic
        while let oldest = idle.first, oldest.until <= now { idle.removeFirst().socket.close() }
        for fetch in fetches {
            if fetch.job.deadline <= now {
                fail(fetch, lateSentence(fetch))
            } else if case .connecting(_, let until) = fetch.phase, until <= now {
                close(fetch)
                fetch.lastFailure = "it does not answer"
                connect(fetch)
            }
        }
    }

    private func lateSentence(_ fetch: Fetch) -> String {
        let what =
            switch fetch.phase {
            case .lookingUp: "was not looked up"
            case .connecting: "did not take the connection"
            default: "did not answer"
            }
        return "\(fetch.job.request.address.authority) \(what) within \(fetch.job.milliseconds) ms"
    }

    private func dropForgotten() {
        for fetch in fetches where !fetcher.isWanted(fetch.job) {
            close(fetch)
            fetch.phase = .done
        }
        lookups.keep(
            Set(fetches.compactMap { if case .lookingUp(let host) = $0.phase { host } else { nil } })
        )
    }

    // MARK: Beginning

    private func begin(_ job: FetchJob) {
        let fetch = Fetch(job)
        fetches.append(fetch)
        guard !resume(fetch) else { return }
        lookUp(fetch)
    }

    /// Sends it on a connection that was kept. False: there is none.
    private func resume(_ fetch: Fetch) -> Bool {
        let origin = fetch.origin
        // The youngest is the likeliest to be there still.
        while let index = idle.lastIndex(where: { $0.origin == origin }) {
            let connection = idle.remove(at: index)
            guard isQuiet(connection) else {
                connection.socket.close()
                continue
            }
            exchange(fetch, connection.socket, connection.exchange)
            return true
        }
        return false
    }

    /// Whether the server has neither ended it nor said anything that nobody asked for.
    private func isQuiet(_ connection: Idle) -> Bool {
        buffer.removeAll(keepingCapacity: true)
        guard let arrival = try? connection.socket.receive(into: &buffer), arrival != .end else {
            return false
        }
        // Over TLS it may be tickets.
        let bytes = buffer
        if !bytes.isEmpty { _ = connection.exchange.receive(bytes.span) }
        return connection.exchange.mayBeKept
    }

    private func lookUp(_ fetch: Fetch) {
        let address = fetch.job.request.address
        switch address.host {
        case .address(let bytes):
            fetch.addresses = SocketAddress(bytes: bytes, port: address.port).map { [$0] } ?? []
            connect(fetch)
        case .name(let name):
            let host = Lookups.Host(name: name, port: address.port)
            fetch.phase = .lookingUp(host)
            lookups.begin(host)
        }
    }

    private func takeLookups() {
        let found = lookups.take()
        guard !found.isEmpty else { return }
        for fetch in fetches {
            guard case .lookingUp(let host) = fetch.phase, let answer = found[host] else { continue }
            switch answer {
            case .success(let addresses):
                fetch.addresses = addresses
                connect(fetch)
            case .failure(let failure): fail(fetch, "\(host.name) cannot be looked up: \(failure.sentence)")
            }
        }
    }

    /// Tries the next address. Each has its share of the time that is left, so that one which does not answer leaves some
    /// to the others.
    private func connect(_ fetch: Fetch) {
        let now = clock.monotonic
        while !fetch.addresses.isEmpty {
            let share = max(0, fetch.job.deadline - now) / Int64(fetch.addresses.count)
            let address = fetch.addresses.removeFirst()
            do throws(SystemError) {
                fetch.phase = .connecting(try OutgoingSocket(to: address), until: now + share)
                return
            } catch {
                fetch.lastFailure = SystemError.text(error.code)
            }
        }
        fail(fetch, "cannot connect to \(fetch.job.request.address.authority): \(fetch.lastFailure)")
    }

    // MARK: Going on

    private func advance(_ fetch: Fetch) {
        switch fetch.phase {
        case .connecting(let socket, _):
            if let failure = socket.failure {
                close(fetch)
                fetch.lastFailure = SystemError.text(failure.code)
                connect(fetch)
            } else {
                open(fetch, socket)
            }
        case .exchanging(let socket, let exchange):
            settle(fetch, socket, exchange, receive(socket, exchange))
        case .new, .lookingUp, .done: break
        }
    }

    private func open(_ fetch: Fetch, _ socket: OutgoingSocket) {
        let address = fetch.job.request.address
        guard address.isSecure else {
            return exchange(fetch, socket, FetchExchange(to: address.authority))
        }
        guard let context = makeContext() else {
            return fail(fetch, "the file of http_authorities cannot be read any more")
        }
        let session =
            switch address.host {
            case .name(let name): TLSClientSession(context, host: name)
            case .address(let bytes):
                TLSClientSession(context, address: SocketAddress(bytes: bytes, port: 0)?.hostText ?? "")
            }
        exchange(fetch, socket, FetchExchange(to: address.authority, tls: session))
    }

    private func makeContext() -> TLSClientContext? {
        if context == nil { context = try? TLSClientContext(verifyingBy: authorities) }
        return context
    }

    private func exchange(_ fetch: Fetch, _ socket: OutgoingSocket, _ exchange: FetchExchange) {
        fetch.phase = .exchanging(socket, exchange)
        settle(fetch, socket, exchange, exchange.begin(fetch.job.request, most: fetch.job.most))
    }

    /// Takes what has come.
    private func receive(_ socket: OutgoingSocket, _ exchange: FetchExchange) -> FetchExchange.Outcome {
        buffer.removeAll(keepingCapacity: true)
        do throws(SystemError) {
            switch try socket.receive(into: &buffer) {
            case .bytes:
                let bytes = buffer
                return exchange.receive(bytes.span)
            case .nothing: return .goesOn
            case .end: return exchange.ended()
            }
        } catch {
            return exchange.broke(SystemError.text(error.code))
        }
    }

    private func settle(
        _ fetch: Fetch,
        _ socket: OutgoingSocket,
        _ exchange: FetchExchange,
        _ outcome: FetchExchange.Outcome
    ) {
        switch outcome {
        case .goesOn: send(fetch, socket, exchange)
        case .answered(let answer):
            keep(fetch, socket, exchange)
            finish(fetch, .success(answer))
        case .failed(let failure):
            // An alert, perhaps.
            let outgoing = exchange.outgoing
            _ = try? socket.send(outgoing.span.extracting(exchange.sent...))
            close(fetch)
            finish(fetch, .failure(failure))
        case .abandoned:
            close(fetch)
            guard exchange.mayBeRepeated, !fetch.isSecondTry else {
                let place = fetch.job.request.address.authority, method = fetch.job.request.method
                let sentence =
                    "\(place) ended a kept connection without an answer; \(method) is not sent twice"
                return finish(fetch, .failure(FetchFailure(sentence)))
            }
            fetch.isSecondTry = true
            lookUp(fetch)
        }
    }

    private func send(_ fetch: Fetch, _ socket: OutgoingSocket, _ exchange: FetchExchange) {
        while exchange.sent < exchange.outgoing.count {
            do throws(SystemError) {
                let outgoing = exchange.outgoing
                let count = try socket.send(outgoing.span.extracting(exchange.sent...))
                guard count > 0 else { return }
                exchange.note(sent: count)
            } catch {
                // It may have answered before it ended.
                let outcome = receive(socket, exchange)
                let reason = SystemError.text(error.code)
                return settle(fetch, socket, exchange, outcome == .goesOn ? exchange.broke(reason) : outcome)
            }
        }
    }

    // MARK: Ending

    private func keep(_ fetch: Fetch, _ socket: OutgoingSocket, _ exchange: FetchExchange) {
        let origin = fetch.origin
        guard exchange.mayBeKept, idle.count(where: { $0.origin == origin }) < FetchLoop.mostIdleOfOrigin
        else {
            return socket.close()
        }
        if idle.count == FetchLoop.mostIdle { idle.removeFirst().socket.close() }
        let until = clock.monotonic + FetchLoop.idleNanoseconds
        idle.append(Idle(origin: origin, socket: socket, exchange: exchange, until: until))
    }

    private func fail(_ fetch: Fetch, _ sentence: String) {
        close(fetch)
        finish(fetch, .failure(FetchFailure(sentence)))
    }

    private func finish(_ fetch: Fetch, _ outcome: Result<FetchAnswer, FetchFailure>) {
        fetch.phase = .done
        fetcher.finish(fetch.job, outcome)
    }

    /// Ends its connection, if it has one.
    private func close(_ fetch: Fetch) {
        switch fetch.phase {
        case .connecting(let socket, _), .exchanging(let socket, _): socket.close()
        case .new, .lookingUp, .done: break
        }
        fetch.phase = .new
    }
}
