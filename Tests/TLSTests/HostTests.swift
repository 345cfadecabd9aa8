import TLS
import Testing

/// Which certificate is shown for which name.
@Suite struct HostTests {
    // ECDSA for localhost, RSA for example.org: the cipher tells which one it was.
    @Test(arguments: [
        ("example.org", true), ("EXAMPLE.org", true), ("a.example.org", true), ("a.b.example.org", false),
        ("badexample.org", false), ("localhost", false), (nil, false), ("org", false),
    ])
    func `a name gets its certificate, and others the one for all`(host: String?, isRSA: Bool) throws {
        let certificates = [
            Certificates.certificate("example", hosts: ["Example.org", "*.example.ORG"]),
            Certificates.certificate("localhost"),
            Certificates.certificate("chain"),
        ]
        let pair = try Pair(.of(certificates), .of(.tls12), host: host)
        pair.run()
        #expect(pair.works)
        #expect(pair.server.cipher?.contains("ECDHE-RSA") == isRSA)
        #expect(pair.server.serverName == host)
    }

    @Test func `where none is for every name, the first one is`() throws {
        let certificates = [
            Certificates.certificate("example", hosts: ["example.org"]),
            Certificates.certificate("localhost", hosts: ["localhost"]),
        ]
        let pair = try Pair(.of(certificates), .of(.tls12), host: "somewhere.else")
        pair.run()
        #expect(pair.server.cipher?.contains("ECDHE-RSA") == true)
    }

    @Test(arguments: [("example.org", true), ("chain.example.org", true), ("other.org", false)])
    func `a client finds that a certificate is, or is not, for the name`(host: String, isRight: Bool) throws {
        let certificates = [
            Certificates.certificate("chain", hosts: ["chain.example.org"]),
            Certificates.certificate("example"),
        ]
        let client = try TLSClientContext(authorities: Certificates.path("authority.pem"))
        let pair = try Pair(.of(certificates), client, host: host)
        pair.run()
        #expect(pair.client.isEstablished == isRight)
        #expect(pair.clientOutcome == (isRight ? .goesOn : .failed(.certificateRefused)))
        #expect(pair.serverOutcome == (isRight ? .goesOn : .failed(.refusedByPeer)))
    }
}
