import Glibc
import Net
import Testing

@Suite struct ClockTests {
    @Test func `a clock moved by hand stands still until it is moved`() {
        let clock = Clock(manualFrom: 1_000)
        #expect(clock.monotonic == clock.monotonic && clock.wall == 1_000)
        let start = clock.monotonic
        clock.advance(nanoseconds: 50)
        clock.advance(nanoseconds: 0)
        clock.advance(nanoseconds: 7)
        #expect(clock.monotonic - start == 57)
        #expect(clock.wall == 1_057)
    }

    @Test func `two clocks moved by hand know nothing of each other`() {
        let one = Clock(manualFrom: 0), other = Clock(manualFrom: 0)
        one.advance(nanoseconds: 1)
        #expect(other.wall == 0)
    }

    @Test func `the system's clock never goes back`() {
        let clock = Clock()
        let readings = (0..<1000).map { _ in clock.monotonic }
        #expect(readings == readings.sorted())
    }

    @Test func `the system's wall clock is the time of day`() {
        let before = Int64(time(nil)) - 1
        let wall = Clock().wall / 1_000_000_000
        #expect((before...Int64(time(nil)) + 1).contains(wall))
    }

    @Test func `moving the system's clock stops the process`() async {
        await #expect(processExitsWith: .failure) { Clock().advance(nanoseconds: 1) }
    }
}
