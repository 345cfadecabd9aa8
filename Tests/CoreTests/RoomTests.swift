import Testing
import Wire

@testable import Core

@Suite struct RoomTests {
    @Test func `a room's members hear it but for those excepted`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open(), cleo = try test.open()
        #expect(anna.ask("join room") + ben.ask("join room") == [.text("0"), .text("0")])
        #expect(anna.ask("join room") == [.text("-7")])
        #expect(anna.ask("members room") == [.text("2")])
        #expect(cleo.ask("publish room hello") == [])
        #expect(anna.ask("others room secret") == [.text("hello")])
        #expect(ben.seen() == [.text("hello"), .text("secret")])
        #expect(cleo.seen() == [])
        #expect(ben.ask("leave room") + ben.ask("leave room") == [.text("0"), .text("-4")])
        #expect(cleo.ask("publish room again") + ben.seen() == [])
        #expect(anna.seen() == [.text("again")])
    }

    @Test func `a connection's rooms are known`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        _ = (anna.ask("join a"), anna.ask("join b"), ben.ask("join c"))
        #expect(
            ["a", "b", "c", "d"].flatMap { anna.ask("member \($0)") }
                == ["1", "1", "0", "0"].map { .text($0) }
        )
        #expect(anna.ask("rooms") == [.text("2")])
        _ = anna.ask("leave a")
        #expect(anna.ask("rooms names") == [.text("b"), .text("1")])
        #expect(anna.ask("member a") == [.text("0")])
    }

    @Test func `whoever ends is in no room any more, and a room without members is gone`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        _ = (anna.ask("join a"), anna.ask("join b"), ben.ask("join b"))
        anna.leave()
        test.settle()
        #expect(ben.ask("members a") + ben.ask("members b") == [.text("0"), .text("1")])
        #expect(ben.ask("publish b x") == [.text("x")])
        #expect(test.loop.rooms.count == 1)
        ben.close(1000)
        test.settle()
        #expect(test.loop.rooms.isEmpty)
        #expect(try test.service().rooms.number(of: Array("b".utf8).span) == nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func `whoever was in very many rooms is out of them at once`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        for start in stride(from: 0, to: 60_000, by: 1000) {
            let joins = (start..<start + 1000).map { "join \($0)" }
            anna.send(bytes: joins.flatMap { anna.frame(.text, Array($0.utf8)) })
            test.settle()
            _ = anna.arrived()
        }
        #expect(anna.ask("rooms") == [.text("60000")])
        anna.leave()
        test.settle()
        #expect(ben.ask("members 0") + ben.ask("members 59999") == [.text("0"), .text("0")])
        #expect(test.loop.rooms.isEmpty)
    }

    @Test func `replies and room messages come in the order of sending`() throws {
        let test = try TestServer()
        let anna = try test.open()
        _ = anna.ask("join room")
        for number in 0..<100 { anna.send(number % 2 == 0 ? "echo \(number)" : "publish room \(number)") }
        #expect(anna.seen().texts == (0..<100).map(String.init))
    }

    @Test func `a name of no bytes or over 1024 is invalid`() throws {
        let test = try TestServer()
        let anna = try test.open()
        #expect(anna.ask("join ") + anna.ask("join") == [.text("-4"), .text("-4")])
        #expect(anna.ask("join " + String(repeating: "x", count: 1025)) == [.text("-4")])
        #expect(anna.ask("join " + String(repeating: "x", count: 1024)) == [.text("0")])
    }
}
