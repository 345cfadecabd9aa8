import Foundation
import Net
import Testing

@testable import Core

@Suite struct ReloadTests {
    private static let next = FaultPlugin(source: "puppet", defines: ["GENERATION=\"2\""])
    private static let door =
        "service puppet { plugin Puppet; websocket web /main; websocket web /door door; }"

    @Test func `connections, rooms, logins and state go on in the next generation`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        _ = (anna.ask("join room"), anna.ask("set mine"), anna.ask("login anna"), anna.ask("remember this"))
        #expect(anna.ask("life") == [.text("generation 1 restored this start 0")])
        try test.reload(ReloadTests.next)
        #expect(anna.ask("life") == [.text("generation 2 restored this start 1")])
        #expect(anna.ask("state") + anna.ask("who") == [.text("mine:7"), .text("anna:1")])
        #expect(ben.ask("publish room hello") == [])
        #expect(anna.seen() == [.text("hello")])
        #expect(test.server.connectionCount == 2)
        #expect(try test.service().generationNumber == 2)
    }

    /// Minor versions of the note and of the table.
    @Test(arguments: [(2, 3), (3, 2), (0, 0), (2, 2), (9, 9)])
    func `plugins of every minor version of the interface run, whatever they call it`(note: Int, table: Int)
        throws
    {
        let defines = ["NOTE_MINOR=\(note)", "TABLE_MINOR=\(table)", "GENERATION=\"2\""]
        let test = try TestServer(plugin: FaultPlugin(source: "puppet", defines: defines))
        #expect(try test.open().ask("life") == [.text("generation 2 restored  start 0")])
        let file = try ElfNote.read(
            Array(Data(contentsOf: URL(filePath: test.folder.file("libPuppet.so")))).span
        )
        #expect(file.abiMinor == note)
    }

    @Test func `messages that came before are the old generation's, those after are the new one's`() throws {
        let test = try TestServer()
        try ReloadTests.next.build(to: test.folder.file("next.so"))
        let anna = try test.open()
        let service = try test.service()
        let library = try service.load(path: test.folder.file("next.so"))
        for _ in 0..<3 { anna.send("life") }
        test.turn()
        service.reload(library) { error in #expect(error == nil) }
        for _ in 0..<3 { anna.send("life") }
        let lives = anna.seen().texts.map { $0.prefix(12) }
        #expect(
            lives == [
                "generation 1", "generation 1", "generation 1", "generation 2", "generation 2",
                "generation 2",
            ]
        )
    }

    @Test func `messages that wait for a login are the next generation's`() throws {
        let test = try TestServer(ReloadTests.door)
        let anna = try test.open("/door"), ben = try test.open()
        anna.send("later")
        anna.send("life")
        test.settle()
        try test.reload(ReloadTests.next)
        // The new instance got the login once more, and says LATER as well.
        #expect(anna.seen() == [.text("0"), .text("0")])
        #expect(ben.ask("admit x") == [.text("0")])
        #expect(anna.seen() == [.text("generation 2 restored  start 1")])
    }

    @Test func `timers keep the time that is left to them`() throws {
        let test = try TestServer()
        let anna = try test.open()
        _ = (anna.ask("join watch"), anna.ask("timer a 1000"))
        test.pass(milliseconds: 400)
        try test.reload(ReloadTests.next)
        #expect(anna.ask("left a") == [.text("600")])
        test.pass(milliseconds: 599)
        #expect(anna.arrived() == [])
        test.pass(milliseconds: 1)
        #expect(anna.arrived() == [.text("fired a")])
    }

    @Test func `timers that the next generation does not know end with the old one`() throws {
        let test = try TestServer()
        let anna = try test.open()
        _ = (anna.ask("join watch"), anna.ask("timer a 1000"))
        try test.reload(FaultPlugin(source: "puppet", defines: ["WITHOUT_TIMER"]))
        #expect(anna.ask("left a") + anna.ask("timer a 1") == [.text("-4"), .text("-4")])
        test.pass(milliseconds: 2000)
        #expect(anna.arrived() == [])
        #expect(try test.service().timers.count == 0)
    }

    @Test func `the ledger of the old generation is empty, and its registrations are the new one's alone`()
        throws
    {
        let test = try TestServer()
        let service = try test.service()
        let old = try #require(service.generation)
        let count = old.ledger.count
        #expect(count > 0)
        try test.reload(ReloadTests.next)
        #expect(old.phase == .retired && old.ledger.count == 0 && old.endpoints.isEmpty)
        #expect(service.generation?.ledger.count == count)
        #expect(service.previousGenerations == 1)
    }

    @Test func `the same file again is a reload all the same`() throws {
        let test = try TestServer()
        for number in 2...5 {
            try test.reload(file: nil)
            #expect(try test.service().generationNumber == number)
        }
        #expect(try test.open().ask("echo x") == [.text("x")])
    }

    @Test func `a plugin's file may be written over while it runs`() throws {
        let test = try TestServer()
        let anna = try test.open()
        try FaultPlugin(source: "no-entry").build(to: test.folder.file("libPuppet.so"))
        #expect(anna.ask("echo x") == [.text("x")])
        try ReloadTests.next.build(to: test.folder.file("libPuppet.so"))
        try test.reload(file: nil)
        #expect(anna.ask("life").texts.first?.hasPrefix("generation 2") == true)
    }
}
