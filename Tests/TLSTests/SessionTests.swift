import COpenSSL
import TLS
import Testing

/// An established session, and what ends it.
@Suite struct SessionTests {
    private func established(_ version: TLSVersion = .tls13, _ context: TLSContext? = nil) throws -> Pair {
        let pair = try Pair(context ?? .of(), .of(version))
        pair.run()
        try #require(pair.client.isEstablished && pair.server.isEstablished)
        return pair
    }

    /// Gives bytes to a server that has seen nothing yet.
    private func answer(to bytes: [UInt8]) throws -> (TLSStream.Outcome, sealed: [UInt8]) {
        let server = TLSSession(try .of())
        var plain: [UInt8] = [], sealed: [UInt8] = []
        let outcome = server.receive(bytes.span, plain: &plain, sealed: &sealed)
        #expect(plain == [])
        return (outcome, sealed)
    }

    @Test(arguments: served, [0, 1, 16_384, 16_385, 100_000])
    func `bytes arrive as they were sent, in records of at most 16 KiB`(version: TLSVersion, count: Int)
        throws
    {
        let pair = try established(version)
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(pair.server.send(bytes.span, sealed: &pair.toClient) == .goesOn)
        var place = 0, records = 0
        while place < pair.toClient.count {
            #expect(pair.toClient[place] == 23)
            let length = Int(pair.toClient[place + 3]) << 8 | Int(pair.toClient[place + 4])
            #expect(length <= 16_384 + 256)
            place += 5 + length
            records += 1
        }
        #expect(records == (count + 16_383) / 16_384)
        pair.run()
        #expect(pair.clientPlain == bytes)
        #expect(pair.client.send(bytes.span, sealed: &pair.toServer) == .goesOn)
        pair.run()
        #expect(pair.serverPlain == bytes)
    }

    @Test(arguments: served)
    func `data cut at any byte is the same`(version: TLSVersion) throws {
        let pair = try established(version)
        var sealed: [UInt8] = []
        _ = pair.client.send("one".utf8.span, sealed: &sealed)
        _ = pair.client.send("two".utf8.span, sealed: &sealed)
        for index in sealed.indices {
            let outcome = pair.server.receive(
                sealed.span.extracting(index..<index + 1),
                plain: &pair.serverPlain,
                sealed: &pair.toClient
            )
            #expect(outcome == .goesOn)
        }
        #expect(pair.serverPlain == Array("onetwo".utf8))
        #expect(pair.toClient == [])
    }

    @Test(arguments: served)
    func `the client's goodbye is heard, and may still be answered`(version: TLSVersion) throws {
        let pair = try established(version)
        _ = pair.client.send("last".utf8.span, sealed: &pair.toServer)
        pair.client.close(sealed: &pair.toServer)
        pair.run()
        #expect(pair.serverOutcome == .closed)
        #expect(pair.serverPlain == Array("last".utf8))
        if version == .tls13 {
            pair.serverSends("and so")
            #expect(pair.clientPlain == Array("and so".utf8))
        }
        pair.server.close(sealed: &pair.toClient)
        pair.run()
        #expect(pair.clientOutcome == .closed)
    }

    @Test func `goodbye is said once, and only to those who were greeted`() throws {
        let pair = try established()
        pair.server.close(sealed: &pair.toClient)
        let count = pair.toClient.count
        #expect(count > 0)
        pair.server.close(sealed: &pair.toClient)
        #expect(pair.server.send([1, 2, 3].span, sealed: &pair.toClient) == .goesOn)
        #expect(pair.toClient.count == count)
        let fresh = TLSSession(try .of())
        var sealed: [UInt8] = []
        fresh.close(sealed: &sealed)
        #expect(sealed == [])
    }

    @Test(arguments: served)
    func `a stream that ends early is not a goodbye`(version: TLSVersion) throws {
        let pair = try established(version)
        var sealed: [UInt8] = []
        _ = pair.client.send("cut off".utf8.span, sealed: &sealed)
        pair.client.close(sealed: &sealed)
        let outcome = pair.server.receive(
            sealed.span.extracting(..<(sealed.count - 1)),
            plain: &pair.serverPlain,
            sealed: &pair.toClient
        )
        #expect(outcome == .goesOn)
        #expect(pair.serverPlain == Array("cut off".utf8))
    }

    @Test(arguments: served)
    func `a record that was changed on the way fails, with an alert`(version: TLSVersion) throws {
        let pair = try established(version)
        _ = pair.client.send("hello".utf8.span, sealed: &pair.toServer)
        pair.toServer[pair.toServer.count - 1] ^= 1
        pair.run()
        #expect(pair.serverOutcome == .failed(.badRecord))
        #expect(pair.serverPlain == [])
        #expect(pair.clientOutcome == .failed(.refusedByPeer))
        #expect(!pair.server.isEstablished)
        #expect(pair.server.send([1].span, sealed: &pair.toClient) == .failed(.badRecord))
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n", "P"])
    func `plain HTTP is told apart, and nothing is answered`(text: String) throws {
        let (outcome, sealed) = try answer(to: Array(text.utf8))
        #expect(outcome == .failed(.plainHTTP))
        #expect(sealed == [])
    }

    @Test(
        arguments: [
            ([0, 0, 0, 0, 0, 0], .notTLS), ([0xff, 0xff, 0xff, 0xff, 0xff], .notTLS),
            (Array("get / http/1.1".utf8), .notTLS),
            // Data, an alert, and a message of another kind, before anything else.
            ([23, 3, 3, 0, 1, 0], .protocolError), ([21, 3, 3, 0, 2, 2, 40], .protocolError),
            ([22, 3, 1, 0, 5, 14, 0, 0, 1, 0], .protocolError),
            // A hello that says it is 16,385 bytes long, in two records as well, and a record that is longer than any.
            ([22, 3, 1, 0, 200, 1, 0, 64, 1], .flood),
            ([22, 3, 1, 0, 2, 1, 0, 22, 3, 1, 0, 10, 64, 1], .flood),
            ([22, 3, 1, 0xff, 0xff, 1, 0, 1, 0], .badRecord),
        ] as [([UInt8], TLSFailure)]
    )
    func `other bytes are refused for what they are`(bytes: [UInt8], failure: TLSFailure) throws {
        #expect(try answer(to: bytes).0 == .failed(failure))
    }

    @Test func `the longest hello is waited for`() throws {
        #expect(try answer(to: [22, 3, 1, 0, 200, 1, 0, 64, 0]).0 == .goesOn)
    }

    @Test func `a client that renegotiates is refused`() throws {
        let pair = try established(.tls12)
        #expect(unsafe SSL_renegotiate(pair.client.handle) == 1)
        _ = pair.client.send("after".utf8.span, sealed: &pair.toServer)
        pair.run()
        #expect(pair.serverOutcome == .failed(.renegotiation))
        #expect(pair.serverPlain == [])
    }

    @Test func `some new keys are fine, and a flood of them is not`() throws {
        let pair = try established()
        var outcome = TLSStream.Outcome.goesOn, sealed: [UInt8] = [], count = 0
        while outcome == .goesOn, count < 1000 {
            #expect(unsafe SSL_key_update(pair.client.handle, SSL_KEY_UPDATE_REQUESTED) == 1)
            #expect(pair.client.start(sealed: &sealed) == .goesOn)
            outcome = pair.server.receive(sealed.span, plain: &pair.serverPlain, sealed: &pair.toClient)
            sealed = []
            count += 1
        }
        #expect(count == 101)
        #expect(outcome == .failed(.flood))
    }

    @Test func `data between new keys makes them harmless`() throws {
        let pair = try established()
        for _ in 0..<150 {
            #expect(unsafe SSL_key_update(pair.client.handle, SSL_KEY_UPDATE_REQUESTED) == 1)
            #expect(pair.works)
        }
    }

    @Test func `records without meaning in a handshake are refused after some`() throws {
        let pair = try Pair(.of(), .of(.tls13))
        _ = pair.server.receive(pair.toServer.span, plain: &pair.serverPlain, sealed: &pair.toClient)
        // change_cipher_spec, which TLS 1.3 ignores. RFC 8446 §5.
        let few = [[UInt8]](repeating: [20, 3, 3, 0, 1, 1], count: 10).flatMap { $0 }
        #expect(pair.server.receive(few.span, plain: &pair.serverPlain, sealed: &pair.toClient) == .goesOn)
        let many = [[UInt8]](repeating: [20, 3, 3, 0, 1, 1], count: 100).flatMap { $0 }
        let outcome = pair.server.receive(many.span, plain: &pair.serverPlain, sealed: &pair.toClient)
        #expect(outcome == .failed(.protocolError))
    }

    @Test func `a session keeps its context alive`() throws {
        weak var context: TLSContext?
        let pair: Pair
        do {
            let made = try TLSContext.of()
            context = made
            pair = try established(.tls13, made)
        }
        #expect(context != nil)
        #expect(pair.works)
    }

    @Test(arguments: TLSFailure.allCases) func `a failure is one sentence of ASCII`(failure: TLSFailure) {
        #expect(failure.sentence.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        #expect(!failure.sentence.isEmpty)
    }
}
