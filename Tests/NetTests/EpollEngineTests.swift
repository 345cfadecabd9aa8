import Glibc
import Synchronization
import Testing

@testable import Net

/// What only the kernel can do: resets, waiting, waking, and running out of descriptors.
@Suite struct EpollEngineTests {
    private func withRig(_ carrier: Carrier = .tcp, _ body: (EngineRig, SocketFarSide) throws -> Void) throws
    {
        let rig = try EngineRig(carrier)
        defer { rig.close() }
        try body(rig, try #require(rig.far as? SocketFarSide))
    }

    // MARK: Waiting and waking

    @Test(arguments: [1, 999_999, 2_000_000, 5_000_001] as [Int64])
    func `a wait lasts as long as was asked for, never less`(nanoseconds: Int64) {
        let engine = EpollEngine()
        #expect(elapsed { engine.wait(nanoseconds: nanoseconds) } >= nanoseconds)
        guard case .none = engine.next() else {
            Issue.record("something happened")
            return
        }
    }

    @Test(arguments: [0, -1, Int64.min])
    func `a wait for a time that has passed returns`(nanoseconds: Int64) {
        EpollEngine().wait(nanoseconds: nanoseconds)
    }

    @Test func `another thread ends a wait without an end`() throws {
        let engine = EpollEngine()
        let thread = try Thread(name: "wakes") { engine.wake() }
        engine.wait(nanoseconds: nil)
        #expect(engine.isWoken())
        thread.join()
    }

    @Test func `calls of wake before a wait keep it from sleeping, and are one`() {
        let engine = EpollEngine()
        for _ in 0..<5 { engine.wake() }
        engine.wait(nanoseconds: nil)
        #expect(engine.isWoken())
        #expect(!engine.isWoken())
        engine.wait(nanoseconds: 0)
        #expect(!engine.isWoken())
    }

    @Test func `no wake is lost when many threads call it`() throws {
        let engine = EpollEngine()
        let running = Running(4)
        let threads = try (0..<4).map { _ in
            try Thread(name: "wakes") {
                for _ in 0..<200 { engine.wake() }
                running.count.subtract(1, ordering: .releasing)
                engine.wake()
            }
        }
        while running.count.load(ordering: .acquiring) > 0 {
            engine.wait(nanoseconds: nil)
            #expect(engine.isWoken())
        }
        for thread in threads { thread.join() }
    }

    @Test func `nothing waits while a removal is to be reported`() throws {
        try withRig { rig, _ in
            let (_, slot) = try rig.connect()
            rig.engine.remove(slot)
            rig.engine.wait(nanoseconds: nil)
            #expect(rig.next() == .removed(slot))
        }
    }

    // MARK: Accepting

    @Test func `after 64 of a burst the connections are looked at again`() throws {
        try withRig { rig, far in
            let (known, slot) = try rig.connect()
            for _ in 0..<100 { _ = try far.connect() }
            _ = far.send([1], from: known)
            rig.engine.wait(nanoseconds: nil)
            let first = rig.turn()
            #expect(first.count { if case .accepted = $0 { true } else { false } } == 64)
            #expect(rig.turn { rig.heard[slot] == [1] && rig.heard.count == 101 })
        }
    }

    @Test func `a peer's address comes with it`() throws {
        let far = try SocketFarSide(isUnix: false)
        defer { far.close() }
        let engine = EpollEngine()
        try far.prepare(engine)
        let peer = try far.connect()
        engine.wait(nanoseconds: nil)
        guard case .accepted(0, let descriptor, let address) = engine.next() else {
            Issue.record("nobody was accepted")
            return
        }
        defer { ListeningSocket.refuse(descriptor) }
        #expect(address.host == .v4(0x7f00_0001) && address.port != 0)
        #expect(address.port != far.listener.address.port)
        #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
        _ = peer
    }

    @Test func `a peer that was gone before it was accepted disturbs nobody`() throws {
        try withRig { rig, far in
            far.reset(try far.connect())
            far.drop(try far.connect())
            let last = try far.connect()
            _ = far.send([7], from: last)
            #expect(rig.turn { rig.heard.contains([7]) })
        }
    }

    @Test func `without descriptors the listener pauses, and goes on when there are some`() async {
        await #expect(processExitsWith: .success) {
            let rig = try EngineRig(.tcp)
            let (known, slot) = try rig.connect()
            let second = try rig.far.connect(), third = try rig.far.connect()
            try withNoDescriptorLeft {
                rig.engine.wait(nanoseconds: nil)
                #expect(rig.turn() == [.acceptFailed(EMFILE)])
                // Others are served meanwhile, and the failure is not told again and again.
                #expect(rig.deliver([1], from: known, to: slot))
                #expect(rig.turn() == [])
                // Too early: it fails again, once.
                rig.engine.setAccepting(0, true)
                rig.engine.wait(nanoseconds: nil)
                #expect(rig.turn() == [.acceptFailed(EMFILE)])
            }
            rig.engine.setAccepting(0, true)
            #expect(rig.turn { rig.heard.count == 3 })
            _ = rig.far.send([2], from: second)
            _ = rig.far.send([3], from: third)
            #expect(rig.turn { rig.heard == [[1], [2], [3]] })
            rig.close()
        }
    }

    @Test func `descriptors that run out in the middle of a burst lose nobody`() async {
        await #expect(processExitsWith: .success) {
            let rig = try EngineRig(.tcp)
            for _ in 0..<10 { _ = try rig.far.connect() }
            try withNoDescriptorLeft(but: 4) {
                rig.engine.wait(nanoseconds: nil)
                #expect(rig.turn() == (0..<4).map { .accepted($0) } + [.acceptFailed(EMFILE)])
            }
            rig.engine.setAccepting(0, true)
            #expect(rig.turn { rig.heard.count == 10 })
            rig.close()
        }
    }

    // MARK: Connections

    @Test(arguments: [-1, 1_000_000] as [Int32])
    func `a descriptor that is none is not taken in, and its slot stays free`(descriptor: Int32) throws {
        let engine = EpollEngine()
        #expect(throws: SystemError(call: .epollControl, code: EBADF)) {
            try engine.adopt(0, descriptor: descriptor)
        }
        let (near, far) = try Socket.pair()
        defer { Socket.close(far) }
        try engine.adopt(0, descriptor: near)
        #expect(unsafe send(far, [1] as [UInt8], 1, 0) == 1)
        engine.wait(nanoseconds: nil)
        guard case .received(0, count: 1) = engine.next() else {
            Issue.record("nothing was received")
            return
        }
    }

    @Test(arguments: [true, false])
    func `a reset is an end with its error, whether or not the peer is received`(isReceiving: Bool) throws {
        try withRig { rig, far in
            let (peer, slot) = try rig.connect()
            rig.engine.setReceiving(slot, isReceiving)
            far.reset(peer)
            #expect(rig.turn(until: .ended(slot, ECONNRESET)))
        }
    }

    @Test(arguments: [false, true])
    func `a peer that is gone is not told of again and again while nothing is received`(isOwed: Bool) throws {
        try withRig(.unix) { rig, far in
            let (peer, slot) = try rig.connect()
            _ = far.send([1], from: peer)
            #expect(rig.turn { rig.heard[slot] == [1] })
            rig.engine.setReceiving(slot, false)
            far.drop(peer)
            if isOwed {
                rig.owe([2], to: slot)
                #expect(rig.flush(slot) == .failed)
            }
            for _ in 0..<3 { #expect(rig.turn() == []) }
            rig.engine.setReceiving(slot, true)
            #expect(rig.turn(until: .ended(slot, nil)))
            rig.engine.remove(slot)
            #expect(rig.turn(until: .removed(slot)))
        }
    }

    @Test func `what a peer sent before it was gone is heard once it is received again`() throws {
        try withRig(.unix) { rig, far in
            let (peer, slot) = try rig.connect()
            rig.engine.setReceiving(slot, false)
            _ = far.send([1, 2], from: peer)
            far.drop(peer)
            for _ in 0..<3 { #expect(rig.turn() == []) }
            rig.engine.setReceiving(slot, true)
            #expect(rig.turn(until: .ended(slot, nil)))
            #expect(rig.heard[slot] == [1, 2])
        }
    }

    @Test func `what a peer sent before it reset is heard before its end`() throws {
        try withRig { rig, far in
            let (peer, slot) = try rig.connect()
            _ = far.send([1, 2, 3], from: peer)
            #expect(rig.turn { rig.heard[slot].count == 3 })
            far.reset(peer)
            #expect(rig.turn(until: .ended(slot, ECONNRESET)))
            #expect(rig.heard[slot] == [1, 2, 3])
        }
    }

    @Test(arguments: [.tcp, .unix] as [Carrier])
    func `a write to a peer that has gone fails in the end, and the end is reported`(carrier: Carrier) throws
    {
        try withRig(carrier) { rig, far in
            let (peer, slot) = try rig.connect()
            far.drop(peer)
            // TCP learns only from the answer to the first write that nobody is there.
            var hasFailed = false
            #expect(
                rig.turn {
                    rig.owe([1], to: slot)
                    if rig.flush(slot) == .failed { hasFailed = true }
                    return hasFailed
                }
            )
            rig.engine.setReceiving(slot, false)
            rig.engine.setReceiving(slot, true)
            let before = rig.reports.count
            #expect(
                rig.turn {
                    rig.reports[before...].contains { if case .ended(slot, _) = $0 { true } else { false } }
                }
            )
        }
    }

    @Test func `a peer that resets while a write to it waits is an end, and the slot can be removed`() throws
    {
        try withRig { rig, far in
            let (peer, slot) = try rig.connect()
            rig.owe(pattern(8 << 20), to: slot)
            rig.flush(slot)
            far.reset(peer)
            #expect(rig.turn(until: .ended(slot, ECONNRESET)))
            rig.engine.remove(slot)
            #expect(rig.turn(until: .removed(slot)))
            #expect(rig.turn() == [])
        }
    }

    @Test func `small writes leave at once`() throws {
        try withRig { rig, _ in
            let (_, slot) = try rig.connect()
            var value: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            let descriptor = rig.descriptors[slot]
            #expect(unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &value, &size) == 0)
            #expect(value != 0)
        }
    }

    // MARK: Letting go

    @Test func `an engine that goes closes its connections`() throws {
        let (near, far) = try Socket.pair()
        defer { Socket.close(far) }
        do {
            let engine = EpollEngine()
            try engine.adopt(3, descriptor: near)
        }
        var byte: UInt8 = 0
        #expect(unsafe recv(far, &byte, 1, 0) == 0)
    }

    @Test func `an engine that goes closes its own descriptors`() async {
        await #expect(processExitsWith: .success) {
            let descriptors = Int32(0)..<1024
            let before = descriptors.count { fcntl($0, F_GETFD) >= 0 }
            for _ in 0..<100 { EpollEngine().wake() }
            // The testing library may have opened a few meanwhile.
            #expect(descriptors.count { fcntl($0, F_GETFD) >= 0 } < before + 50)
        }
    }

    @Test func `no socket is left of anything`() async {
        await #expect(processExitsWith: .success) {
            let before = openSockets()
            for carrier in [Carrier.tcp, .unix] {
                do {
                    let rig = try EngineRig(carrier)
                    let far = try #require(rig.far as? SocketFarSide)
                    let ends = try (0..<100).map { _ in try rig.connect() }
                    #expect(openSockets().count > before.count + 200)
                    for (peer, slot) in ends[..<30] {
                        far.reset(peer)
                        _ = rig.turn {
                            rig.reports.contains { if case .ended(slot, _) = $0 { true } else { false } }
                        }
                        rig.engine.remove(slot)
                    }
                    for (_, slot) in ends[30..<60] {
                        rig.owe(pattern(1 << 20), to: slot)
                        rig.flush(slot)
                        rig.engine.remove(slot)
                    }
                    rig.turn()
                    for (_, slot) in ends[60...] { rig.outboxes[slot].clear(pool: rig.pool) }
                    // The other forty go with the engine.
                    rig.far.close()
                }
                #expect(openSockets() == before)
            }
        }
    }
}

/// How many threads are not done yet.
private final class Running: Sendable {
    let count: Atomic<Int>
    init(_ count: Int) { self.count = Atomic(count) }
}

extension EpollEngine {
    /// Whether the next thing to report is a wake.
    fileprivate func isWoken() -> Bool { if case .woken = next() { true } else { false } }
}

/// Runs `body` while the process may open so many descriptors more. For a process of a test's own only.
private func withNoDescriptorLeft(but count: Int = 0, _ body: () throws -> Void) throws {
    let limit = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var before = rlimit()
    _ = unsafe getrlimit(limit, &before)
    // The next ones given are the lowest free numbers: as many as are left, the limit is behind the last of them.
    let spare = (0..<count).map { _ in dup(2) }
    let first = dup(2)
    for descriptor in spare + [first] { Socket.close(descriptor) }
    var lowered = rlimit(rlim_cur: rlim_t(first), rlim_max: before.rlim_max)
    _ = unsafe setrlimit(limit, &lowered)
    defer { _ = unsafe setrlimit(limit, &before) }
    try body()
}
