import TLS
import Testing

@Suite struct HandshakeTests {
    // Longer than either direction of either version, so that the last places cut nothing.
    @Test(arguments: served, 0..<1_300)
    func `a handshake cut at any byte, either way, is the same`(version: TLSVersion, cut: Int) throws {
        let pair = try Pair(.of(), .of(version), cut: cut)
        pair.run()
        #expect(pair.works)
        #expect(pair.server.version == version && pair.client.version == version)
        #expect(pair.serverReceived < 1_300 && pair.clientReceived < 1_300)
    }

    @Test(arguments: served, [1, 2, 3, 7, 100])
    func `a handshake in small pieces is the same`(version: TLSVersion, piece: Int) throws {
        let pair = try Pair(.of(), .of(version), piece: piece)
        pair.run()
        #expect(pair.works)
    }

    @Test(arguments: served, [1, 2, 3, 4, 5, 50])
    func `a hello may come in records of any length`(version: TLSVersion, first: Int) throws {
        let pair = try Pair(.of(), .of(version))
        let hello = pair.toServer[5...]
        pair.toServer = [22, 3, 1, 0, UInt8(first)] + hello.prefix(first)
        var rest = hello.dropFirst(first)
        while !rest.isEmpty {
            pair.toServer += [22, 3, 1, 0, UInt8(min(rest.count, 10))] + rest.prefix(10)
            rest = rest.dropFirst(10)
        }
        pair.run()
        #expect(pair.works)
    }

    @Test(arguments: served)
    func `the client trusts the certificate, its chain too`(version: TLSVersion) throws {
        let authority = Certificates.path("authority.pem")
        let client = try TLSClientContext(authorities: authority, minimum: version, maximum: version)
        let pair = try Pair(.of([Certificates.certificate("chain")]), client, host: "chain.example.org")
        pair.run()
        #expect(pair.works)
    }

    @Test func `data may come with the client's last flight`() throws {
        let pair = try Pair(.of(), .of(.tls13))
        _ = pair.server.receive(pair.toServer.span, plain: &pair.serverPlain, sealed: &pair.toClient)
        var flight: [UInt8] = []
        _ = pair.client.receive(pair.toClient.span, plain: &pair.clientPlain, sealed: &flight)
        _ = pair.client.send("early bird".utf8.span, sealed: &flight)
        var sealed: [UInt8] = []
        let outcome = pair.server.receive(flight.span, plain: &pair.serverPlain, sealed: &sealed)
        #expect(outcome == .goesOn)
        #expect(pair.serverPlain == Array("early bird".utf8))
    }

    @Test func `nothing is established before the client's last flight`() throws {
        let pair = try Pair(.of())
        #expect(!pair.server.isEstablished)
        _ = pair.server.receive(pair.toServer.span, plain: &pair.serverPlain, sealed: &pair.toClient)
        #expect(!pair.server.isEstablished && pair.server.version == nil && pair.server.cipher == nil)
    }

    @Test(arguments: [
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
        (
            "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-CHACHA20-POLY1305"
        ),
    ])
    func `the client's order of ciphers counts`(offer: String, chosen: String) throws {
        let pair = try Pair(.of(), TLSClientContext(maximum: .tls12, ciphers: offer))
        pair.run()
        #expect(pair.works)
        #expect(pair.server.cipher == chosen)
    }

    @Test(arguments: [
        "ECDHE-ECDSA-AES128-SHA256", "AES128-GCM-SHA256", "AES128-SHA:@SECLEVEL=0",
        "DHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0",
    ])
    func `other ciphers are refused`(cipher: String) throws {
        let certificates = [Certificates.certificate("example"), Certificates.certificate("localhost")]
        let client = try TLSClientContext(maximum: .tls12, ciphers: cipher)
        for name in certificates.indices {
            let pair = try Pair(.of([certificates[name]]), client)
            pair.run()
            #expect(pair.serverOutcome == .failed(.noSharedCipher))
            #expect(pair.clientOutcome == .failed(.refusedByPeer))
        }
    }

    @Test(arguments: [TLSVersion.tls10, .tls11])
    func `older versions are refused`(version: TLSVersion) throws {
        let client = try TLSClientContext(
            minimum: .tls10,
            maximum: version,
            ciphers: "DEFAULT:@SECLEVEL=0"
        )
        let pair = try Pair(.of(), client)
        pair.run()
        #expect(pair.serverOutcome == .failed(.version))
        #expect(pair.clientOutcome == .failed(.refusedByPeer))
    }

    @Test(arguments: served)
    func `by ALPN it is http/1.1, wherever it stands in the offer`(version: TLSVersion) throws {
        let client = try TLSClientContext(
            protocols: ["h2", "http/1.1", "x"],
            minimum: version,
            maximum: version
        )
        let pair = try Pair(.of(), client)
        pair.run()
        #expect(pair.works)
        #expect(pair.client.applicationProtocol == "http/1.1")
    }

    @Test(arguments: served)
    func `an offer without http/1.1 gets the alert for it`(version: TLSVersion) throws {
        let client = try TLSClientContext(
            protocols: ["h2", "http/1.0"],
            minimum: version,
            maximum: version
        )
        let pair = try Pair(.of(), client)
        _ = pair.server.receive(pair.toServer.span, plain: &pair.serverPlain, sealed: &pair.toClient)
        // An alert (21) that is fatal (2): no_application_protocol (120). RFC 7301 §3.2.
        #expect(pair.toClient == [21, 3, 3, 0, 2, 2, 120])
        let nothing: [UInt8] = []
        let outcome = pair.server.receive(nothing.span, plain: &pair.serverPlain, sealed: &pair.toClient)
        #expect(outcome == .failed(.noApplicationProtocol))
    }

    @Test func `no offer by ALPN is fine`() throws {
        let pair = try Pair(.of(), TLSClientContext(protocols: []))
        pair.run()
        #expect(pair.works)
        #expect(pair.client.applicationProtocol == nil)
    }
}
