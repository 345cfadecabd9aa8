import Foundation
import TLS
import Testing

@testable import Core

/// New certificates, and what sessions are resumed by, in a server on the engine in memory.
@Suite struct ApplyTests {
    private static func tls(_ name: String, key: String? = nil, _ more: String = "") -> String {
        "tls { certificate \(Certificates.path("\(name).pem")); key \(Certificates.path("\(key ?? name).key")); \(more) }"
    }

    private func server(_ certificate: String = tls("localhost")) throws -> TestServer {
        try TestServer(listen: certificate)
    }

    /// Writes other certificates into the server's own file.
    private func write(_ new: String, over old: String = tls("localhost"), _ test: TestServer) throws {
        let file = test.folder.file("plugins.conf")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try test.folder.write(text.replacing(old, with: new), to: "plugins.conf")
    }

    /// Whether a handshake for the host succeeds, and what it leaves.
    private func shake(_ test: TestServer, host: String = "localhost", ticket: TLSClientTicket? = nil) throws
        -> (works: Bool, isResumed: Bool, ticket: TLSClientTicket?)
    {
        let context = try TLSClientContext(authorities: Certificates.path("authority.pem"))
        let session = TLSClientSession(context, host: host, resuming: ticket)
        let peer = test.connect()
        var sealed: [UInt8] = [], plain: [UInt8] = []
        _ = session.start(sealed: &sealed)
        while !sealed.isEmpty {
            peer.send(bytes: sealed)
            sealed = []
            test.settle()
            _ = session.receive(peer.take(.max).span, plain: &plain, sealed: &sealed)
        }
        test.settle()
        _ = session.receive(peer.take(.max).span, plain: &plain, sealed: &sealed)
        peer.leave()
        return (session.isEstablished, session.isResumed, session.ticket)
    }

    @Test func `new certificates are for those who come`() throws {
        let test = try server()
        #expect(try shake(test).works)
        #expect(try !shake(test, host: "example.org").works)
        try write(Self.tls("example") + Self.tls("chain", "host chain.example.org;"), test)
        #expect(
            try test.server.apply() == [
                "listener web: certificate for example.org, *.example.org, good until 2075-01-01; "
                    + "certificate for chain.example.org, good until 2075-01-01"
            ]
        )
        #expect(try shake(test, host: "example.org").works)
        #expect(try shake(test, host: "chain.example.org").works)
        #expect(try !shake(test).works)
    }

    @Test func `a session is resumed under the next certificate, but not under other authorities`() throws {
        let test = try server()
        let ticket = try #require(try shake(test).ticket)
        try write(Self.tls("example"), test)
        _ = try test.server.apply()
        #expect(try shake(test, ticket: ticket).isResumed)
        try write(
            Self.tls("example", "clients \(Certificates.path("authority.pem"));"),
            over: Self.tls("example"),
            test
        )
        _ = try test.server.apply()
        #expect(try !shake(test, ticket: ticket).isResumed)
    }

    @Test func `one listener's bad certificate keeps back the other's good one`() throws {
        let other = "listen other { address 127.0.0.1:0; \(Self.tls("boris")) }\n"
        let test = try TestServer(other + TestServer.puppet, listen: Self.tls("localhost"))
        try write(Self.tls("example"), test)
        try write(Self.tls("expired"), over: Self.tls("boris"), test)
        let error = try #require(throws: StartError.self) { try test.server.apply() }
        #expect(error.sentences.count == 1)
        #expect(error.description.contains("plugins.conf:3:"))
        #expect(error.description.contains("/expired.pem: the certificate was valid until 2020-02-01"))
        #expect(try shake(test).works)
        try write(Self.tls("chain"), over: Self.tls("expired"), test)
        #expect(try test.server.apply().count == 2)
        #expect(try shake(test, host: "example.org").works)
    }

    @Test func `keys of tickets change by the hour, and nobody waits for that`() throws {
        let test = try server()
        #expect(test.loop.nextDeadline == nil)
        // Each is good for one use: OpenSSL's client wants it so.
        let first = try (0..<2).map { _ in try #require(try shake(test).ticket) }
        test.pass(milliseconds: 3_601_000)
        #expect(test.loop.nextDeadline == nil)
        let second = try (0..<2).map { _ in try #require(try shake(test).ticket) }
        test.pass(milliseconds: 7_200_000)
        #expect(try shake(test, ticket: second[0]).isResumed)
        // What the first key sealed is out of date two hours after the second one was made.
        #expect(try shake(test, ticket: first[0]).isResumed)
        test.pass(milliseconds: 2_000)
        #expect(try !shake(test, ticket: first[1]).isResumed)
        #expect(try shake(test, ticket: second[1]).isResumed)
    }
}
