import Foundation
import Testing
import Wire

/// Listeners of each kind, with clients of other make.
@Suite struct ListenerTests {
    /// An echo, and a stream of lines, on a listener with such a block.
    private static func configuration(_ block: String, _ stream: String = "127.0.0.1:0") -> String {
        """
        listen web { \(block) }
        listen lines { address \(stream); }
        service echo {
            plugin EchoC;
            limit connections_per_address none;
            websocket web /echo;
            stream lines lines;
        }
        """
    }

    private static func secure(_ more: String = "") throws -> LiveServer {
        let patchbay = try TemporaryFolder()
        let make = try Program("\(Products.root)/Tests/certificates", errors: patchbay.file("certificates"))
        guard try make.waitForEnd().code == 0 else { throw Unexpected(patchbay.text("certificates")) }
        let certificate = Products.certificate("localhost.pem"), key = Products.certificate("localhost.key")
        let block = "address 127.0.0.1:0; tls { certificate \(certificate); key \(key); \(more) }"
        return try LiveServer(configuration(block))
    }

    private static func echo(
        _ library: String,
        _ address: LiveAddress,
        _ server: LiveServer,
        version: String = "1.3"
    )
        throws
    {
        let folder = server.patchbay.folder
        let client = try LibraryTests.Client(library, address, in: folder, version: version)
        for text in LibraryTests.texts + [String(repeating: "0123456789", count: 6_000)] {
            try client.send(text)
            #expect(try client.receive() == text)
        }
        #expect(try client.close() == "closed 1000\n")
    }

    // MARK: TLS

    @Test(arguments: ["websockets", "ws"], ["1.2", "1.3"])
    func `libraries of other make speak to it over TLS`(library: String, version: String) throws {
        let server = try ListenerTests.secure()
        let address = try server.address("/echo")
        #expect(address.description.hasPrefix("wss://127.0.0.1:"))
        try ListenerTests.echo(library, address, server, version: version)
        try server.waitForConnections(0)
    }

    @Test(arguments: ["1.2", "1.3"])
    func `requests over TLS stay on their connection, and a session is resumed`(version: String) throws {
        let server = try ListenerTests.secure()
        let words = [
            Products.client("secure.py"), "\(try server.address("/echo").port)",
            Products.certificate("authority.pem"), version,
        ]
        let errors = server.patchbay.folder.file("secure.log")
        let program = try Program(Products.python, words, errors: errors)
        let output = try program.waitForEnd().output
        #expect(
            output == """
                404 404 404 TLSv\(version) http/1.1 full
                404 404 404 TLSv\(version) http/1.1 resumed

                """,
            "\(server.patchbay.folder.text("secure.log"))"
        )
    }

    @Test func `a client that asks for renegotiation is refused, and others are served`() throws {
        let server = try ListenerTests.secure()
        let address = try server.address("/echo")
        let words = ["s_client", "-connect", "127.0.0.1:\(address.port)", "-tls1_2"]
        let program = try Program("openssl", words, errors: server.patchbay.folder.file("s_client"))
        while let line = try program.readLine(), !line.hasPrefix("---") {}
        try program.write("R")
        #expect(try program.waitForEnd().code == 1)
        let refusals = try server.status()["refusals"] as? [String: Int]
        #expect(refusals == ["tls_renegotiation": 1])
        try ListenerTests.echo("websockets", address, server)
    }

    @Test func `plain HTTP on a port of TLS is told so`() throws {
        let server = try ListenerTests.secure()
        let peer = try PeerSocket(port: server.address("/echo").port)
        peer.write(Array("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        let answer = String(decoding: try peer.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("this port speaks TLS"))
    }

    // MARK: Streams

    @Test func `a stream that is closed on one side is answered to its last line`() throws {
        let server = try LiveServer(ListenerTests.configuration("address 127.0.0.1:0;"))
        let address = try server.address("")
        #expect(address.description.hasPrefix("tcp://127.0.0.1:"))
        let peer = try PeerSocket(port: address.port)
        let lines = (0..<5_000).map { "\($0)\n" }.joined()
        peer.write(Array((lines + "not a whole line").utf8))
        peer.finish()
        #expect(String(decoding: try peer.readToEnd(), as: UTF8.self) == lines)
        try server.waitForConnections(0)
    }

    // MARK: IPv6

    @Test(arguments: ["websockets", "ws"])
    func `an IPv6 address is listened at`(library: String) throws {
        let server = try LiveServer(ListenerTests.configuration("address [::1]:0;", "[::1]:0"))
        let address = try server.address("/echo")
        #expect(address.description.hasPrefix("ws://[::1]:"))
        try ListenerTests.echo(library, address, server)
        #expect(throws: (any Error).self) { try PeerSocket(port: address.port) }
    }

    // MARK: Unix sockets

    private static let unix = configuration("unix FOLDER/echo.sock mode 0666;")

    @Test(arguments: ["websockets", "ws"])
    func `a Unix socket is listened at, with its permissions`(library: String) throws {
        let server = try LiveServer(ListenerTests.unix)
        let folder = server.patchbay.folder
        let address = try server.address("/echo")
        #expect(address.description == "ws+unix:\(folder.file("echo.sock")):/echo")
        #expect(folder.mode("echo.sock") == 0o666)
        try ListenerTests.echo(library, address, server)
        #expect(try server.end() == 0 && folder.mode("echo.sock") == nil)
    }

    @Test func `the socket that kill -9 left is replaced, with permissions of its own`() throws {
        let server = try LiveServer(ListenerTests.configuration("unix FOLDER/echo.sock;"))
        try server.crash()
        #expect(server.patchbay.folder.mode("echo.sock") == 0o660)
        try server.restart()
        try ListenerTests.echo("websockets", try server.address("/echo"), server)
    }

    @Test func `the socket of a server that lives is left to it`() throws {
        let server = try LiveServer(ListenerTests.unix)
        let path = server.patchbay.folder.file("echo.sock")
        let other = try Patchbay("state FOLDER/state;\n" + ListenerTests.configuration("unix \(path);"))
        let outcome = try other.command("run")
        let sentence =
            "\(other.file):2:19: \(path) is in use by another process; end that one (ss -lxp shows it) or give "
            + "another path\n"
        #expect(outcome.code == 1 && outcome.errors == sentence)
        try ListenerTests.echo("websockets", try server.address("/echo"), server)
    }

    @Test(arguments: [
        ("FOLDER/none/echo.sock", "the folder of PATH is not there; make it or give another path"),
        ("FOLDER/plugins.conf/echo.sock", "the folder of PATH is not there; make it or give another path"),
        ("FOLDER/plugins.conf", "PATH is there already and is no socket; remove it or give another path"),
    ])
    func `a path that cannot be listened at is named`(path: String, sentence: String) throws {
        let patchbay = try Patchbay("state FOLDER/state;\n" + ListenerTests.configuration("unix \(path);"))
        let outcome = try patchbay.command("run")
        let whole = path.replacing("FOLDER", with: patchbay.folder.path)
        #expect(outcome.code == 1 && outcome.output == "")
        #expect(outcome.errors == "\(patchbay.file):2:19: \(sentence.replacing("PATH", with: whole))\n")
        #expect(patchbay.folder.text("plugins.conf").hasPrefix("state "))
    }
}
