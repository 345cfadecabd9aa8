import Core
import Crypto
import Glibc
import JSON
import Net
import Wire

/// Reads any bytes as what peers do to a whole server in memory that serves the echo in C, gg, fire,
/// song-request and wnet by WebSocket, SockJS, streams and requests; nobody may crash it, hang it or stay in it.
///
/// FUZZ_PLUGINS names the folder that the plugins are in, FUZZ_STATE one for the server's files.
func fuzzServer(_ bytes: [UInt8]) { FuzzedServer.shared.play(bytes) }

/// One server for all inputs: each ends with every connection gone.
private final class FuzzedServer: @unchecked Sendable {  // libFuzzer calls on one thread
    static let shared = FuzzedServer()

    private static let paths = [
        "/echo", "/room", "/gg", "/sock/websocket", "/sock/0/a/websocket", "/rooms/0/a/websocket",
        "/ggs/0/a/websocket", "/fire", "/fires/0/a/websocket", "/songs", "/wnet", "/wnet",
        "/wnets/0/a/websocket", "/vkchat",
    ]
    private static let prefixes = ["/sock", "/rooms", "/ggs", "/fires", "/wnets"]
    private static let requests = [
        "POST|/xhr", "POST|/xhr_streaming", "GET|/eventsource", "GET|/htmlfile?c=call", "GET|/jsonp?c=call",
        "POST|/xhr_send", "POST|/xhr_send", "POST|/jsonp_send", "OPTIONS|/xhr", "HEAD|/xhr_streaming",
    ]
    private static let offers = [
        "permessage-deflate", "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9",
    ]
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

    /// What browsers of fire say; `JWT` stands for a good one.
    private static let browserSayings = [
        "{\"event\":\"auth\",\"data\":{\"i\":\"site\",\"s\":\"JWT\"}}",
        "{\"event\":\"auth\",\"data\":{\"i\":\"site\",\"s\":\"a.b.c\"}}",
        "{\"event\":\"subscribe\",\"data\":\"c\"}",
        "{\"event\":\"subscribe\",\"data\":\"#p\"}",
        "{\"event\":\"subscribe\",\"data\":\"@own\"}",
        "{\"event\":\"unsubscribe\",\"data\":\"c\"}",
    ]

    /// What back ends of fire say, besides actions with a few members; `KEY` stands for the secret key.
    private static let controlSayings = [
        "{\"action\":\"auth\",\"name\":\"site\",\"sKey\":\"KEY\"}",
        "{\"action\":\"auth\",\"name\":\"site\",\"sKey\":\"wrong\"}",
        "{\"action\":\"registerNameSpace\",\"name\":\"site\",\"key\":\"k\"}",
        "{\"action\":\"set\",\"channel\":\"c\",\"data\":[\"😀\"],\"params\":{\"emit\":true,\"ttl\":\"9\"}}",
        "{\"action\":\"subscribe\",\"channel\":\"#p\",\"userId\":1}",
        "{\"action\":\"unsubscribe\",\"channel\":\"#p\",\"userId\":1}",
        "{\"action\":\"channelInfo\",\"channel\":\"c\"}",
    ]
    /// What clients of song-request say in good order.
    private static let songSayings = [
        "{\"nick\":\"anna\",\"pass\":\"1\",\"data\":{}}",
        "{\"nicK\":\"boss\",\"pass\":\"\",\"data\":{\"secret1\":\"1\",\"secret2\":\"2\",\"secret3\":\"3\"}}",
        "{\"nick\":\"anna\",\"pass\":\"2\",\"data\":[]}",
        "{\"op\":\"sr.song.add\",\"User_nick\":\"Anna\",\"data\":{\"vid_id\":\"\",\"by\":\"😀\"}}",
        " {\"data\":[],\"op\":\"serv.ping\" , \"User\\u005fnick\":\"anna\"}",
        "{\"op\":\"serv.answer\",\"data\":{\"op\":\"x\",\"status\":\"ok\",\"info\":\"\"}}",
        "{\"op\":\"serv.check_ver_answer\",\"data\":{\"ver\":\"1\"},\"User_nick\":[1]}",
    ]

    /// What bots and clients of wnet say; what follows the last `@` is any text.
    private static let wnetSayings = [
        "add@Bot", "add@Bat", "alive", "search@", "search@B", "connect@Bot", "connect@Bat", "cssend@Bot@",
        "scsend@", "disconnect@Bot", "add@", "cssend@",
    ]
    private static let cookies = [
        "auth=type=password&auth=anna:1", "auth=type=password&auth=1:1", "auth=type=password&auth=anna:2",
        "auth=\"type=password&auth={\\\"username\\\":\\\"anna\\\"\\054\\\"password\\\":\\\"1\\\"}\"",
        "auth=type%3Dpassword%26auth%3D%7B%22username%22%3A%22anna%22%2C%22password%22%3A%221%22%7D",
        "auth=type=telegram&auth=", "auth=type=password&auth=", "auth=\"type=password&auth=",
    ]

    /// What the operator does meanwhile.
    private static let calls = [
        ("songs", "user.remove", [("nick", "anna")]),
        ("songs", "user.add", [("nick", "Anna"), ("pass", "1")]),
        ("songs", "online", []),
        ("wnet", "account.remove", [("username", "anna")]),
        ("wnet", "account.add", [("username", "anna"), ("password", "1"), ("first_name", "@")]),
        ("wnet", "bots", []),
    ]

    private static let actions = ["emit", "set", "get", "channelInfo", "subscribe", "unsubscribe", "auth"]
    private static let members = [
        "\"channel\":\"c\"", "\"channel\":\"#p\"", "\"channel\":", "\"data\":", "\"userId\":",
        "\"params\":", "\"params\":{\"userId\":1}", "\"params\":{\"ttl\":1e-3,\"emit\":true}",
        "\"params\":{\"userId\":null,\"ttl\":0}", "\"name\":",
    ]

    private var secretKey = "none"  // of the name space `site`
    private var token = "none"
    private let engine = MemoryEngine()
    private let clock = Clock(manualFrom: 1_700_000_000_000_000_000)
    private let server: Server
    private let deflater = Deflater(windowBits: 9)
    private var peers: [Int32] = []

    private init() {
        let folder = FuzzedServer.environment("FUZZ_STATE"),
            plugins = FuzzedServer.environment("FUZZ_PLUGINS")
        let text = """
            plugin_path \(plugins);
            state \(folder);
            listen web { address 127.0.0.1:0; }
            listen lines { address 127.0.0.1:0; }
            listen frames { address 127.0.0.1:0; }
            listen control { address 127.0.0.1:0; }
            limit connections_per_address none;
            limit compress 16;
            limit outbox 32k;
            limit sockjs_response 2k;
            service echo {
                plugin EchoC;
                compression takeover;
                websocket web /echo;
                websocket web /room room;
                sockjs web /sock;
                sockjs web /rooms room;
                stream lines room lines;
                stream frames length 2 big trailer 0;
            }
            service gg { plugin GG; websocket web /gg; sockjs web /ggs; }
            service fire {
                plugin Fire;
                websocket web /fire;
                sockjs web /fires;
                stream control control;
                option key k;
                option storage_key s;
                option channels_per_connection 2;
            }
            service songs { plugin SongRequest; websocket web /songs; option notify_connect on; }
            service wnet {
                plugin Wnet;
                websocket web /wnet;
                sockjs web /wnets;
                option per_address 6;
                limit auth_failures 1000/m;
            }
            service vkchat {
                plugin VKChat;
                websocket web /vkchat;
                http web /endpoint;
                option sessions required;
            }
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
        call("gg", "user.add", [("user_id", "1"), ("name", "Anna"), ("token", "t1")])
        call("gg", "channel.add", [("channel_id", "5"), ("name", "Five"), ("streamer", "1")])
        call(
            "songs",
            "admin.set",
            [("nick", "boss"), ("secret1", "1"), ("secret2", "2"), ("secret3", "3")]
        )
        call("songs", "user.add", [("nick", "anna"), ("pass", "1")])
        call("wnet", "account.add", [("username", "anna"), ("password", "1")])
        register()
    }

    /// Makes a name space of fire, with a state and a permission for user 1.
    private func register() {
        let peer = engine.connect(to: 3)
        let requests = [
            "{\"action\":\"registerNameSpace\",\"name\":\"site\",\"key\":\"k\"}",
            "{\"action\":\"set\",\"channel\":\"c\",\"data\":1}",
            "{\"action\":\"subscribe\",\"channel\":\"#p\",\"userId\":1}",
        ]
        for request in requests { engine.send(controlFrame(Array(request.utf8)), from: peer) }
        settle()
        let answer = engine.take(peer)
        let count = answer.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        let object = Array(answer.dropFirst(4).prefix(count))
        guard let found = try? JSONValue.read(object.span).member("secretKey", in: object.span).value,
            let key = found.string(in: object.span)
        else { fatalError("no name space") }
        secretKey = key
        // {"alg":"HS256"} and 1.
        let signed = "eyJhbGciOiJIUzI1NiJ9.MQ"
        token =
            signed + "." + base64URL(Digest.hmacSHA256(key: Array(key.utf8).span, Array(signed.utf8).span))
        engine.leave(peer)
        settle()
        engine.forget(peer)
    }

    private func base64URL(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        return String(
            stride(from: 0, to: bits.count, by: 6).map { start in
                digits[(start..<start + 6).reduce(0) { $0 << 1 | Int($1 < bits.count ? bits[$1] : 0) }]
            }
        )
    }

    private static func environment(_ name: String) -> String {
        guard let value = unsafe getenv(name) else { fatalError("\(name) is not set; see Tests/fuzz") }
        return unsafe String(cString: value)
    }

    private func call(_ service: String, _ command: String, _ arguments: [(String, String)]) {
        server.service(named: service)?.perform { $0.call(command, arguments) { _ in } }
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
        guard step % 22 != 0, !peers.isEmpty else { return connect(&script) }
        let peer = peers[script.number() % peers.count]
        switch step % 22 {
        case 11: return engine.send(request(&script), from: peer)
        case 12: return engine.send(request(&script) + request(&script), from: peer)
        case 13: return engine.send(deflated(script.number(), script.piece()), from: peer)
        case 14: return engine.send(frame(0, pick(FuzzedServer.browserSayings, &script)), from: peer)
        case 15: return engine.send(controlFrame(pick(FuzzedServer.controlSayings, &script)), from: peer)
        case 16: return engine.send(controlFrame(action(&script)), from: peer)
        case 17: return engine.send(controlFrame(script.piece()), from: peer)
        case 18: return engine.send(frame(0, pick(FuzzedServer.songSayings, &script)), from: peer)
        case 19: return engine.send(frame(0, pick(FuzzedServer.wnetSayings, &script)), from: peer)
        case 20:
            let saying = pick(FuzzedServer.wnetSayings, &script)
            return engine.send(frame(0, saying + script.piece()), from: peer)
        case 21:
            let (service, command, arguments) =
                FuzzedServer.calls[script.number() % FuzzedServer.calls.count]
            return call(service, command, arguments)
        default: break
        }
        switch step % 22 {
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

    private func connect(_ script: inout Script) {
        let number = script.number()
        guard peers.count < 16 else { return }
        let peer = engine.connect(to: number < 160 ? 0 : number < 200 ? 3 : number % 3)
        peers.append(peer)
        let path = FuzzedServer.paths[number % FuzzedServer.paths.count]
        let offer = number % 5 < FuzzedServer.offers.count ? FuzzedServer.offers[number % 5] : nil
        var request: [UInt8] = []
        ClientHandshake(host: "example", path: path, extensions: offer).appendRequest(to: &request)
        if path.hasPrefix("/wnet") {
            let kind = script.number()
            let cookie =
                kind % 4 == 0 ? Array("auth=".utf8) + script.piece() : pick(FuzzedServer.cookies, &script)
            request.removeLast(2)
            request +=
                Array("Cookie: ".utf8) + cookie.filter { kind > 250 || $0 >= 0x20 } + Array("\r\n\r\n".utf8)
        }
        // The others send requests, or are streams.
        if number < 120 { engine.send(request, from: peer) }
    }

    /// A request of one of a few sessions, mostly in good order.
    private func request(_ script: inout Script) -> [UInt8] {
        let number = script.number()
        let parts = FuzzedServer.requests[number % FuzzedServer.requests.count].split(separator: "|")
        let prefix = FuzzedServer.prefixes[number / 8 % FuzzedServer.prefixes.count]
        let session = ["a", "b"][number / 64 % 2]
        var body: [UInt8] = []
        if parts[1].hasSuffix("send") {
            body = number % 3 == 0 ? script.piece() : sent(&script)
            if parts[1] == "/jsonp_send" { body = Array("d=".utf8) + body }
        }
        let version = number % 7 == 0 ? "1.0" : "1.1"
        let head = """
            \(parts[0]) \(prefix)/0/\(session)\(parts[1]) HTTP/\(version)\r
            Host: a\r
            Content-Length: \(body.count)\r
            Content-Type: application/x-www-form-urlencoded\r
            \r

            """
        return Array(head.utf8) + body
    }

    /// A saying of gg, in an array as SockJS has it.
    private func sent(_ script: inout Script) -> [UInt8] {
        let saying = FuzzedServer.sayings[script.number() % FuzzedServer.sayings.count]
        let quoted = saying.replacing("\"", with: "\\\"")
        return Array(
            ("[" + Array(repeating: "\"\(quoted)\"", count: script.number() % 4 + 1).joined(separator: ",")
                + "]").utf8
        )
    }

    /// A frame that says it is compressed: what it holds is, or not.
    private func deflated(_ kind: Int, _ payload: [UInt8]) -> [UInt8] {
        var compressed = payload, bytes: [UInt8] = []
        if kind % 4 != 0 { deflater.deflate(payload.span, into: &compressed) }
        let opcode: Opcode = kind % 3 == 0 ? .binary : .text
        ClientFrameWriter.append(
            opcode,
            isFinal: kind < 200,
            isDeflated: true,
            compressed.span,
            mask: 0x5a17_c3e9,
            to: &bytes
        )
        return bytes
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

    private func pick(_ sayings: [String], _ script: inout Script) -> [UInt8] {
        let saying = sayings[script.number() % sayings.count]
        return Array(saying.replacing("KEY", with: secretKey).replacing("JWT", with: token).utf8)
    }

    /// A frame of a back end of fire.
    private func controlFrame(_ body: [UInt8]) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: body.count >> $0) } + body + [0]
    }

    /// An action with a few of the members that there are.
    private func action(_ script: inout Script) -> [UInt8] {
        let action = FuzzedServer.actions[script.number() % FuzzedServer.actions.count]
        let members = (0..<script.number() % 5).map { _ in
            let member = FuzzedServer.members[script.number() % FuzzedServer.members.count]
            let value = FuzzedServer.values[script.number() % FuzzedServer.values.count]
            return "," + member + (member.hasSuffix(":") ? value : "")
        }
        return Array("{\"action\":\"\(action)\"\(members.joined())}".utf8)
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
