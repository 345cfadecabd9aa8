import Net
import Store
import Testing
import Wire

@testable import Core

/// Upgrades that the plugin is shown before they are answered. The puppet does what their query says.
@Suite struct AuthTests {
    private static let service = """
        service puppet {
            plugin Puppet; websocket web /main; websocket web /gate gate; websocket web /door gate-door;
            sockjs web /sock gate;
        }
        """
    private let test: TestServer
    private let watcher: TestPeer

    init() throws { try self.init("", []) }

    private init(_ settings: String, _ defines: [String]) throws {
        let plugin = FaultPlugin(source: "puppet", defines: defines)
        test = try TestServer(settings + "limit idle 10m;\n" + AuthTests.service, plugin: plugin)
        watcher = try test.open()
        _ = watcher.ask("join watch")
    }

    private var counted: Int { (try? test.service().counter.count) ?? -1 }

    /// Asks for a WebSocket, with messages right behind the request.
    private func begin(_ target: String, _ fields: [ResponseField] = [], then messages: [String] = [])
        -> TestPeer
    {
        let peer = test.connect()
        var bytes: [UInt8] = []
        ClientHandshake(host: "a", path: target, fields: fields).appendRequest(to: &bytes)
        peer.send(bytes: bytes + messages.flatMap { peer.frame(.text, Array($0.utf8)) })
        test.settle()
        return peer
    }

    private func status(_ peer: TestPeer) -> String? {
        peer.settle()
        return peer.head()?.split(separator: "\r\n").first.map { String($0.dropFirst("HTTP/1.1 ".count)) }
    }

    private static let switching = "101 Switching Protocols"

    // MARK: Verdicts

    @Test(arguments: [
        ("", "shown 1", ":0"), ("accept=anna", "shown 1 accept=0", "anna:1"),
        ("guest", "shown 1 guest=0", ":1"),
        ("later&accept=anna", "shown 1 later=0 accept=0", "anna:1"),
        ("accept=anna&guest", "shown 1 accept=0 guest=0", ":1"),
        ("guest&accept=anna", "shown 1 guest=0 accept=0", "anna:1"),
    ])
    func `the plugin sees the upgrade, says who it is, and then it is open`(
        query: String,
        shown: String,
        who: String
    ) throws {
        let peer = begin("/gate?\(query)")
        #expect(status(peer) == AuthTests.switching)
        #expect(peer.arrived() == [.text(who)])
        #expect(watcher.seen() == [.text(shown), .text("opened")])
        #expect(peer.ask("echo x") == [.text("x")])
        #expect(counted == 2)
        peer.leave()
        #expect(watcher.seen() == [.text("gone 1006 -1")])
        #expect(counted == 1)
    }

    @Test func `the request is shown as it came, and what is kept at it stays with the connection`() throws {
        let cookies = [
            ResponseField("Cookie", "a=1"), ResponseField("X-Y", "z"), ResponseField("COOKIE", "b=\"2\""),
        ]
        let peer = begin("/gate?request", cookies)
        #expect(status(peer) == AuthTests.switching)
        let lines = try #require(peer.ask("state").texts.last).split(separator: "\n")
        #expect(lines.first == "GET /gate below  query request from 127.0.0.1 body ")
        #expect(
            lines.filter { $0.hasPrefix("cookie=") || $0.hasPrefix("x-y=") } == [
                "cookie=a=1", "x-y=z", "cookie=b=\"2\"",
            ]
        )
        #expect(lines.contains("host=a") && lines.contains("upgrade=websocket"))
    }

    @Test(arguments: [
        (400, "400 Bad Request"), (403, "403 Forbidden"), (429, "429 Too Many Requests"), (599, "599 "),
    ])
    func `whoever is rejected gets the status and never was there`(code: Int, line: String) throws {
        let peer = begin("/gate?reject=\(code)", then: ["echo never"])
        let answer = try #require(peer.answer())
        #expect((answer.status, answer.body) == (code, "not you\n"))
        #expect(peer.arrived() == [.ended])
        #expect(watcher.seen() == [.text("shown 1 reject=0")])
        #expect(watcher.ask("everybody") == [.text("1")])
        #expect(counted == 1)
    }

    @Test(arguments: [
        ("reject=399", "reject=-4"), ("reject=600", "reject=-4"), ("reject=4000", "reject=-4"),
        ("send=x", "send=-3"), ("close", "close=-3"), ("join=room", "join=-3"), ("respond=x", "respond=-1"),
        ("count", "count=1"), ("accept=", "accept=-4"), ("guest&send=x&join=watch", "guest=0 send=0 join=0"),
        ("reject=403&accept=anna&send=x", "reject=0 accept=-1 send=-1"),
        ("guest&reject=403", "guest=0 reject=-4"), ("guest&count", "guest=0 count=2"),
    ])
    func `before it is open it has a state and a verdict, and nothing else`(query: String, shown: String)
        throws
    {
        _ = begin("/gate?\(query)")
        #expect(watcher.seen().first == .text("shown 1 \(shown)"))
    }

    @Test func `what is said to it in the same breath leaves behind the answer`() throws {
        let peer = begin("/gate?accept=anna&send=one&join=room")
        #expect(status(peer) == AuthTests.switching)
        #expect(peer.arrived() == [.text("one"), .text("anna:1")])
        #expect(watcher.ask("members room").last == .text("1"))
    }

    @Test func `whoever is let in and closed at once was never open`() throws {
        let peer = begin("/gate?guest&close")
        #expect(status(peer) == AuthTests.switching)
        #expect(peer.seen() == [.close(1000, ""), .ended])
        #expect(watcher.seen() == [.text("shown 1 guest=0 close=0")])
        #expect(watcher.ask("everybody") == [.text("1")])
    }

    @Test func `an endpoint that does not look opens as ever`() throws {
        let peer = begin("/main?accept=anna", then: ["who"])
        #expect(status(peer) == AuthTests.switching)
        #expect(peer.seen() == [.text(":0")])
        #expect(watcher.seen() == [])
    }

    @Test func `a principal with too many connections is not accepted`() throws {
        let other = try AuthTests("limit connections_per_principal 1;", [])
        _ = other.begin("/gate?accept=anna")
        _ = other.watcher.seen()
        let peer = other.begin("/gate?accept=anna&reject=403")
        #expect(other.status(peer) == "403 Forbidden")
        #expect(other.watcher.seen() == [.text("shown 1 accept=-2 reject=0")])
    }

    // MARK: Later

    @Test func `the answer waits for the verdict, and frames behind the request for the answer`() throws {
        let peer = begin("/gate?later", then: ["echo 1", "echo 2"])
        #expect(status(peer) == nil)
        #expect(watcher.seen() == [.text("shown 1 later=0")])
        #expect(watcher.ask("everybody") == [.text("1")])
        peer.send("echo 3")
        test.settle()
        #expect(watcher.ask("admit anna") == [.text("0"), .text("opened")])
        #expect(status(peer) == AuthTests.switching)
        #expect(peer.seen() == [.text("anna:1"), .text("1"), .text("2"), .text("3")])
    }

    @Test(arguments: [
        ("admit anna", "101 Switching Protocols"), ("pardon", "101 Switching Protocols"),
        ("reject 403 no", "403 Forbidden"), ("timer admit 0", "101 Switching Protocols"),
        ("timer turn-away 0", "403 Forbidden"),
    ])
    func `any handler may decide later`(order: String, line: String) throws {
        let peer = begin("/gate?later")
        test.pass(milliseconds: 20_000)
        #expect(status(peer) == nil)
        _ = watcher.ask(order)
        test.pass(milliseconds: 1)
        #expect(status(peer) == line)
        #expect(watcher.ask("admit ben").last == .text(line.hasPrefix("101") ? "0" : "-1"))
    }

    @Test func `several wait, and each gets its own answer`() throws {
        let anna = begin("/gate?later"), ben = begin("/gate?reject=404"), cleo = begin("/gate")
        #expect([status(anna), status(ben), status(cleo)] == [nil, "404 Not Found", AuthTests.switching])
        #expect(watcher.ask("everybody").last == .text("2"))
    }

    @Test func `after a minute without a verdict it is 504, and the verdict comes too late`() throws {
        let peer = begin("/gate?later")
        test.pass(milliseconds: 59_999)
        #expect(status(peer) == nil)
        test.pass(milliseconds: 1)
        #expect(status(peer) == "504 Gateway Timeout")
        #expect(watcher.ask("admit anna") == [.text("shown 1 later=0"), .text("-1")])
        #expect(try test.service().peers.count == 1)
        #expect(counted == 1)
    }

    @Test func `a connection that breaks off is forgotten without a word`() throws {
        let peer = begin("/gate?later")
        test.engine.breakOff(peer.number)
        _ = begin("/gate?later")
        #expect(
            watcher.ask("admit anna") == [
                .text("shown 1 later=0"), .text("shown 1 later=0"), .text("0"), .text("opened"),
            ]
        )
    }

    @Test func `whoever has closed his side gets what he is owed, and the plugin sees him come and go`()
        throws
    {
        let peer = begin("/gate?later", then: ["echo x"])
        peer.leave()
        test.settle()
        #expect(watcher.seen() == [.text("shown 1 later=0")])
        #expect(watcher.ask("admit anna") == [.text("0"), .text("opened"), .text("gone 1006 -1")])
        #expect(try test.service().peers.count == 1)
        #expect(counted == 1)
    }

    @Test func `more than a little behind the request is not read before the verdict`() throws {
        let peer = begin("/gate?later")
        let text = "echo " + String(repeating: "x", count: 1000)
        for _ in 0..<200 { peer.send(text) }
        test.settle()
        #expect(test.loop.connections.compactMap { $0?.pending.count }.max() ?? 0 < 100_000)
        _ = watcher.ask("pardon")
        #expect(status(peer) == AuthTests.switching)
        #expect(peer.seen().texts.count == 201)
    }

    @Test func `the time for logging in begins when the connection is open`() throws {
        let peer = begin("/door?later")
        test.pass(milliseconds: 40_000)
        _ = watcher.ask("pardon")
        #expect(status(peer) == AuthTests.switching)
        let other = begin("/door")
        #expect(status(other) == AuthTests.switching)
        test.pass(milliseconds: 29_999)
        #expect(other.seen() == [.text(":0")])
        test.pass(milliseconds: 1)
        #expect(other.seen() == [.close(1008, "login timeout"), .ended])
        #expect(peer.seen() == [.text(":1")])
    }

    @Test func `those that wait count for the limits`() throws {
        let other = try AuthTests("limit connections 2;", [])
        let peer = other.begin("/gate?later")
        #expect(other.test.answer("/gate") == "HTTP/1.1 503 Service Unavailable")
        _ = other.watcher.ask("reject 403 no")
        #expect(other.status(peer) == "403 Forbidden")
        #expect(other.test.answer("/gate") == "HTTP/1.1 101 Switching Protocols")
    }

    @Test func `a server that goes down turns away those that wait`() throws {
        let peer = begin("/gate?later"), client = SessionClient(test), session = test.connect()
        session.send(bytes: client.request("POST", "xhr?later"))
        test.settle()
        test.loop.sayGoodbye()
        #expect(status(peer) == "503 Service Unavailable")
        #expect(status(session) == "503 Service Unavailable")
        #expect(watcher.seen().last == .ended)
        #expect(try test.service().peers.count == 0)
    }

    // MARK: Changing one's mind

    @Test func `an account may become a guest and a guest an account at any time`() throws {
        let peer = try test.open("/gate?accept=anna")
        _ = watcher.seen()
        for (order, who, told) in [
            ("guest", ":1", "0"), ("login ben", "ben:1", "1"), ("login anna", "anna:1", "0"),
        ] {
            #expect(peer.ask(order).last == .text("0"))
            #expect(peer.ask("who") == [.text(who)])
            #expect(watcher.ask("tell ben x") == [.text(told)])
            _ = peer.seen()
        }
        _ = (peer.ask("keep"), peer.ask("named x"))
        #expect(watcher.ask("pardon") == [.text("0")])
        #expect(peer.ask("named x") + peer.ask("known x") == [.text("refused named 3"), .text("x")])
        #expect(watcher.ask("admit cleo") == [.text("0")])
        #expect(peer.ask("named x") == [.text("x")])
    }

    // MARK: Reloads

    @Test func `the next generation is shown what is undecided, in the order in which it came`() throws {
        let anna = begin("/gate?later&state=anna"), ben = begin("/gate?accept=ben"),
            cleo = begin("/gate?later")
        _ = (watcher.seen(), status(ben), ben.seen())
        try test.reload(FaultPlugin(source: "puppet", defines: ["GENERATION=\"2\""]))
        #expect(watcher.seen() == [.text("shown 2 later=0 state=0"), .text("shown 2 later=0")])
        #expect(watcher.ask("admit cleo") == [.text("0"), .text("opened")])
        #expect([status(anna), status(cleo)] == [nil, AuthTests.switching])
        #expect(ben.ask("who") == [.text("ben:1")])
    }

    @Test(arguments: [(["WITHOUT_AUTH"], ":0"), (["WITHOUT_AUTH", "STORE"], ":0")])
    func `a generation that does not look lets in those that wait`(defines: [String], who: String) throws {
        let other = try AuthTests("", defines.filter { $0 == "STORE" })
        let peer = other.begin("/gate?later", then: ["echo x"])
        try other.test.reload(FaultPlugin(source: "puppet", defines: defines))
        #expect(other.status(peer) == AuthTests.switching)
        #expect(peer.seen() == [.text(who), .text("x")])
        // It did not ask at all, from then on.
        _ = other.watcher.seen()
        #expect(other.test.answer("/gate?reject=403") == "HTTP/1.1 101 Switching Protocols")
    }

    @Test(arguments: [[], ["STORE"]])
    func `a reload that is refused leaves them with the generation that goes on`(defines: [String]) throws {
        let other = try AuthTests("", defines)
        let peer = other.begin("/gate?later")
        #expect(throws: CallError.self) {
            try other.test.reload(FaultPlugin(source: "puppet", defines: defines + ["REFUSAL=\"no\""]))
        }
        #expect(other.status(peer) == nil)
        _ = other.watcher.ask("admit anna")
        #expect(other.status(peer) == AuthTests.switching)
        #expect(peer.seen() == [.text("anna:1")])
    }

    @Test(arguments: [[], ["STORE"]])
    func `a generation may decide while it is created, and what a refused one decides is not so`(
        defines: [String]
    ) throws {
        let other = try AuthTests("", defines)
        let peer = other.begin("/gate?later&remember", then: ["echo x"])
        _ = other.watcher.seen()
        let hasty = defines + ["HASTY"]
        #expect(throws: CallError.self) {
            try other.test.reload(FaultPlugin(source: "puppet", defines: hasty + ["REFUSAL=\"no\""]))
        }
        #expect(other.status(peer) == nil)
        try other.test.reload(FaultPlugin(source: "puppet", defines: hasty))
        #expect(other.status(peer) == AuthTests.switching)
        #expect(peer.seen() == [.text("hasty:1"), .text("x")])
        #expect(other.watcher.seen() == [.text("opened")])
    }

    // MARK: Lost batches

    private func failing() throws -> AuthTests {
        let other = try AuthTests("", ["STORE"])
        try other.test.service().database?.limitSize(to: 1)
        return other
    }

    @Test(arguments: [
        "fill=1000000", "accept=anna&fill=1000000", "later&fill=1000000", "reject=403&fill=1000000",
    ])
    func `an upgrade whose batch is lost is turned away, and the service goes on`(query: String) throws {
        let other = try failing()
        let peer = other.begin("/gate?\(query)", then: ["echo never"])
        #expect(other.status(peer) == "503 Service Unavailable")
        #expect(other.watcher.seen() == [])
        #expect(try other.test.service().peers.count == 1)
        #expect(other.counted == 1)
        #expect(try other.test.service().statistics.failedBatches == 1)
        #expect(other.status(other.begin("/gate?accept=ben")) == AuthTests.switching)
    }

    @Test func `a verdict that is lost turns away, and what was undecided is shown to the new instance`()
        throws
    {
        let other = try failing()
        let anna = other.begin("/gate?later"), ben = other.begin("/gate?later&state=ben")
        _ = other.watcher.seen()
        let watcher = other.watcher
        let batch = ["admit ben", "fill 1000000"]
        watcher.send(bytes: batch.flatMap { watcher.frame(.text, Array($0.utf8)) })
        #expect(
            watcher.seen() == [.text("refused admit 4"), .text("refused fill 4"), .text("shown 1 later=0")]
        )
        #expect([other.status(anna), other.status(ben)] == [nil, "503 Service Unavailable"])
        #expect(watcher.ask("admit anna") == [.text("0"), .text("opened")])
        #expect(other.status(anna) == AuthTests.switching)
        #expect(anna.seen() == [.text("anna:1")])
        #expect(other.counted == 2)
    }

    @Test func `those whose new showing is lost too are turned away, and the service goes on`() throws {
        let other = try failing()
        let small = other.begin("/gate?later"), large = other.begin("/gate?later&fill=1000000")
        #expect(other.status(large) == "503 Service Unavailable")
        let database = try #require(try other.test.service().database)
        try database.limitSize(to: nil)
        let stored = other.begin("/gate?later&fill=1000000")
        #expect(other.status(stored) == nil)
        try database.limitSize(to: 1)
        #expect(other.watcher.ask("fill 2000000").last == .text("refused fill 4"))
        #expect(
            [other.status(small), other.status(stored)] == [
                "503 Service Unavailable", "503 Service Unavailable",
            ]
        )
        #expect(try other.test.service().statistics.failedBatches == 3)
        #expect(other.counted == 1)
        #expect(other.status(other.begin("/gate")) == AuthTests.switching)
    }

    // MARK: SockJS

    @Test(arguments: ["/sock/000/abc/websocket", "/sock/websocket"])
    func `SockJS in a WebSocket is shown like any other`(path: String) throws {
        let isFramed = path.hasSuffix("abc/websocket")
        let peer = begin("\(path)?later&request")
        #expect(status(peer) == nil)
        _ = watcher.ask("admit anna")
        #expect(status(peer) == AuthTests.switching)
        #expect(peer.seen() == (isFramed ? [.text("o"), .text("a[\"anna:1\"]")] : [.text("anna:1")]))
        let rejected = begin("\(path)?reject=403")
        #expect(status(rejected) == "403 Forbidden")
    }

    @Test(arguments: ["xhr", "xhr_streaming"])
    func `a session opens when the plugin says so`(last: String) throws {
        let client = SessionClient(test), peer = test.connect()
        peer.send(bytes: client.request("POST", "\(last)?later&request", ["Cookie: a=b"]))
        test.settle()
        #expect(status(peer) == nil)
        #expect(client.send("echo early") == 404)
        #expect(test.connect().exchange(client.request("POST", "xhr"))?.status == 503)
        test.pass(milliseconds: 30_000)
        #expect(watcher.ask("admit anna").suffix(2) == [.text("0"), .text("opened")])
        #expect(status(peer) == "200 OK")
        if last == "xhr" {
            #expect(peer.rest() == "o\n")
            #expect(client.poll() == "a[\"anna:1\"]\n")
            #expect(client.send("state") == 204)
            let state = client.poll() ?? ""
            #expect(
                state.hasPrefix("a[\"POST /sock/server/name/xhr below /server/name/xhr query later&request ")
            )
            #expect(state.contains("cookie=a=b"))
        } else {
            #expect(peer.chunks().dropFirst() == ["o\n", "a[\"anna:1\"]\n"])
        }
        #expect(counted == 2)
    }

    @Test func `a session that is rejected is not there`() throws {
        let client = SessionClient(test)
        let answer = test.connect().exchange(client.request("POST", "xhr?reject=403"))
        #expect((answer?.status, answer?.body) == (403, "not you\n"))
        #expect(client.send("echo x") == 404)
        #expect(counted == 1 && test.loop.sessions.isEmpty)
        #expect(client.poll() == "o\n")
    }

    @Test func `a session whose receiver goes away meanwhile is forgotten`() throws {
        let client = SessionClient(test), peer = test.connect()
        peer.send(bytes: client.request("POST", "xhr?later"))
        test.settle()
        peer.leave()
        test.settle()
        #expect(watcher.ask("admit anna") == [.text("shown 1 later=0"), .text("-1")])
        #expect(counted == 1 && test.loop.sessions.isEmpty)
        #expect(try test.service().peers.count == 1)
    }

    @Test func `a session without a verdict is 504 after a minute`() throws {
        let client = SessionClient(test), peer = test.connect()
        peer.send(bytes: client.request("POST", "xhr?later"))
        test.pass(milliseconds: 60_000)
        #expect(status(peer) == "504 Gateway Timeout")
        #expect(counted == 1 && test.loop.sessions.isEmpty)
        #expect(try test.service().peers.count == 1)
    }
}
