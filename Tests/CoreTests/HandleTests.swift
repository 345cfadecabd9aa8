import Testing

@testable import Core

@Suite struct HandleTests {
    @Test func `the handle of a connection that ended answers gone, also when its slot is used again`() throws
    {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        #expect(ben.ask("keep") == [.text("0")])
        #expect(anna.ask("kept hello") == [.text("0")])
        #expect(ben.seen() == [.text("hello")])
        ben.leave()
        test.settle()
        #expect(anna.ask("kept hello") == [.text("-1")])
        let cleo = try test.open()
        #expect(test.loop.connections.count == 2)
        #expect(anna.ask("kept hello") == [.text("-1")])
        #expect(anna.ask("admit x") == [.text("-1")])
        #expect(cleo.seen() == [])
    }

    @Test func `state is kept with its version, up to 64 KiB`() throws {
        let test = try TestServer()
        let anna = try test.open(), ben = try test.open()
        #expect(
            anna.ask("set mine") + anna.ask("state") + ben.ask("state") == [
                .text("0"), .text("mine:7"), .text(":0"),
            ]
        )
    }
}
