import Foundation
import Net
import Synchronization
import Testing

@Suite struct ThreadTests {
    @Test func `a thread runs its body elsewhere, and join waits for it`() throws {
        let seen = Seen()
        let thread = try Net.Thread(name: "elsewhere") { seen.number.withLock { $0 = Net.Thread.current } }
        thread.join()
        let there = seen.number.withLock { $0 }
        #expect(there != nil && there != Net.Thread.current)
    }

    @Test(arguments: [
        ("short", "short"), ("fifteen-letters", "fifteen-letters"), ("sixteen-letters!", "sixteen-letters"),
    ])
    func `the system shows the first 15 bytes of its name`(name: String, shown: String) throws {
        let seen = Seen()
        let isNamed = try Wakeup()
        defer { isNamed.close() }
        let thread = try Net.Thread(name: name) {
            isNamed.wait(nanoseconds: nil)
            let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            seen.name.withLock { $0 = name ?? "" }
        }
        isNamed.ring()
        thread.join()
        #expect(seen.name.withLock { $0 } == shown + "\n")
    }

    /// What the thread saw.
    private final class Seen: Sendable {
        let number = Mutex<UInt?>(nil)
        let name = Mutex("")
    }
}
