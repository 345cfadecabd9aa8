import Net
import Store
import Synchronization
import Testing
import Wire

@testable import Core

/// A service whose batches are transactions, and what is in force when one of them is lost.
@Suite struct StoreFailureTests {
    private static let plugin = FaultPlugin(source: "puppet", defines: ["STORE"])
    private static let door =
        "service puppet { plugin Puppet; websocket web /main; websocket web /door door; }"

    /// A server with a store, and how to make its next large write fail.
    private func server(_ services: String = TestServer.puppet, _ defines: [String] = []) throws -> TestServer
    {
        let test = try TestServer(
            services,
            plugin: FaultPlugin(source: "puppet", defines: ["STORE"] + defines)
        )
        try test.service().database?.limitSize(to: 1)
        return test
    }

    private func send(_ messages: [String], from peer: TestPeer) {
        peer.send(bytes: messages.flatMap { peer.frame(.text, Array($0.utf8)) })
    }

    @Test func `a batch that cannot be stored is refused message by message, and nothing of it is in force`()
        throws
    {
        let test = try server()
        let anna = try test.open(), ben = try test.open()
        for text in ["set before", "join room", "timer kept 5000", "login anna", "store one"] {
            _ = anna.ask(text)
        }
        _ = ben.ask("join room")
        let batch = [
            "set after", "leave room", "join other", "timer kept 1", "timer new 1", "login cleo", "store two",
            "publish room never", "echo never", "fill 1000000", "end 1000 never",
        ]
        send(batch, from: anna)
        let words = batch.map { $0.split(separator: " ")[0] }
        #expect(anna.seen() == words.map { .text("refused \($0) 4") })
        #expect(ben.seen() == [])
        #expect(try test.service().statistics.failedBatches == 1)
        #expect(anna.ask("state") + anna.ask("who") == [.text("before:7"), .text("anna:1")])
        #expect(anna.ask("members room") + anna.ask("members other") == [.text("2"), .text("0")])
        #expect(anna.ask("left kept") + anna.ask("left new") == [.text("5000"), .text("-4")])
        #expect(anna.ask("rows") == [.text("1")])
        #expect(anna.ask("life") == [.text("generation 1 restored  start 2")])
        #expect(ben.ask("publish room hello") == [.text("hello")])
        #expect(anna.seen() == [.text("hello")])
        try test.service().database?.limitSize(to: nil)
        #expect(anna.ask("fill 100000") + anna.ask("rows") == [.text("1"), .text("2")])
    }

    @Test func `whoever came with the lost batch is closed, and whoever left with it is told of again`()
        throws
    {
        let test = try server()
        let anna = try test.open(), ben = try test.open()
        _ = (anna.ask("join watch"), ben.ask("join room"))
        send(["fill 1000000"], from: anna)
        ben.leave()
        #expect(anna.seen() == [.text("refused fill 4"), .text("gone 1006 -1")])
        #expect(anna.ask("rows") + anna.ask("members room") == [.text("1"), .text("0")])
        #expect(anna.ask("everybody") == [.text("1")])
    }

    @Test func `whoever left with the lost batch is told of again although its place is taken`() throws {
        let test = try server()
        let anna = try test.open(), ben = try test.open(), service = try test.service()
        _ = (anna.ask("join watch"), ben.ask("join room"))
        let handles = service.peers.all.map(\.handle)
        let next = ConnectionHandle(loop: 0, slot: handles[1].slot, generation: 9)
        var batch = LaneBatch()
        batch.append(.close, handles[1], number: 1006, [UInt8]().span)
        batch.append(.open, next, Array("127.0.0.1".utf8).span)
        batch.append(.message, handles[0], Array("fill 1000000".utf8).span)
        service.lane.post(&batch, from: test.loop)
        #expect(anna.seen() == [.text("gone 1006 -1"), .text("refused fill 4")])
        #expect(anna.ask("rows") + anna.ask("members room") == [.text("1"), .text("0")])
        #expect(anna.ask("everybody") == [.text("1")])
    }

    @Test func `a room keeps its members when its number was free for a while`() throws {
        let test = try server()
        let anna = try test.open(), ben = try test.open(), cleo = try test.open()
        _ = (anna.ask("join a"), ben.ask("join b"))
        send(["leave a", "fill 1000000"], from: anna)
        ben.leave()
        _ = anna.seen()
        #expect(cleo.ask("publish a hello") == [])
        #expect(anna.seen() == [.text("hello")])
        #expect(anna.ask("members b") == [.text("0")])
    }

    @Test func `what waited for a login in the lost batch waits no more`() throws {
        let test = try server(StoreFailureTests.door)
        let anna = try test.open("/door"), ben = try test.open()
        send(["later", "echo 1"], from: anna)
        send(["fill 1000000"], from: ben)
        #expect(anna.seen() == [.text("refused later 4"), .text("refused echo 4")])
        #expect(anna.ask("login anna") + anna.ask("echo 2") == [.text("0"), .text("2")])
    }

    @Test func `what waited for a login and was let go by the lost batch is refused too`() throws {
        let test = try server(StoreFailureTests.door)
        let anna = try test.open("/door"), ben = try test.open()
        _ = (anna.ask("later"), anna.ask("echo 1"))
        send(["admit anna", "fill 1000000"], from: ben)
        // The login itself is the new instance's, which says LATER to it as well.
        #expect(anna.seen() == [.text("refused echo 4"), .text("0")])
        #expect(ben.seen() == [.text("refused admit 4"), .text("refused fill 4")])
        #expect(try test.service().peers.all.contains { $0.login == .checking && $0.held.isEmpty })
    }

    @Test func `what came, waited for a login and was let go in the lost batch is refused once`() throws {
        let test = try server(StoreFailureTests.door)
        let anna = try test.open("/door"), ben = try test.open()
        send(["later", "echo 1"], from: anna)
        send(["admit anna", "fill 1000000"], from: ben)
        #expect(anna.seen() == [.text("refused later 4"), .text("refused echo 4")])
        #expect(anna.ask("login anna") + anna.ask("echo 2") == [.text("0"), .text("2")])
    }

    @Test func `a timer of the lost batch rings again a second later`() throws {
        let test = try server()
        let anna = try test.open()
        _ = (anna.ask("join watch"), anna.ask("timer a 1000"))
        test.pass(milliseconds: 999)
        send(["fill 1000000"], from: anna)
        test.clock.advance(nanoseconds: 1_000_000)
        #expect(anna.seen() == [.text("refused fill 4")])
        test.pass(milliseconds: 1000)
        #expect(anna.arrived() == [.text("fired a")])
    }

    @Test func `calls of the lost batch are told that nothing was changed`() throws {
        let test = try server()
        let anna = try test.open(), service = try test.service()
        let answers = Mutex<[Result<[UInt8], CallError>]>([])
        service.lane.perform {
            service.call("admit", []) { answer in answers.withLock { $0.append(answer) } }
            service.lane.handleDirectly { service in
                for peer in service.peers.all {
                    service.receive(peer.handle, .text, Array("fill 1000000".utf8).span)
                }
            }
        }
        test.settle()
        let given = answers.withLock { $0 }
        #expect(given.count == 1)
        #expect(throws: CallError.self) { try given.first?.get() }
        #expect(service.tickets.isEmpty)
        #expect(anna.ask("echo x") == [.text("x")])
    }

    @Test func `if even the refusals cannot be stored the host closes with 1011`() throws {
        let test = try server(TestServer.puppet, ["WRITING_REFUSAL"])
        let anna = try test.open(), ben = try test.open()
        #expect(anna.ask("fill 1000000") == [.close(1011, "temporary failure"), .ended])
        #expect(ben.ask("echo x") == [.text("x")])
    }

    @Test func `whoever left is gone although not even that could be stored`() throws {
        let test = try server(TestServer.puppet, ["WRITING_REFUSAL"])
        let anna = try test.open(), ben = try test.open(), cleo = try test.open()
        _ = ben.ask("login ben")
        send(["fill 1000000"], from: anna)
        ben.leave()
        #expect(anna.seen() == [.close(1011, "temporary failure"), .ended])
        #expect(cleo.ask("tell ben x") + cleo.ask("everybody") == [.text("0"), .text("1")])
    }

    @Test func `an instance that cannot be made anew takes its service down, and a reload brings it back`()
        throws
    {
        let defines = ["REFUSAL=\"no way back\"", "REFUSED_START=PB_RECOVERY"]
        let test = try server(TestServer.puppet, defines)
        let anna = try test.open(), ben = try test.open()
        #expect(anna.ask("fill 1000000") == [.close(1011, "the service is down"), .ended])
        #expect(ben.seen() == [.close(1011, "the service is down"), .ended])
        #expect(try test.service().generation == nil)
        let cleo = try test.open()
        #expect(cleo.seen() == [.close(1011, "the service is down"), .ended])
        try test.reload(StoreFailureTests.plugin)
        #expect(try test.open().ask("echo x") == [.text("x")])
    }

    @Test func `a statement that runs is not run again within`() throws {
        let test = try server()
        #expect(try test.open().ask("nest") == [.text("inner -6"), .text("rows 1")])
    }
}

@Suite struct MigrationReloadTests {
    private func plugin(_ defines: String...) -> FaultPlugin {
        FaultPlugin(source: "puppet", defines: ["STORE"] + defines)
    }

    @Test func `a migration of the next generation is in force with it`() throws {
        let test = try TestServer(plugin: plugin())
        let anna = try test.open()
        _ = anna.ask("store x")
        try test.reload(plugin("MIGRATIONS=2", "GENERATION=\"2\""))
        #expect(
            anna.ask("rows") + anna.ask("store y") + anna.ask("rows") == [.text("1"), .text("1"), .text("2")]
        )
        #expect(try test.service().database?.pendingMigrations(["", ""]) == nil)
        #expect(test.folder.names(in: "var").filter { $0.contains("rehearsal") } == [])
    }

    @Test(arguments: [["MIGRATIONS=2"], ["MIGRATIONS=2", "REFUSAL=\"no\""], ["REFUSAL=\"no\""], []])
    func `what a generation stores and says while it saves is in force, whatever becomes of the next`(
        defines: [String]
    ) throws {
        let test = try TestServer(plugin: plugin("SAVING"))
        let anna = try test.open()
        _ = anna.ask("join watch")
        try? test.reload(FaultPlugin(source: "puppet", defines: ["STORE"] + defines))
        #expect(anna.seen() == [.text("saved")])
        #expect(anna.ask("rows") == [.text("1")])
    }

    @Test(arguments: [
        ["MIGRATIONS=2", "BREAKING"],
        ["MIGRATIONS=2", "REFUSAL=\"no\""],
        ["MIGRATIONS=2", "WITHOUT_DOOR"],
        ["MIGRATIONS=0"],
    ])
    func `if the next generation is refused the tables stay as they were`(defines: [String]) throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; websocket web /door door; }",
            plugin: plugin()
        )
        let anna = try test.open(), service = try test.service()
        _ = (anna.ask("store x"), anna.ask("join watch"))
        #expect(throws: CallError.self) {
            try test.reload(FaultPlugin(source: "puppet", defines: ["STORE"] + defines))
        }
        #expect(try service.database?.pendingMigrations(["", ""]) == 2...2)
        #expect(anna.ask("store y") + anna.ask("rows") == [.text("1"), .text("2")])
        #expect(service.generationNumber == 1 && service.generation?.phase == .running)
        #expect(service.timers.count == 0)
        #expect(test.folder.names(in: "var").filter { $0.contains("rehearsal") } == [])
        #expect(openFiles(below: test.folder.path).filter { $0.contains("rehearsal") } == [])
    }
}
