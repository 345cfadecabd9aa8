import TLS
import Testing

@Suite struct TicketTests {
    /// What a first session with these keys leaves to the client.
    private func ticket(_ keys: TLSTicketKeys, _ client: TLSClientContext) throws -> TLSClientTicket {
        let pair = try Pair(.of(ticketKeys: keys), client)
        pair.run()
        #expect(!pair.server.isResumed)
        return try #require(pair.client.ticket)
    }

    @Test(arguments: served)
    func `another context with the same keys resumes`(version: TLSVersion) throws {
        let keys = TLSTicketKeys(now: 0), client = try TLSClientContext.of(version)
        let ticket = try ticket(keys, client)
        let pair = try Pair(
            .of([Certificates.certificate("example")], ticketKeys: keys),
            client,
            resuming: ticket
        )
        pair.run()
        #expect(pair.works)
        #expect(pair.server.isResumed && pair.client.isResumed)
    }

    @Test(arguments: served)
    func `other keys do not, and the handshake is a full one`(version: TLSVersion) throws {
        let client = try TLSClientContext.of(version)
        let ticket = try ticket(TLSTicketKeys(now: 0), client)
        let pair = try Pair(.of(), client, resuming: ticket)
        pair.run()
        #expect(pair.works)
        #expect(!pair.server.isResumed)
    }

    @Test(arguments: served)
    func `a key of before resumes, and the client gets a ticket of the new one`(version: TLSVersion) throws {
        let keys = TLSTicketKeys(now: 0, period: 3600), client = try TLSClientContext.of(version)
        let old = try ticket(keys, client)
        keys.advance(to: 3600)
        let second = try Pair(.of(ticketKeys: keys), client, resuming: old)
        second.run()
        #expect(second.works)
        #expect(second.server.isResumed)
        // The old key goes; the fresh ticket stays good.
        keys.advance(to: 7200)
        keys.advance(to: 3600 + TLSTicketKeys.ticketLifetime + 1)
        let fresh = try #require(second.client.ticket)
        let third = try Pair(.of(ticketKeys: keys), client, resuming: fresh)
        third.run()
        #expect(third.server.isResumed)
        let late = try Pair(.of(ticketKeys: keys), client, resuming: old)
        late.run()
        #expect(late.works)
        #expect(!late.server.isResumed)
    }

    @Test func `in TLS 1.2 a ticket of the current key is not renewed`() throws {
        let keys = TLSTicketKeys(now: 0, period: 1), client = try TLSClientContext.of(.tls12)
        let ticket = try ticket(keys, client)
        let current = try Pair(.of(ticketKeys: keys), client, resuming: ticket)
        current.run()
        keys.advance(to: 1)
        let old = try Pair(.of(ticketKeys: keys), client, resuming: ticket)
        old.run()
        #expect(current.server.isResumed && old.server.isResumed)
        #expect(current.clientReceived + 100 < old.clientReceived)
    }

    @Test func `in TLS 1.3 each session brings one ticket, a resumed one too`() throws {
        let keys = TLSTicketKeys(now: 0), client = try TLSClientContext.of(.tls13)
        let first = try Pair(.of(ticketKeys: keys), client)
        first.run()
        let second = try Pair(.of(ticketKeys: keys), client, resuming: first.client.ticket)
        second.run()
        let next: TLSClientTicket = try #require(second.client.ticket)
        let third = try Pair(.of(ticketKeys: keys), client, resuming: next)
        third.run()
        #expect(second.server.isResumed && third.server.isResumed)
    }

    @Test func `keys change by the clock that is given, and are forgotten when no ticket needs them`() {
        let keys = TLSTicketKeys(now: 1000, period: 600)
        keys.advance(to: 1599)
        #expect(keys.count == 1)
        keys.advance(to: 1600)
        #expect(keys.count == 2)
        // The first key sealed until 1600; its last ticket is good for 7200 seconds more.
        for now in stride(from: 2200, through: 8800, by: 600) { keys.advance(to: now) }
        #expect(keys.count == 14)
        keys.advance(to: 8801)
        #expect(keys.count == 13)
        keys.advance(to: 1_000_000)
        #expect(keys.count == 2)
        keys.advance(to: 1_000_000)
        #expect(keys.count == 2)
    }

    @Test func `keys may be used and changed by several threads at once`() async throws {
        let keys = TLSTicketKeys(now: 0, period: 1), context = try TLSContext.of(ticketKeys: keys)
        let resumed = await withTaskGroup(of: Int.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    var count = 0
                    for turn in 0..<25 {
                        guard let client = try? TLSClientContext(), let first = try? Pair(context, client)
                        else {
                            return 0
                        }
                        first.run()
                        keys.advance(to: thread * 25 + turn)
                        guard let second = try? Pair(context, client, resuming: first.client.ticket) else {
                            return 0
                        }
                        second.run()
                        count += second.server.isResumed && second.works ? 1 : 0
                    }
                    return count
                }
            }
            return await group.reduce(0, +)
        }
        #expect(resumed == 100)
    }
}
