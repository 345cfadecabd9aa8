import Core
import Glibc
import Net
import Wire

/// Reads any bytes as what peers do to a whole server in memory that serves the echo in C and gg; nobody may
/// crash it, hang it or stay in it.
///
/// FUZZ_PLUGINS names the folder that the plugins are in, FUZZ_STATE one for the server's files.
func fuzzServer(_ bytes: [UInt8]) { FuzzedServer.shared.play(bytes) }

/// One server for all inputs: each ends with every connection gone.
private final class FuzzedServer: @unchecked Sendable {  // libFuzzer calls on one thread
    static let shared = FuzzedServer()

    private static let paths = ["/echo", "/room", "/gg"]
    private static let types = [
        "auth", "join", "unjoin", "send_message", "get_history", "get_users_list", "get_channels_list",
        "get_channel_counters", "ping", "nothing",
    ]
    private static let fields = [
        "channel_id", "user_id", "site_id", "token", "text", "from", "start", "count", "hideIcon", "mobile",
    ]
    private static let values = [
        "\"5\"", "5", "\"r1\"", "1", "\"1\"", "\"t1\"", "\"\"", "null", "true", "-1", "1e400", "[]", "{}",
        "\"\\ud800\"", "\"😀<&\\u0000\"", "99999999999999999999",
    ]

    /// What a client of gg says in good order.
    private static let sayings = [
        "{\"type\":\"auth\",\"data\":{\"site_id\":1,\"user_id\":1,\"token\":\"t1\"}}",
        "{\"type\":\"auth\",\"data\":{\"site_id\":1}}",
        "{\"type\":\"join\",\"data\":{\"channel_id\":\"5\"}}",
        "{\"type\":\"send_message\",\"data\":{\"channel_id\":\"5\",\"text\":\"Привет 🎉\"}}",
        "{\"type\":\"get_history\",\"data\":{\"channel_id\":\"5\"}}",
        "{\"type\":\"unjoin\",\"data\":{\"channel_id\":\"5\"}}",
    ]

    private let engine = MemoryEngine()
    private let clock = Clock(manualFrom: 1_700_000_000_000_000_000)
    private let server: Server
    private var peers: [Int32] = []

    private init() {
        let folder = FuzzedServer.environment("FUZZ_STATE"),
            plugins = FuzzedServer.environment("FUZZ_PLUGINS")
        let text = """
            plugin_path \(plugins);
            state \(folder);
            listen web { address 127.0.0.1:0; }
            service echo { plugin EchoC; limit connections_per_address none; websocket web /echo; websocket web /room room; }
            service gg { plugin GG; limit connections_per_address none; websocket web /gg; }
            """
        let source = ConfigurationSource(
            read: { _ throws(ConfigurationFileError) in Array(text.utf8) },
            list: { _ throws(ConfigurationFileError) in [] },
            environment: { _ in nil }
        )
        do {
            let configuration = try Configuration.read(path: "plugins.conf", from: source)
            let log = Log(level: .error, clock: clock, descriptor: nil)
            server = try Server.start(
                configuration,
                on: .memory(engine, log: log, clock: clock),
                binary: plugins
            )
        } catch {
            fatalError("\(error)")
        }
        settle()
        call("user.add", [("user_id", "1"), ("name", "Anna"), ("token", "t1")])
        call("channel.add", [("channel_id", "5"), ("name", "Five"), ("streamer", "1")])
    }

    private static func environment(_ name: String) -> String {
        guard let value = unsafe getenv(name) else { fatalError("\(name) is not set; see Tests/fuzz") }
        return unsafe String(cString: value)
    }

    private func call(_ command: String, _ arguments: [(String, String)]) {
        server.service(named: "gg")?.perform { $0.call(command, arguments) { _ in } }
        settle()
    }

    func play(_ bytes: [UInt8]) {
        var script = Script(bytes)
        while let step = script.next() { perform(step, &script) }
        for peer in peers { engine.leave(peer) }
        pass(seconds: 60)
        precondition(server.connectionCount == 0, "somebody stayed")
        for peer in peers { engine.forget(peer) }
        peers = []
    }

    private func perform(_ step: UInt8, _ script: inout Script) {
        guard step % 11 != 0, !peers.isEmpty else { return connect(script.number()) }
        let peer = peers[script.number() % peers.count]
        switch step % 11 {
        case 1, 2: engine.send(script.piece(), from: peer)
        case 3, 4: engine.send(frame(script.number(), script.piece()), from: peer)
        case 5: engine.send(frame(0, message(&script)), from: peer)
        case 6, 7:
            let saying = FuzzedServer.sayings[script.number() % FuzzedServer.sayings.count]
            engine.send(frame(0, Array(saying.utf8)), from: peer)
        case 8: engine.setWindow(peer, script.number() * 16)
        case 9: script.number() > 128 ? engine.leave(peer) : settle()
        default: pass(seconds: script.number() / 4)
        }
    }

    private func connect(_ number: Int) {
        guard peers.count < 16 else { return }
        let peer = engine.connect(to: 0)
        peers.append(peer)
        let path = FuzzedServer.paths[number % FuzzedServer.paths.count]
        var request: [UInt8] = []
        ClientHandshake(host: "example", path: path).appendRequest(to: &request)
        if number < 250 { engine.send(request, from: peer) }
    }

    /// A frame of any opcode, mostly whole.
    private func frame(_ kind: Int, _ payload: [UInt8]) -> [UInt8] {
        let opcodes: [Opcode] = [.text, .binary, .continuation, .ping, .pong, .close]
        var bytes: [UInt8] = []
        let opcode = opcodes[kind % opcodes.count]
        ClientFrameWriter.append(opcode, isFinal: kind < 200, payload.span, mask: 0x5a17_c3e9, to: &bytes)
        return bytes
    }

    /// An envelope of gg with a few of the fields that it knows.
    private func message(_ script: inout Script) -> [UInt8] {
        let type = FuzzedServer.types[script.number() % FuzzedServer.types.count]
        let members = (0..<script.number() % 4).map { _ in
            let field = FuzzedServer.fields[script.number() % FuzzedServer.fields.count]
            return "\"\(field)\":" + FuzzedServer.values[script.number() % FuzzedServer.values.count]
        }
        return Array("{\"type\":\"\(type)\",\"data\":{\(members.joined(separator: ","))}}".utf8)
    }

    private func settle() {
        for _ in 0..<100_000 where !server.loops[0].turn(waits: false) { return }
        preconditionFailure("the server does not come to rest")
    }

    /// Moves the clock; what is due on the way happens at its time.
    private func pass(seconds: Int) {
        settle()
        let end = clock.monotonic + Int64(seconds) * 1_000_000_000
        while let next = server.loops[0].nextDeadline, next <= end {
            clock.advance(nanoseconds: max(next - clock.monotonic, 0))
            settle()
        }
        clock.advance(nanoseconds: max(end - clock.monotonic, 0))
        settle()
    }
}

/// The input, taken from its front.
private struct Script {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> UInt8? {
        guard place < bytes.count else { return nil }
        defer { place += 1 }
        return bytes[place]
    }

    mutating func number() -> Int { Int(next() ?? 0) }

    /// So many bytes as the first of them says, or what is left.
    mutating func piece() -> [UInt8] {
        let count = min(number(), bytes.count - place)
        defer { place += count }
        return Array(bytes[place..<place + count])
    }
}
