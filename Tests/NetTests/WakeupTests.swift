import Testing

@testable import Net

@Suite struct WakeupTests {
    @Test(
        arguments: [
            (nil, -1), (0, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (1_500_000_000, 1500),
            (-1, 0), (Int64.min, 0), (2_147_483_647_000_000, Int32.max), (2_147_483_647_000_001, Int32.max),
            (Int64.max, Int32.max),
        ] as [(Int64?, Int32)]
    )
    func `a time is rounded up to milliseconds, and none is for ever`(
        nanoseconds: Int64?,
        milliseconds: Int32
    ) {
        #expect(Wakeup.milliseconds(nanoseconds) == milliseconds)
    }

    @Test func `a ring before the wait keeps it from sleeping`() throws {
        let wakeup = try Wakeup()
        defer { wakeup.close() }
        wakeup.ring()
        wakeup.wait(nanoseconds: nil)
    }

    @Test func `any number of rings is one wake`() throws {
        let wakeup = try Wakeup()
        defer { wakeup.close() }
        for _ in 0..<5 { wakeup.ring() }
        wakeup.wait(nanoseconds: nil)
        #expect(elapsed { wakeup.wait(nanoseconds: 3_000_000) } >= 3_000_000)
    }

    @Test func `a wait that was in vain takes nothing from the next one`() throws {
        let wakeup = try Wakeup()
        defer { wakeup.close() }
        #expect(elapsed { wakeup.wait(nanoseconds: 3_000_000) } >= 3_000_000)
        wakeup.ring()
        wakeup.wait(nanoseconds: nil)
        #expect(elapsed { wakeup.wait(nanoseconds: 3_000_000) } >= 3_000_000)
    }

    @Test func `a ring from another thread ends a wait without an end`() throws {
        let wakeup = try Wakeup(), answer = try Wakeup()
        defer {
            wakeup.close()
            answer.close()
        }
        let thread = try Thread(name: "waits") {
            wakeup.wait(nanoseconds: nil)
            answer.ring()
        }
        wakeup.ring()
        answer.wait(nanoseconds: nil)
        thread.join()
    }
}

/// Nanoseconds that `body` took.
func elapsed(_ body: () -> Void) -> Int64 {
    let clock = Clock()
    let start = clock.monotonic
    body()
    return clock.monotonic - start
}
