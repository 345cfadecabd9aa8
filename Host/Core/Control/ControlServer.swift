import Glibc
import JSON
import Net
import Synchronization

/// Answers commands from the control socket.
package final class ControlServer: Sendable {
    /// For a plugin to answer a command.
    private static let callSeconds = 30

    private let server: Server
    private let socket: ControlSocket
    private let state: String
    private let peers: ControlPeers
    private let thread = Mutex<Thread?>(nil)

    /// Listens and starts the thread.
    package init(_ server: Server) throws(StartError) {
        self.server = server
        state = server.configuration.state
        socket = try ControlSocket.listen(state: state)
        do throws(SystemError) {
            peers = try ControlPeers()
            let thread = try Thread(name: "control") { [self] in serve() }
            self.thread.withLock { $0 = thread }
        } catch {
            socket.close()
            throw StartError(["the control thread could not be started: \(error)"])
        }
    }

    /// Ends the threads and removes the socket.
    package func stop() {
        socket.shut()
        thread.withLock { $0 }?.join()
        peers.end()
        socket.close()
        unsafe unlink(ControlSocket.path(state: state))
    }

    private func serve() {
        while let peer = socket.accept() {
            peers.serve(peer) { [self] in serve($0) }
        }
    }

    private func serve(_ peer: ControlSocket) {
        peer.setTimeout(seconds: 10)
        guard let line = peer.readLine() else { return }
        let answer =
            ControlRequest(line: line).map { self.answer($0) }
            ?? ControlAnswer(isSuccess: false, text: "this is no request; use the patchbay command")
        peer.write(answer.line())
    }

    private func answer(_ request: ControlRequest) -> ControlAnswer {
        switch request.command {
        case "status": return status(asJSON: request.name == "json")
        case "apply": return apply(file: request.name)
        case "call", "reload":
            guard let service = server.service(named: request.service) else {
                return ControlAnswer(isSuccess: false, text: unknown(request.service))
            }
            return request.command == "call" ? call(service, request) : reload(service, request)
        default:
            return ControlAnswer(
                isSuccess: false,
                text: "the running server has no command \"\(request.command)\""
            )
        }
    }

    private func unknown(_ service: String) -> String {
        let names = server.services.map(\.name)
        let near = Suggestion.nearest(to: service, among: names).map { "did you mean \"\($0)\"?" }
        return "there is no service \"\(service)\"; \(near ?? "there are \(names.joined(separator: ", "))")"
    }

    private func call(_ service: Service, _ request: ControlRequest) -> ControlAnswer {
        let ticket = Mutex<UInt64?>(nil)
        // Whether it was answered or not: nobody waits for it any more.
        defer { service.perform { service in ticket.withLock { $0 }.map { service.abandon($0) } } }
        return onLane(service, seconds: ControlServer.callSeconds, late: "the command does not answer") {
            service,
            done in
            guard !request.name.isEmpty else {
                return done(.init(isSuccess: true, text: service.commandList()))
            }
            let given = service.call(request.name, request.arguments) { result in
                switch result {
                case .success(let bytes):
                    done(.init(isSuccess: true, text: String(decoding: bytes, as: UTF8.self)))
                case .failure(let error): done(.init(isSuccess: false, text: error.description))
                }
            }
            ticket.withLock { $0 = given }
        }
    }

    private func reload(_ service: Service, _ request: ControlRequest) -> ControlAnswer {
        let library: PluginLibrary
        do throws(StartError) {
            library = try service.load(path: request.name.isEmpty ? nil : request.name)
        } catch {
            return ControlAnswer(isSuccess: false, text: error.description)
        }
        let answer = onLane(service, seconds: 60, late: "the lane does not get to it") { service, done in
            do throws(CallError) {
                try service.reload(library)
                done(
                    .init(
                        isSuccess: true,
                        text: "service \(service.name): generation \(service.generationNumber), "
                            + "\(library.table.name) \(library.table.version) (\(library.hash))"
                    )
                )
            } catch {
                done(
                    .init(
                        isSuccess: false,
                        text: "service \(service.name): \(error); the old generation goes on"
                    )
                )
            }
        }
        server.log.write(answer.isSuccess ? .info : .error, "reload: \(answer.text)")
        return answer
    }

    private func apply(file: String) -> ControlAnswer {
        do throws(StartError) {
            let lines = try server.apply(path: file.isEmpty ? nil : name(of: file))
            for line in lines { server.log.write(.info, "apply: \(line)") }
            let nothing = "no listener has certificates: there was nothing to apply"
            return ControlAnswer(
                isSuccess: true,
                text: lines.isEmpty ? nothing : lines.joined(separator: "\n")
            )
        } catch {
            for sentence in error.sentences { server.log.write(.error, "apply: \(sentence)") }
            return ControlAnswer(isSuccess: false, text: error.description)
        }
    }

    /// A file in the folder of the one that the server was started with is named as that was: what is relative
    /// to them is the same then.
    private func name(of file: String) -> String {
        let started = ConfigurationPath.directory(of: server.configuration.path)
        let given = ConfigurationPath.directory(of: file)
        guard ControlServer.folder(given) == ControlServer.folder(started) else { return file }
        return started + ConfigurationPath.name(of: file)
    }

    /// Where a folder really is.
    private static func folder(_ path: String) -> String {
        guard let found = unsafe realpath(path.isEmpty ? "." : path, nil) else { return path }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    private func status(asJSON: Bool) -> ControlAnswer {
        var statuses: [ServiceStatus] = []
        for service in server.services {
            let box = Mutex<ServiceStatus?>(nil)
            _ = onLane(service, seconds: 5, late: "") { service, done in
                box.withLock { $0 = ServiceStatus(service) }
                done(.init(isSuccess: true, text: ""))
            }
            guard let status = box.withLock({ $0 }) else {
                return ControlAnswer(
                    isSuccess: false,
                    text: "service \(service.name) has been busy for 5 seconds with one batch"
                )
            }
            statuses.append(status)
        }
        return ControlAnswer(isSuccess: true, text: asJSON ? json(statuses) : text(statuses))
    }

    private func json(_ statuses: [ServiceStatus]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("uptime", server.uptime)
        writer.member("loops", Int64(server.loops.count))
        writer.member("connections", Int64(server.connectionCount))
        writer.key("loop_connections")
        writer.beginArray()
        for loop in server.loops { writer.integer(Int64(loop.load.load(ordering: .relaxed))) }
        writer.endArray()
        ServiceStatus.write(server.refusals, as: "refusals", to: &writer)
        writer.key("services")
        writer.beginArray()
        for status in statuses { status.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func text(_ statuses: [ServiceStatus]) -> String {
        let head = ["service", "plugin", "generation", "connections", "messages", "sent", "refused"]
        let rows = statuses.map { status in
            [
                status.name, status.isUp ? "\(status.plugin) \(status.version)" : "down",
                "\(status.generation)",
                "\(status.connections)", "\(status.messages)", "\(status.sent)", "\(status.refused)",
            ]
        }
        let summary =
            "up \(server.uptime) s, loops \(server.loops.count), connections \(server.connectionCount)"
        let refusals = server.refusals.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let lines = [summary, TextTable.lines([head] + rows)]
        return (lines + (refusals.isEmpty ? [] : ["refused: " + refusals.joined(separator: ", ")]))
            .joined(separator: "\n")
    }

    /// Runs `body` on the service's lane and waits for its answer. What the lane does not get to in time is not
    /// done later: the command was told that it failed.
    private func onLane(
        _ service: Service,
        seconds: Int,
        late: String,
        _ body: @escaping @Sendable (Service, @escaping @Sendable (ControlAnswer) -> Void) -> Void
    ) -> ControlAnswer {
        guard let reply = peers.makeReply() else {
            return ControlAnswer(isSuccess: false, text: "out of descriptors")
        }
        defer { peers.forget(reply) }
        service.lane.perform {
            if reply.isAwaited { body(service) { reply.give($0) } }
        }
        return reply.wait(seconds: seconds)
            ?? ControlAnswer(isSuccess: false, text: "service \(service.name): \(late) (\(seconds) s)")
    }
}
