import Net
import Store
import Testing
import Wire

@testable import Core

/// Passwords are hashed off the lane; the tests hold hashes back to do something meanwhile.
@Suite struct PasswordTests {
    private static let next = FaultPlugin(source: "puppet", defines: ["GENERATION=\"2\""])
    private static let stored = FaultPlugin(source: "puppet", defines: ["STORE"])

    private func server(_ settings: String = "", plugin: FaultPlugin? = nil) throws -> TestServer {
        try TestServer(
            "service puppet { plugin Puppet; websocket web /main; websocket web /door door; http web /web web; "
                + "limit idle 1h; \(settings) }",
            plugin: plugin
        )
    }

    private func welcome(_ generation: Int = 1) -> TestPeer.Seen { .text("welcome to \(generation)") }
    private let refusal: [TestPeer.Seen] = [.close(4001, "wrong password"), .ended]

    // MARK: Hashes

    @Test func `a hash is made and fits its password`() throws {
        let test = try server()
        let anna = try test.open()
        let texts = anna.ask("hash secret").texts
        #expect(
            texts.count == 2 && texts[0].hasPrefix("hash $scrypt$ln=1,r=8,p=1$") && texts[0].hasSuffix(" 1")
        )
        #expect(texts.last == "verdict 1")
        #expect(anna.ask("hash other").texts.last == "verdict 0")
    }

    @Test func `a password fits, or not; without a hash none does`() throws {
        let test = try server()
        let anna = try test.open()
        #expect(anna.ask("verify secret").texts == ["verdict 1"])
        #expect(anna.ask("verify Secret").texts == ["verdict 0"])
        #expect(anna.ask("verify").texts == ["verdict 0"])
    }

    @Test func `a password over 4096 bytes is refused`() throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; }",
            plugin: FaultPlugin(source: "puppet", defines: ["LONGEST=10000"])
        )
        let anna = try test.open()
        #expect(anna.ask("verify " + String(repeating: "x", count: 4096)).texts == ["verdict 0"])
        #expect(anna.ask("verify " + String(repeating: "x", count: 4097)).texts == ["-4"])
    }

    @Test(arguments: ["secret·", "·", "sec·ret"])
    func `a password with a zero byte is refused, as scrypt could take it for one without`(password: String)
        throws
    {
        let password = password.replacing("·", with: "\0")
        let test = try server()
        let anna = try test.open()
        #expect(anna.ask("verify " + password).texts == ["-4"])
    }

    @Test func `an address has so many hashes under way, and others have theirs`() throws {
        let test = try server("limit auth_failures none;")
        let one = try test.open(), two = try test.open()
        let other = try test.open("/main", on: test.connect(from: .v4(0x0a00_0001)))
        test.server.pool.hold()
        for peer in [one, two] { for _ in 0..<8 { peer.send("verify secret") } }
        #expect(one.seen() == [] && one.ask("verify secret").texts == ["-2"])
        #expect(other.ask("verify secret") == [])
        test.server.pool.release()
        #expect(one.seen().texts.count == 8 && two.seen().texts.count == 8)
        #expect(other.seen().texts == ["verdict 1"] && one.ask("verify secret").texts == ["verdict 1"])
    }

    /// Where the service says whose they are, their addresses are one only in what they came over.
    @Test func `back ends are bounded by the whole alone`() throws {
        let test = try server("limit auth_failures none; back_ends 127.0.0.1;")
        let site = try test.open()
        test.server.pool.hold()
        for _ in 0..<256 { site.send("verify secret") }
        #expect(site.seen() == [] && site.ask("verify secret").texts == ["-2"])
        test.server.pool.release()
        #expect(site.seen().texts.count == 256)
    }

    @Test func `addresses take turns`() throws {
        let test = try server("limit auth_failures none;")
        let watch = try test.open()
        _ = watch.ask("join watch")
        test.server.pool.hold()
        let flood = try (0..<4).map { _ in try test.open("/door") }
        for peer in flood { peer.send("check wrong") }
        test.settle()
        let anna = try test.open("/door", on: test.connect(from: .v4(0x0a00_0001)))
        #expect(anna.ask("check secret") == [])
        test.server.pool.release()
        #expect(
            watch.seen().texts.filter { !$0.hasPrefix("gone") } == [
                "wrong", "right", "wrong", "wrong", "wrong",
            ]
        )
        #expect(anna.seen() == [welcome()])
    }

    // MARK: Logins

    @Test func `a login is decided when its hash is made, and what came meanwhile follows in order`() throws {
        let test = try server()
        let anna = try test.open("/door"), ben = try test.open("/door"), helper = try test.open()
        test.server.pool.hold()
        for text in ["check secret", "echo 1", "echo 2"] { anna.send(text) }
        for text in ["check wrong", "echo 1"] { ben.send(text) }
        #expect(anna.seen() + ben.seen() == [] && helper.ask("echo x").texts == ["x"])
        test.server.pool.release()
        #expect(anna.seen() == [welcome(), .text("1"), .text("2")] && ben.seen() == refusal)
        #expect(anna.ask("who").texts == ["anna:1"])
    }

    @Test func `the time for logging in stands still while the hash is made`() throws {
        let test = try server()
        let anna = try test.open("/door"), idle = try test.open("/door")
        test.server.pool.hold()
        _ = anna.ask("check secret")
        test.pass(milliseconds: 60_000)
        #expect(idle.arrived() == [.close(1008, "login timeout"), .ended] && anna.arrived() == [])
        test.server.pool.release()
        #expect(anna.seen() == [welcome()])
    }

    @Test func `a connection that ends while its password is checked is nobody's`() throws {
        let test = try server()
        let anna = try test.open("/door"), watch = try test.open()
        _ = watch.ask("join watch")
        test.server.pool.hold()
        _ = anna.ask("check secret")
        anna.leave()
        test.settle()
        let next = try test.open("/door")
        test.server.pool.release()
        #expect(watch.seen().texts == ["gone 1006 -1", "right"])
        #expect(next.seen() == [] && next.ask("echo x").texts == ["refused echo 3"])
        #expect(try test.service().peers.count == 2 && test.service().jobs.isEmpty)
    }

    @Test func `a server goes down while hashes are made`() throws {
        let test = try server()
        let anna = try test.open("/door")
        test.server.pool.hold()
        _ = anna.ask("check secret")
        test.server.halt()
        test.server.pool.release()
        #expect(try test.service().jobs.isEmpty)
    }

    // MARK: Reloads

    @Test(arguments: [1, 5]) func `a login that is checked is checked again by the next generation`(
        reloads: Int
    ) throws {
        // One try a minute: it does not count twice.
        let test = try server("limit auth_failures 1/m;")
        let anna = try test.open("/door"),
            ben = try test.open("/door", on: test.connect(from: .v4(0x0a00_0001)))
        test.server.pool.hold()
        for text in ["check secret", "echo 1", "life"] { anna.send(text) }
        test.settle()
        for _ in 0..<reloads { try test.reload(PasswordTests.next) }
        anna.send("echo 2")
        #expect(anna.seen() == [])
        test.server.pool.release()
        let life = TestPeer.Seen.text("generation 2 restored  start 1")
        #expect(anna.seen() == [welcome(2), .text("1"), life, .text("2")])
        #expect(try test.service().jobs.isEmpty && ben.seen() == [])
    }

    @Test func `a wrong one is refused by the next generation, and counts once`() throws {
        let test = try server("limit auth_failures 2/m;")
        let anna = try test.open("/door")
        test.server.pool.hold()
        _ = anna.ask("check wrong")
        try test.reload(PasswordTests.next)
        test.server.pool.release()
        #expect(anna.seen() == refusal)
        let second = try test.open("/door")
        #expect(second.ask("check secret") == [welcome(2)])
    }

    @Test func `a hash that is made when the generation ends is not answered to anybody`() throws {
        let test = try server()
        let anna = try test.open()
        let service = try test.service()
        try PasswordTests.next.build(to: test.folder.file("next.so"))
        let library = try service.load(path: test.folder.file("next.so"))
        test.server.pool.hold()
        _ = anna.ask("verify secret")
        // The lane gets the reload first, and the answer after it.
        service.reload(library) { _ in }
        test.server.pool.release()
        #expect(anna.seen() == [] && anna.ask("verify secret").texts == ["verdict 1"])
    }

    @Test func `a generation that is refused leaves the check to the one that goes on`() throws {
        let test = try server()
        let anna = try test.open("/door")
        test.server.pool.hold()
        _ = anna.ask("check secret")
        #expect(throws: CallError.self) {
            try test.reload(FaultPlugin(source: "puppet", defines: ["REFUSAL=\"no\""]))
        }
        test.server.pool.release()
        #expect(anna.seen() == [welcome(1)])
    }

    @Test func `who waits without a message of its own is let go in time`() throws {
        let test = try server()
        let anna = try test.open("/door"), ben = try test.open("/door")
        let service = try test.service()
        service.perform { service in for peer in service.peers.all { _ = service.logIn(peer, .checking) } }
        _ = anna.ask("echo 1")
        try test.reload(PasswordTests.next)
        service.perform { service in
            if let first = service.peers.all.first { _ = service.logIn(first, .guest) }
        }
        #expect(anna.seen().texts == ["1"])
        test.pass(milliseconds: 30_000)
        #expect(anna.arrived() == [] && ben.arrived() == [.close(1008, "login timeout"), .ended])
    }

    @Test func `an upgrade that is checked is shown to the next generation, and its try counts once`() throws
    {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /gate gate; limit auth_failures 1/m; }"
        )
        let anna = test.connect()
        var upgrade: [UInt8] = []
        ClientHandshake(host: "a", path: "/gate?check=secret").appendRequest(to: &upgrade)
        test.server.pool.hold()
        anna.send(bytes: upgrade)
        test.settle()
        try test.reload(PasswordTests.next)
        #expect(anna.head() == nil)
        test.server.pool.release()
        test.settle()
        #expect(anna.head()?.hasPrefix("HTTP/1.1 101 ") == true)
        #expect(try test.service().peers.all.map(\.login) == [.principal(Array("anna".utf8))])
    }

    private func request(_ line: String) -> [UInt8] { Array("\(line) HTTP/1.1\r\nHost: a\r\n\r\n".utf8) }

    @Test(arguments: [("secret", 200), ("wrong", 403)], [false, true])
    func `a request is answered when its hash is made, by the next generation if need be`(
        expected: (password: String, status: Int),
        isReloaded: Bool
    ) throws {
        let test = try server()
        let peer = test.connect()
        test.server.pool.hold()
        peer.send(bytes: request("GET /web/ask?\(expected.password)"))
        test.settle()
        if isReloaded { try test.reload(PasswordTests.next) }
        test.server.pool.release()
        let answer = try #require(peer.answer())
        #expect(answer.status == expected.status && answer.body == (isReloaded ? "2" : "1"))
        #expect(try test.service().requests.isEmpty)
    }

    @Test(arguments: [false, true])
    func `a command is answered when its hash is made, by the next generation if need be`(isReloaded: Bool)
        throws
    {
        let test = try server()
        let service = try test.service()
        let answer = Answer()
        test.server.pool.hold()
        service.perform { service in
            service.call("check", []) { result in
                answer.text = String(decoding: (try? result.get()) ?? [], as: UTF8.self)
            }
        }
        test.settle()
        if isReloaded { try test.reload(PasswordTests.next) }
        #expect(answer.text == nil)
        test.server.pool.release()
        test.settle()
        #expect(answer.text == "\"right \(isReloaded ? 2 : 1)\"" && service.tickets.isEmpty)
    }

    private final class Answer: @unchecked Sendable {  // everything runs on the test's thread
        var text: String?
        var hasFailed = false
    }

    // MARK: Lost batches

    @Test func `a verdict that is not stored is refused, and not looked for again`() throws {
        let test = try server(plugin: PasswordTests.stored)
        let anna = try test.open("/door"), helper = try test.open()
        try test.service().database?.limitSize(to: 1)
        _ = helper.ask("spoil 1000000")
        for text in ["check secret", "echo 1"] { anna.send(text) }
        #expect(anna.seen().texts == ["refused check 4", "refused echo 4"])
        #expect(try test.service().statistics.failedBatches == 1)
        #expect(anna.ask("who").texts == ["refused who 3"] && anna.ask("check secret") == [welcome()])
    }

    @Test func `what a command writes when its hash is made is a batch of its own`() throws {
        let test = try server(plugin: PasswordTests.stored)
        let anna = try test.open()
        let service = try test.service()
        let answer = Answer()
        try service.database?.limitSize(to: 1)
        _ = anna.ask("spoil 1000000")
        test.server.pool.hold()
        service.perform { $0.call("check", []) { answer.hasFailed = (try? $0.get()) == nil } }
        test.settle()
        test.server.pool.release()
        #expect(anna.ask("echo 1").texts == ["1"])
        #expect(answer.hasFailed && service.statistics.failedBatches == 1)
    }

    @Test func `a refusal that is not stored refuses the message, and not the connection`() throws {
        let test = try server(plugin: PasswordTests.stored)
        let anna = try test.open("/door"), helper = try test.open()
        try test.service().database?.limitSize(to: 1)
        _ = helper.ask("spoil 1000000")
        #expect(anna.ask("check wrong").texts == ["refused check 4"])
        #expect(anna.ask("check wrong") == refusal)
    }

    @Test func `who is checked when another's batch is lost is checked again`() throws {
        let test = try server("limit auth_failures 1/m;", plugin: PasswordTests.stored)
        let anna = try test.open("/door"), ben = try test.open()
        try test.service().database?.limitSize(to: 1)
        test.server.pool.hold()
        for text in ["check secret", "echo 1"] { anna.send(text) }
        test.settle()
        #expect(ben.ask("fill 1000000").texts == ["refused fill 4"])
        test.server.pool.release()
        #expect(anna.seen() == [welcome(), .text("1")])
    }

    @Test func `a login whose batch is lost is refused, and the answer to its hash is dropped`() throws {
        let test = try server(plugin: PasswordTests.stored)
        let anna = try test.open("/door"), ben = try test.open()
        try test.service().database?.limitSize(to: 1)
        test.server.pool.hold()
        anna.send("check secret")
        #expect(ben.ask("fill 1000000").texts == ["refused fill 4"])
        test.server.pool.release()
        #expect(anna.seen().texts == ["refused check 4"] && anna.ask("who").texts == ["refused who 3"])
    }
}
