import Core
import Glibc
import Net

/// What each command does.
enum Commands {
    static let versionNumber = "0.1.0"

    static func version(_ invocation: Command.Invocation) throws(StartError) -> Outcome {
        guard invocation.words.isEmpty else { return .usage }
        Output.print("patchbay \(versionNumber)")
        return .done
    }

    // MARK: Here

    static func run(_ invocation: Command.Invocation) throws(StartError) -> Outcome {
        guard invocation.words.isEmpty else { return .usage }
        let configuration = try served(invocation)
        let signals: Signals
        do throws(SystemError) { signals = try Signals() } catch { throw StartError(["\(error)"]) }
        let clock = Clock()
        let log = Log(level: configuration.log, clock: clock)
        raiseFileLimit()
        let server = try Server.start(configuration, on: .system(log: log, clock: clock), binary: folder())
        let control: ControlServer
        do throws(StartError) {
            control = try ControlServer(server)
            try server.run()
        } catch {
            server.halt()
            throw error
        }
        signals.beginServing()
        printAddresses(of: server)
        signals.waitForEnd()
        log.write(.info, "going down")
        control.stop()
        server.stop()
        return .done
    }

    /// Waits for nobody to read them, so that a signal is always waited for.
    private static func printAddresses(of server: Server) {
        let width = server.addresses.map(\.service.count).max() ?? 0
        let lines = server.addresses.map { service, address in
            "\(service)\(String(repeating: " ", count: width - service.count))  \(address)"
        }
        guard !lines.isEmpty else { return }
        try? Thread(name: "addresses") { Output.print(lines.joined(separator: "\n")) }.detach()
    }

    static func check(_ invocation: Command.Invocation) throws(StartError) -> Outcome {
        guard invocation.words.isEmpty else { return .usage }
        let configuration = try served(invocation)
        let errors = Server.check(configuration, binary: folder())
        guard errors.isEmpty else { throw StartError(errors) }
        let count = configuration.services.count
        Output.print("\(try path(invocation)): \(count) \(count == 1 ? "service" : "services"), no errors")
        return .done
    }

    // MARK: In the running server

    static func status(_ invocation: Command.Invocation) throws(StartError) -> Outcome {
        guard invocation.words.isEmpty else { return .usage }
        let isJSON = invocation.options["--json"] != nil
        return try ask(ControlRequest(command: "status", name: isJSON ? "json" : ""), invocation)
    }

    static func call(_ invocation: Command.Invocation) throws(StartError) -> Outcome {
        guard let service = invocation.words.first else { return .usage }
        var request = ControlRequest(command: "call", service: service)
        request.name = invocation.words.dropFirst().first ?? ""
        for word in invocation.words.dropFirst(2) {
            guard let equals = word.firstIndex(of: "=") else {
                Output.complain("\"\(word)\" is not name=value")
                return .usage
            }
            let name = String(word[..<equals])
            var value = String(word[word.index(after: equals)...])
            if value == "@-", isSecret(name) {
                guard let line = readLine(strippingNewline: true) else {
                    throw StartError(["\(name)=@-: standard input has no line for it"])
                }
                value = line
            }
            request.arguments.append((name, value))
        }
        return try ask(request, invocation)
    }

    static func reload(_ invocation: Command.Invocation) throws(StartError) -> Outcome {
        guard let service = invocation.words.first, invocation.words.count <= 2 else { return .usage }
        let file = invocation.words.dropFirst().first.map(absolute) ?? ""
        return try ask(ControlRequest(command: "reload", service: service, name: file), invocation)
    }

    static func apply(_ invocation: Command.Invocation) throws(StartError) -> Outcome {
        guard invocation.words.isEmpty else { return .usage }
        return try ask(
            ControlRequest(command: "apply", name: invocation.file.map(absolute) ?? ""),
            invocation
        )
    }

    private static func ask(_ request: ControlRequest, _ invocation: Command.Invocation) throws(StartError)
        -> Outcome
    {
        let answer = try ControlClient.ask(request, state: try configuration(invocation).state)
        guard answer.isSuccess else { throw StartError([answer.text]) }
        Output.print(answer.text)
        return .done
    }

    /// Values that may come from standard input, so that they stay out of the shell's history.
    private static func isSecret(_ name: String) -> Bool {
        ["pass", "password", "token", "key"].contains(name) || name.hasPrefix("secret")
    }

    // MARK: Files

    private static let places = ["plugins.conf", "/etc/patchbay/plugins.conf"]

    private static func path(_ invocation: Command.Invocation) throws(StartError) -> String {
        if let file = invocation.file { return file }
        guard let found = places.first(where: { unsafe access($0, F_OK) == 0 }) else {
            throw StartError([
                "there is no \(places.joined(separator: " and no ")); name the file with -c FILE"
            ])
        }
        return found
    }

    /// A configuration that there is something to start of.
    private static func served(_ invocation: Command.Invocation) throws(StartError) -> Configuration {
        let configuration = try configuration(invocation)
        guard !configuration.services.isEmpty else {
            throw StartError([
                "\(try path(invocation)): it names no service; add one with `service NAME { … }`"
            ])
        }
        return configuration
    }

    private static func configuration(_ invocation: Command.Invocation) throws(StartError) -> Configuration {
        let path = try path(invocation)
        do throws(ConfigurationErrors) {
            return try Configuration.read(path: path)
        } catch {
            throw StartError([error.description])
        }
    }

    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }

    /// The folder of this executable.
    static func folder() -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[..<slash])
    }

    /// As many open files as the system lets this user have.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
