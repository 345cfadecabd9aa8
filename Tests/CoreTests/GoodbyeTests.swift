import Net
import Synchronization
import Testing

@testable import Core

@Suite struct GoodbyeTests {
    @Test func `a connection that is handed to a loop after its goodbye ends at once`() throws {
        let clock = Clock(manualFrom: 0)
        let log = Log(level: .error, clock: clock, descriptor: nil)
        let engine = MemoryEngine()
        let accepting = Loop(index: 0, engine: engine, clock: clock, log: log)
        let other = Loop(index: 1, engine: MemoryEngine(), clock: clock, log: log)
        let listener = Listener(
            ListenerConfiguration(
                name: "web",
                address: .any(port: 0),
                position: SourcePosition(file: "", line: 1, column: 1),
                addressPosition: SourcePosition(file: "", line: 1, column: 1)
            ),
            number: 0,
            socket: nil,
            limits: Limits(),
            services: [],
            security: nil
        )
        for loop in [accepting, other] {
            try loop.prepare(peers: [accepting, other], services: [], listeners: [listener])
        }
        defer { for loop in [accepting, other] { loop.dismantle() } }
        accepting.load.store(1, ordering: .relaxed)  // so that the other one gets it
        _ = engine.connect(to: 0)
        other.perform { $0.sayGoodbye() }
        for loop in [other, accepting, other, other] { loop.turn(waits: false) }
        #expect(other.connections.count == 1)
        #expect(other.load.load(ordering: .relaxed) == 0)
    }
}
