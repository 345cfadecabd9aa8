import Net
import Testing

@testable import Core

@Suite struct ConnectionCounterTests {
    private func limits(all: Int? = nil, perAddress: Int? = nil) -> Limits {
        var limits = Limits()
        limits.connections = all
        limits.connectionsPerAddress = perAddress
        return limits
    }

    private func v6(_ high: UInt64, _ low: UInt64, port: UInt16 = 1) -> SocketAddress {
        SocketAddress(host: .v6(high: high, low: low), port: port)
    }

    private func v4(_ host: UInt32, port: UInt16 = 1) -> SocketAddress {
        SocketAddress(host: .v4(host), port: port)
    }

    @Test func `an address is one whatever its port, and others do not count for it`() {
        let counter = ConnectionCounter(), limits = limits(perAddress: 2)
        #expect(counter.add(v4(1, port: 1), limits) == .accepted)
        #expect(counter.add(v4(1, port: 2), limits) == .accepted)
        #expect(counter.add(v4(1, port: 3), limits) == .tooManyFromAddress)
        #expect(counter.add(v4(2), limits) == .accepted)
        #expect(counter.count == 3)
        counter.remove(v4(1, port: 1))
        #expect(counter.add(v4(1, port: 3), limits) == .accepted)
    }

    @Test func `an IPv6 network of 64 bits is one address`() {
        let counter = ConnectionCounter(), limits = limits(perAddress: 1)
        #expect(counter.add(v6(1, 1), limits) == .accepted)
        #expect(counter.add(v6(1, 2), limits) == .tooManyFromAddress)
        #expect(counter.add(v6(2, 1), limits) == .accepted)
        #expect(counter.add(v4(1), limits) == .accepted)
        counter.remove(v6(1, 1))
        #expect(counter.add(v6(1, .max), limits) == .accepted)
    }

    @Test func `the number of all counts before that of an address`() {
        let counter = ConnectionCounter(), limits = limits(all: 1, perAddress: 1)
        #expect(counter.add(v4(1), limits) == .accepted)
        #expect(counter.add(v4(1), limits) == .tooMany)
        #expect(counter.add(v4(2), limits) == .tooMany)
        counter.remove(v4(1))
        #expect(counter.count == 0)
        #expect(counter.add(v4(2), limits) == .accepted)
    }

    @Test func `without limits any number comes in`() {
        let counter = ConnectionCounter()
        #expect((0..<3000).allSatisfy { _ in counter.add(v4(1), limits()) == .accepted })
    }
}
