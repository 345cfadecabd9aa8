import Testing

/// The control socket, used by what is no `patchbay` command.
@Suite struct ControlSocketTests {
    private func connect(_ server: LiveServer) throws -> PeerSocket {
        try PeerSocket(path: server.patchbay.folder.file("state/control.sock"))
    }

    @Test func `it is its owner's alone, and goes with the server`() throws {
        let server = try LiveServer()
        #expect(server.patchbay.folder.mode("state/control.sock") == 0o600)
        #expect(server.patchbay.folder.mode("state") == 0o700)
        #expect(try server.end() == 0)
        #expect(server.patchbay.folder.mode("state/control.sock") == nil)
    }

    @Test(arguments: ["\n", "{}\n", "status\n", "[1]\n", "\u{1}\u{2}\n", "{\"command\":7}\n"])
    func `what is no request is answered so`(line: String) throws {
        let server = try LiveServer()
        let peer = try connect(server)
        peer.write(Array(line.utf8))
        let answer = String(decoding: try peer.readToEnd(), as: UTF8.self)
        #expect(answer == "{\"ok\":false,\"text\":\"this is no request; use the patchbay command\"}\n")
    }

    @Test func `who sends nothing, or half a line, holds nobody up`() throws {
        let server = try LiveServer()
        let idle = try (0..<20).map { _ in try connect(server) }
        let half = try connect(server)
        half.write(Array("{\"command\":".utf8))
        let deadline = Deadline(seconds: 5)
        #expect(try server.command("status").code == 0)
        #expect(!deadline.hasPassed)
        withExtendedLifetime(idle) {}
    }

    @Test func `more than a line may hold ends the connection, and only that`() throws {
        let server = try LiveServer()
        let peer = try connect(server)
        peer.write([UInt8](repeating: 0x20, count: 3 << 20), Deadline(seconds: 10))
        #expect(try peer.readToEnd() == [])
        #expect(try server.command("status").code == 0)
    }

    @Test func `a command for which there is no place is told so`() throws {
        let server = try LiveServer()
        var idle = try (0..<64).map { _ in try connect(server) }
        let outcome = try server.command("status")
        #expect(outcome.code == 1)
        #expect(
            outcome.errors.hasPrefix("the server is busy with 64 commands or going down; try again later")
        )
        idle.removeAll()
        let deadline = Deadline()
        while try server.command("status").code != 0 { #expect(!deadline.hasPassed) }
    }
}
