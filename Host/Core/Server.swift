package import Crypto
import Glibc
package import Net
import Store
import Synchronization
import Wire

/// A running Patchbay: listeners, loops, services. Starts as a whole or not at all.
package final class Server {
    package let configuration: Configuration
    package let clock: Clock
    package let log: Log
    package private(set) var services: [Service] = []
    package private(set) var loops: [Loop] = []
    private(set) var listeners: [Listener] = []
    private let files: PluginFiles
    let pool: HashPool
    let fetcher: Fetcher
    private let startedAt: Int64
    private var threads: [Thread] = []
    private var lock: StateLock?
    private var sockets: [String: ListeningSocket] = [:]  // by listener
    let applying = Mutex(())  // one `apply` after the other

    private init(_ configuration: Configuration, files: PluginFiles, ground: Ground) {
        self.configuration = configuration
        self.files = files
        clock = ground.clock
        log = ground.log
        pool = HashPool(cost: ground.hashCost, threads: ground.memory == nil ? max(1, Server.cores - 1) : 0)
        let network = Fetcher.Network(authorities: configuration.httpAuthorities)
        fetcher = Fetcher(ground.memory == nil ? network : nil)
        startedAt = clock.monotonic
    }

    /// What a server stands on, but for the configuration.
    package struct Ground {
        let clock: Clock
        let log: Log
        let memory: MemoryEngine?
        let hashCost: Scrypt.Cost  // of passwords

        /// The system's sockets, clocks and threads.
        package static func system(log: Log, clock: Clock, hashCost: Scrypt.Cost = .usual) -> Ground {
            Ground(clock: clock, log: log, memory: nil, hashCost: hashCost)
        }

        /// One loop on an engine in memory, everything on the caller's thread; see `Stage`.
        package static func memory(_ engine: MemoryEngine, log: Log, clock: Clock) -> Ground {
            Ground(clock: clock, log: log, memory: engine, hashCost: .lowest)
        }
    }

    // MARK: Start

    /// Starts everything that the configuration names. What an error leaves behind is what was there before.
    ///
    /// - Parameter binary: the folder of the host's executable, where plugins are looked for.
    package static func start(
        _ configuration: Configuration,
        on ground: Ground,
        binary: String
    ) throws(StartError) -> Server {
        let errors = Unavailable.errors(in: configuration)
        guard errors.isEmpty else { throw StartError(errors.map(\.description)) }
        let files = PluginFiles(configuration, binary: binary)
        let server = Server(configuration, files: files, ground: ground)
        do throws(StartError) {
            try server.prepare(ground)
        } catch {
            server.halt()
            throw error
        }
        return server
    }

    private func prepare(_ ground: Ground) throws(StartError) {
        if ground.memory == nil { try ControlSocket.checkLength(state: configuration.state) }
        lock = try StateLock(folder: configuration.state)
        try StartError.wrapping { () throws(PluginError) in try files.removeCopies() }
        if ground.memory == nil { try bind() }
        try makeLoops(ground)
        let errors = Server.certificateErrors(in: configuration, now: clock.wallSeconds)
        let libraries = try StartError.gathering(configuration.services, after: errors) {
            service throws(StartError) in
            try load(service)
        }
        for (number, library) in libraries.enumerated() {
            services.append(try makeService(configuration.services[number], number, library))
        }
        try makeListeners()
        _ = try StartError.gathering(zip(services, libraries)) { service, library throws(StartError) in
            try service.start(library, state: configuration.state)
        }
        for loop in loops {
            try StartError.wrapping { () throws(SystemError) in
                try loop.prepare(peers: loops, services: services, listeners: listeners)
            }
        }
    }

    private func makeLoops(_ ground: Ground) throws(StartError) {
        if let memory = ground.memory {
            loops = [Loop(index: 0, engine: memory, clock: clock, log: log)]
            return
        }
        let count =
            switch configuration.loops {
            case .automatic: min(max(1, Server.cores), 64)
            case .count(let count): count
            }
        loops = (0..<count).map { Loop(index: $0, engine: EpollEngine(), clock: clock, log: log) }
    }

    private static var cores: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

    private func makeService(
        _ configuration: ServiceConfiguration,
        _ number: Int,
        _ library: PluginLibrary
    ) throws(StartError) -> Service {
        var isShared = configuration.settings.lane == .shared
        // A commit waits for the disk, and a loop must not.
        if configuration.settings.lane == nil { isShared = library.table.migrations.isEmpty }
        if loops.count == 1, loops[0].engine is MemoryEngine { isShared = true }
        do throws(SystemError) {
            let lane = try Lane(
                on: isShared ? loops[number % loops.count] : nil,
                loops: loops,
                clock: clock
            )
            let exposed = Set(self.configuration.listeners.filter(\.isExposed).map(\.name))
            let environment = Service.Environment(
                exposed: exposed,
                clock: clock,
                log: log,
                files: files,
                pool: pool,
                fetcher: fetcher
            )
            return Service(
                configuration,
                number: number,
                lane: lane,
                loops: loops.count,
                environment: environment
            )
        } catch {
            throw StartError(["service \(configuration.name): \(error)"])
        }
    }

    private func load(_ configuration: ServiceConfiguration) throws(StartError) -> PluginLibrary {
        do throws(PluginError) {
            return try files.load(
                try files.path(of: configuration.plugin),
                service: configuration.name,
                generation: Service.firstLoad
            )
        } catch {
            throw StartError(["\(configuration.pluginPosition): service \(configuration.name): \(error)"])
        }
    }

    // MARK: Listeners

    private func bind() throws(StartError) {
        for listener in configuration.listeners {
            guard let address = listener.socketAddress else { continue }
            do throws(SystemError) {
                sockets[listener.name] = try ListeningSocket(address, mode: listener.socketMode)
            } catch {
                throw StartError([Server.sentence(listener, address, error)])
            }
        }
    }

    private static func sentence(
        _ listener: ListenerConfiguration,
        _ address: SocketAddress,
        _ error: SystemError
    ) -> String {
        let (code, message, remedy) =
            if case .unix(let path) = address.host {
                pathWords(path, error)
            } else {
                portWords(listener, address, error)
            }
        return ConfigurationError(code, at: listener.addressPosition, message, remedy).description
    }

    private static func portWords(
        _ listener: ListenerConfiguration,
        _ address: SocketAddress,
        _ error: SystemError
    ) -> (code: ConfigurationError.Code, message: String, remedy: String) {
        switch error.code {
        case EADDRINUSE:
            (
                .portInUse, "\(address) is in use by another process",
                "end that one (ss -ltnp shows it) or give listener \"\(listener.name)\" another port"
            )
        case EACCES:
            (.badAddress, "this user may not listen on \(address)", "take a port of 1024 or more")
        case EADDRNOTAVAIL:
            (.badAddress, "\(address) is no address of this machine", "see `ip address` for those it has")
        default:
            (.badAddress, "cannot listen on \(address): \(error)", "give another address")
        }
    }

    private static func pathWords(_ path: String, _ error: SystemError)
        -> (code: ConfigurationError.Code, message: String, remedy: String)
    {
        switch error.code {
        case EADDRINUSE:
            (
                .portInUse, "\(path) is in use by another process",
                "end that one (ss -lxp shows it) or give another path"
            )
        case EEXIST:
            (.badAddress, "\(path) is there already and is no socket", "remove it or give another path")
        case ENOENT, ENOTDIR:
            (.badAddress, "the folder of \(path) is not there", "make it or give another path")
        case EACCES, EPERM, EROFS:
            (
                .badAddress, "this user may not make a socket at \(path)",
                "give a path in a folder of this user's"
            )
        default:
            (.badAddress, "cannot listen at \(path): \(error)", "give another path")
        }
    }

    private func makeListeners() throws(StartError) {
        for (number, listener) in configuration.listeners.enumerated() {
            let security = try ListenerSecurity(listener, clock: clock)
            listeners.append(
                Listener(
                    listener,
                    number: number,
                    socket: sockets[listener.name],
                    limits: configuration.defaults.limits,
                    services: services,
                    security: security
                )
            )
        }
    }

    /// Each service with the addresses that it is reached at, for people.
    package var addresses: [(service: String, address: String)] {
        services.flatMap { service in
            service.bindings.map { binding in
                let listener = listeners.first { $0.name == binding.listener }
                return (service.name, listener?.address(of: binding) ?? binding.listener)
            }
        }
    }

    // MARK: Run and stop

    /// Starts the threads; returns at once.
    package func run() throws(StartError) {
        do throws(SystemError) {
            for service in services where service.lane.loop == nil {
                threads.append(try Thread(name: "lane \(service.name)") { service.lane.runForever() })
            }
            for loop in loops {
                threads.append(try Thread(name: "loop \(loop.index)") { loop.runForever() })
            }
        } catch {
            throw StartError(["a thread could not be started: \(error)"])
        }
    }

    /// Says goodbye to everybody, waits until they have gone or the drain time has passed, and ends.
    package func stop() {
        for loop in loops { loop.perform { $0.sayGoodbye() } }
        let deadline = clock.monotonic + configuration.drain.nanoseconds
        while connectionCount > 0, clock.monotonic < deadline { usleep(10_000) }
        // Services hear of all those who have gone.
        if passLoops({ _ in }) { _ = passLanes { _ in } }
        halt()
    }

    /// Ends at once: nobody is told, and what is not stored is lost.
    package func halt() {
        pool.end()
        fetcher.end()
        for service in services { service.lane.end() }
        for loop in loops { loop.end() }
        for thread in threads { thread.join() }
        threads = []
        release()
        for service in services { service.lane.dismantle() }
        for loop in loops { loop.dismantle() }
    }

    private func release() {
        for service in services {
            service.lane.handleDirectly { $0.generation?.destroy() }
            service.database?.close()
        }
        for socket in sockets.values { socket.close() }
        sockets = [:]
        // Without the lock the copies are another server's.
        if lock != nil { try? files.removeCopies() }
        lock = nil
    }

    package var connectionCount: Int { loops.reduce(0) { $0 + $1.load.load(ordering: .relaxed) } }

    /// What was refused before any service saw it, how often, by reason.
    package var refusals: [String: Int64] {
        loops.reduce(into: [:]) { all, loop in
            for (name, count) in loop.refusals.withLock({ $0 }) { all[name, default: 0] += Int64(count) }
        }
    }

    /// Seconds since the start.
    package var uptime: Int64 { (clock.monotonic - startedAt) / 1_000_000_000 }

    package func service(named name: String) -> Service? { services.first { $0.name == name } }
}

extension StartError {
    /// Runs `body` for each; what any of them throws is thrown together, after what is wrong already.
    static func gathering<Elements: Sequence, Result>(
        _ elements: Elements,
        after errors: [String] = [],
        _ body: (Elements.Element) throws(StartError) -> Result
    ) throws(StartError) -> [Result] {
        var results: [Result] = []
        var sentences = errors
        for element in elements {
            do throws(StartError) {
                results.append(try body(element))
            } catch {
                sentences += error.sentences
            }
        }
        guard sentences.isEmpty else { throw StartError(sentences) }
        return results
    }

    /// Runs `body`; what it throws becomes the sentence.
    static func wrapping<Failure: Error>(_ body: () throws(Failure) -> Void) throws(StartError) {
        do throws(Failure) {
            try body()
        } catch {
            throw StartError(["\(error)"])
        }
    }
}

extension ListenerConfiguration {
    /// The address to bind.
    var socketAddress: SocketAddress? {
        switch address {
        case .any(let port): SocketAddress(host: .v4(0), port: port)
        case .ip(let bytes, let port): SocketAddress(bytes: bytes, port: port)
        case .unix(let path): SocketAddress(host: .unix(path), port: 0)
        }
    }
}

extension Loop {
    /// No more peers, and a close frame to those who are here.
    func sayGoodbye() {
        stopAccepting()
        for connection in connections {
            guard let connection else { continue }
            switch connection.phase {
            case .open: end(connection, code: .goingAway, "the server is going down")
            case .head where connection.isOwed: conclude(connection)
            case .head: ended(connection)
            case .answering where connection.isShown: giveUp(connection)
            // A session that is over goes when it is flushed: nobody can come any more to ask why.
            case .ending where connection.session != nil: touch(connection)
            default: break
            }
        }
    }
}

// Constant once started, but for the threads, which only the main one touches.
extension Server: @unchecked Sendable {}
