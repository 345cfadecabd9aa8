import Foundation
import Testing

/// Certificates of a running server.
@Suite struct ApplyTests {
    /// A server whose certificate is FOLDER/host.pem, at first the one for localhost.
    private func server(_ tls: String = "") throws -> LiveServer {
        let text = LiveServer.echo.replacing(
            "address 127.0.0.1:0;",
            with: "address 127.0.0.1:0; tls { certificate host.pem; key host.key; \(tls) }"
        )
        return try LiveServer(text) { try put("localhost", into: $0) }
    }

    /// Puts certificates of the tests in the place of those that the server has.
    private func put(_ name: String, key: String? = nil, into folder: TemporaryFolder) throws {
        for (file, source) in [("host.pem", "\(name).pem"), ("host.key", "\(key ?? name).key")] {
            let bytes = try Data(contentsOf: URL(filePath: Certificates.path(source)))
            try bytes.write(to: URL(filePath: folder.file(file)))
        }
    }

    @Test func `a certificate is replaced while connections stay and sessions go on`() throws {
        let server = try server()
        let address = try server.address("/echo")
        let clients = try (0..<100).map { _ in try SecureClient(address, host: "localhost") }
        for (number, client) in clients.enumerated() {
            #expect(try client.ask("before \(number)") == "before \(number)")
        }
        try put("example", into: server.patchbay.folder)
        let outcome = try server.command("apply")
        #expect(outcome.errors == "")
        #expect(
            outcome.output
                == "listener web: certificate for example.org, *.example.org, good until 2075-01-01\n"
        )
        #expect(outcome.code == 0)
        for (number, client) in clients.enumerated() {
            #expect(try client.ask("after \(number)") == "after \(number)")
        }
        #expect(try server.status()["connections"] as? Int == 100)
        #expect(try !SecureClient(address, host: "www.example.org").isResumed)
        #expect(throws: Unexpected.self) { try SecureClient(address, host: "localhost") }
        let back = try SecureClient(address, host: "localhost", resuming: clients[7].ticket)
        #expect(back.isResumed)
        #expect(try back.ask("again") == "again")
    }

    @Test(arguments: [
        ("example", "localhost", "host.key: the key does not belong to the certificate in "),
        ("expired", "expired", "host.pem: the certificate was valid until 2020-02-01; renew it"),
        ("future", "future", "host.pem: the certificate is valid from 2070-01-01 only; "),
        ("example", "encrypted", "host.key: the key wants a passphrase; "),
        ("weak", "weak", "host.pem: the certificate is too weak for OpenSSL "),
    ])
    func `a certificate that cannot serve is refused by its name, and the old one stays`(
        certificate: String,
        key: String,
        sentence: String
    ) throws {
        let server = try server()
        let client = try SecureClient(server.address("/echo"), host: "localhost")
        try put(certificate, key: key, into: server.patchbay.folder)
        for command in ["apply", "check"] {
            let outcome = try server.command(command)
            #expect(outcome.code == 1)
            #expect(outcome.output == "")
            #expect(outcome.errors.hasPrefix("\(server.patchbay.file):2:"), "\(outcome.errors)")
            #expect(outcome.errors.contains("\(server.patchbay.folder.path)/\(sentence)"))
            #expect(outcome.errors.split(separator: "\n").count == 1)
        }
        #expect(try client.ask("still") == "still")
        #expect(try SecureClient(server.address("/echo"), host: "localhost").ask("new") == "new")
    }

    @Test(arguments: [
        (nil, "cannot be read: No such file or directory; correct the path, or put the file there"),
        ("no certificate", "no certificate in PEM; it begins with the line -----BEGIN CERTIFICATE-----"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "a certificate in PEM that is damaged; it begins with the line -----BEGIN CERTIFICATE-----"
        ),
    ])
    func `a file that is missing or garbage is refused at check, apply and start`(
        content: String?,
        sentence: String
    ) throws {
        let server = try server()
        let patchbay = server.patchbay
        try FileManager.default.removeItem(atPath: patchbay.folder.file("host.pem"))
        if let content { try patchbay.folder.write(content, to: "host.pem") }
        let expected = "\(patchbay.folder.path)/host.pem: \(sentence)\n"
        for command in ["apply", "check"] {
            let outcome = try server.command(command)
            #expect(outcome.code == 1)
            #expect(outcome.errors.hasSuffix(expected), "\(outcome.errors)")
        }
        #expect(try SecureClient(server.address("/echo"), host: "localhost").ask("new") == "new")
        #expect(try server.end() == 0)
        let start = try patchbay.command("run")
        #expect(start.code == 1)
        #expect(start.errors.hasSuffix(expected), "\(start.errors)")
    }

    @Test func `the start says all that is wrong with all certificates and plugins at once`() throws {
        let patchbay = try Patchbay(
            """
            state FOLDER/state;
            listen one { address 127.0.0.1:0; tls { certificate one.pem; key one.key; } }
            listen two { address 127.0.0.1:0; tls { certificate two.pem; key two.key; clients ca.pem; } }
            service echo { plugin Ecko; websocket one /echo; websocket two /echo; }
            """
        )
        let outcomes = try [patchbay.command("run"), patchbay.command("check")]
        for outcome in outcomes {
            #expect(outcome.code == 1)
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines.count == 6, "\(outcome.errors)")
            for (line, part) in zip(lines, ["one.pem", "one.key", "two.pem", "two.key", "ca.pem", "Ecko"]) {
                #expect(line.contains(part))
            }
        }
    }

    @Test func `what needs a restart is said, with what is wrong besides, and nothing is applied`() throws {
        let server = try server()
        let text = server.patchbay.folder.text("plugins.conf")
        try server.patchbay.write(
            text.replacing("plugin EchoC;", with: "plugin EchoC; limit message 1k; http web /web;")
        )
        try put("example", into: server.patchbay.folder)
        let outcome = try server.command("apply")
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(
            outcome.errors == """
                service echo: http web /web is new; that needs a restart in this version
                service echo: limit message has changed; that needs a restart in this version

                """
        )
        #expect(try SecureClient(server.address("/echo"), host: "localhost").ask("new") == "new")
        try put("expired", into: server.patchbay.folder)
        #expect(try server.command("apply").errors.split(separator: "\n").count == 3)
    }

    @Test func `a file with errors changes nothing`() throws {
        let server = try server()
        try put("example", into: server.patchbay.folder)
        let text = server.patchbay.folder.text("plugins.conf")
        try server.patchbay.write(text.replacing("plugin EchoC;", with: "plugn EchoC; limt rate;"))
        let outcome = try server.command("apply")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("plugn") && outcome.errors.contains("limt"))
        #expect(try SecureClient(server.address("/echo"), host: "localhost").ask("new") == "new")
    }

    @Test func `another file is applied as it is named`() throws {
        let server = try server()
        let folder = server.patchbay.folder
        let text = folder.text("plugins.conf")
        try folder.write(
            text.replacing(
                "host.pem; key host.key",
                with: "\(Certificates.path("chain.pem")); key \(Certificates.path("chain.key"))"
            ),
            to: "next.conf"
        )
        let (program, errors) = try server.patchbay.begin(["apply", "-c", folder.file("next.conf")])
        let outcome = try server.patchbay.finish(program, errors)
        #expect(outcome.errors == "")
        #expect(outcome.output == "listener web: certificate for chain.example.org, good until 2075-01-01\n")
        _ = try SecureClient(server.address("/echo"), host: "chain.example.org")
        // Without a file it is the one that the server was started with.
        #expect(try server.command("apply").output.contains("certificate for localhost, 127.0.0.1, good"))
    }

    @Test func `without certificates there is nothing to apply`() throws {
        let outcome = try LiveServer().command("apply")
        #expect(outcome.code == 0)
        #expect(outcome.output == "no listener has certificates: there was nothing to apply\n")
    }
}
