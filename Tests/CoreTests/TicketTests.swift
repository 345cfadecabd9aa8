import Synchronization
import Testing

@testable import Core

/// Administration commands whose plugin takes its time.
@Suite final class TicketTests: Sendable {
    private let answers = Mutex<[String]>([])
    private let lastTicket = Mutex<UInt64?>(nil)

    private func call(_ test: TestServer) throws -> UInt64? {
        try test.service().perform { [self] service in
            let given = service.call("wait", []) { [self] answer in
                let text = (try? answer.get()).map { String(decoding: $0, as: UTF8.self) }
                answers.withLock { $0.append(text ?? "failed") }
            }
            lastTicket.withLock { $0 = given }
        }
        test.settle()
        return lastTicket.withLock { $0 }
    }

    @Test func `a command is answered later, and once`() throws {
        let test = try TestServer()
        let anna = try test.open()
        _ = try call(test)
        #expect(anna.ask("finish 1") + anna.ask("finish 2") == [.text("0"), .text("-1")])
        #expect(answers.withLock { $0 } == ["1"])
    }

    @Test func `two answers in one batch are one`() throws {
        let test = try TestServer(plugin: FaultPlugin(source: "puppet", defines: ["STORE"]))
        let anna = try test.open()
        _ = try call(test)
        anna.send("finish 1")
        anna.send("finish 2")
        #expect(anna.seen() == [.text("0"), .text("-1")])
        #expect(answers.withLock { $0 } == ["1"])
    }

    @Test func `a command that nobody waits for any more is gone, and nothing of it is kept`() throws {
        let test = try TestServer()
        let anna = try test.open()
        let ticket = try #require(try call(test))
        try test.service().perform { $0.abandon(ticket) }
        #expect(anna.ask("finish 1") == [.text("-1")])
        #expect(try test.service().tickets.isEmpty)
        #expect(answers.withLock { $0 } == [])
    }

    @Test func `a command stays open through a reload`() throws {
        let test = try TestServer()
        let ticket = try #require(try call(test))
        try test.reload(FaultPlugin(source: "puppet", defines: ["GENERATION=\"2\""]))
        #expect(try test.service().tickets.keys.map { $0 } == [ticket])
    }

    @Test func `who has waited long enough is not waited upon`() throws {
        let reply = try ControlReply()
        #expect(reply.isAwaited)
        #expect(reply.wait(seconds: 0) == nil)
        #expect(!reply.isAwaited)
    }
}
