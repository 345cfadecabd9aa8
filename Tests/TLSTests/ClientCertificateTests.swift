import TLS
import Testing

@Suite struct ClientCertificateTests {
    private func context(
        isRequired: Bool,
        keys: TLSTicketKeys = TLSTicketKeys(now: 0),
        _ file: String = "authority.pem"
    )
        throws -> TLSContext
    {
        try TLSContext.of(
            authorities: TLSClientAuthorities(file: Certificates.path(file), isRequired: isRequired),
            ticketKeys: keys
        )
    }

    @Test(arguments: served, [("anna", "anna"), ("boris", "boris.example.org")])
    func `a client's name is its common name, else its alternative one`(
        version: TLSVersion,
        client: (certificate: String, name: String)
    ) throws {
        let certificate = Certificates.certificate(client.certificate)
        let pair = try Pair(context(isRequired: true), .of(version, certificate: certificate))
        #expect(pair.server.clientName == nil)
        pair.run()
        #expect(pair.works)
        #expect(pair.server.clientName == client.name)
    }

    @Test(arguments: served)
    func `where one is required, none is refused`(version: TLSVersion) throws {
        let pair = try Pair(context(isRequired: true), .of(version))
        pair.run()
        #expect(pair.serverOutcome == .failed(.certificateMissing))
        #expect(pair.clientOutcome == .failed(.refusedByPeer))
    }

    @Test(arguments: served)
    func `where it is optional, none is fine`(version: TLSVersion) throws {
        let pair = try Pair(context(isRequired: false), .of(version))
        pair.run()
        #expect(pair.works)
        #expect(pair.server.clientName == nil)
    }

    @Test(arguments: served, [true, false])
    func `one that nobody knows is refused, required or not`(version: TLSVersion, isRequired: Bool) throws {
        let stranger = Certificates.certificate("stranger")
        let pair = try Pair(context(isRequired: isRequired), .of(version, certificate: stranger))
        pair.run()
        #expect(pair.serverOutcome == .failed(.certificateRefused))
        #expect(pair.server.clientName == nil)
    }

    @Test(arguments: served)
    func `a resumed session still knows its client`(version: TLSVersion) throws {
        let keys = TLSTicketKeys(now: 0)
        let client = try TLSClientContext.of(version, certificate: Certificates.certificate("anna"))
        let first = try Pair(context(isRequired: true, keys: keys), client)
        first.run()
        let second = try Pair(context(isRequired: true, keys: keys), client, resuming: first.client.ticket)
        second.run()
        #expect(second.works)
        #expect(second.server.isResumed)
        #expect(second.server.clientName == "anna")
    }

    @Test(arguments: served)
    func `a ticket does not get past other authorities`(version: TLSVersion) throws {
        let keys = TLSTicketKeys(now: 0)
        let client = try TLSClientContext.of(version, certificate: Certificates.certificate("anna"))
        let first = try Pair(context(isRequired: true, keys: keys), client)
        first.run()
        let other = try context(isRequired: true, keys: keys, "other-authority.pem")
        let second = try Pair(other, client, resuming: first.client.ticket)
        second.run()
        #expect(!second.server.isResumed)
        #expect(second.serverOutcome == .failed(.certificateRefused))
    }

    @Test(arguments: served)
    func `a ticket of a client without a certificate is none where one is required`(version: TLSVersion)
        throws
    {
        let keys = TLSTicketKeys(now: 0)
        let client = try TLSClientContext.of(version)
        let first = try Pair(.of(ticketKeys: keys), client)
        first.run()
        let second = try Pair(context(isRequired: true, keys: keys), client, resuming: first.client.ticket)
        second.run()
        #expect(second.serverOutcome == .failed(.certificateMissing))
    }
}
