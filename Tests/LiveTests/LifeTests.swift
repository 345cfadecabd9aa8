import Glibc
import Testing

/// How the server ends, and starts again.
@Suite struct LifeTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal sends everybody away with 1001, and the exit is clean`(signal: Int32) throws {
        let server = try LiveServer()
        let clients = try (0..<20).map { try WebSocketClient(server.address($0 < 10 ? "/echo" : "/room")) }
        let half = try PeerSocket(port: server.address("/echo").port)
        half.write(Array("GET /echo HTTP/1.1\r\n".utf8))
        kill(server.program.pid, signal)
        for client in clients {
            #expect(try client.receive() == .close(1001))
            client.close(1001)
            #expect(try client.receive() == .ended)
        }
        #expect(try half.readToEnd() == [])
        #expect(try server.program.waitForEnd(Deadline(seconds: 10)).code == 0)
        #expect(server.patchbay.folder.mode("state/control.sock") == nil)
    }

    @Test func `clients who never answer the close frame do not keep the server`() throws {
        let server = try LiveServer("drain 200ms;\n" + LiveServer.echo)
        let client = try WebSocketClient(server.address("/echo"))
        #expect(try server.program.end(SIGTERM, Deadline(seconds: 5)) == 0)
        #expect(try client.receive() == .close(1001))
    }

    @Test func `what was sent before the end still arrives`() throws {
        let server = try LiveServer()
        let client = try WebSocketClient(server.address("/echo"))
        for number in 0..<50 { client.send("\(number)") }
        #expect(try client.receive() == .text("0"))
        kill(server.program.pid, SIGTERM)
        var seen = 1
        while case .text(let text) = try client.receive() {
            #expect(text == "\(seen)")
            seen += 1
        }
        client.close(1001)
        #expect(try server.program.waitForEnd().code == 0)
    }

    @Test func `SIGHUP does not end it`() throws {
        let server = try LiveServer()
        kill(server.program.pid, SIGHUP)
        #expect(try server.command("status").code == 0)
        #expect(try server.end() == 0)
    }

    @Test func `after kill -9 it starts again on the same state and the same port`() throws {
        let server = try LiveServer()
        let client = try WebSocketClient(server.address("/echo"))
        #expect(try client.ask("before") == .text("before"))
        let before = server.addresses
        try server.crash()
        #expect(try client.receive() == .ended)
        #expect(server.patchbay.folder.mode("state/control.sock") != nil)
        try server.restart()
        #expect(server.addresses == before)
        #expect(try WebSocketClient(server.address("/echo")).ask("after") == .text("after"))
        #expect(try server.command("status").code == 0)
    }
}
