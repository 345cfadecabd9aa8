import Glibc
import Testing

/// How the server ends, and starts again.
@Suite struct LifeTests {
    @Test func `the addresses stand below each other`() throws {
        let patchbay = try Patchbay(
            """
            state FOLDER/state;
            listen web { address 127.0.0.1:0; }
            service longer { plugin EchoC; websocket web /a; }
            service e { plugin EchoC; websocket web /b; }
            """
        )
        let (program, _) = try patchbay.begin(["run", "-c", patchbay.file])
        #expect(try program.readLine()?.hasPrefix("longer  ws://127.0.0.1:") == true)
        #expect(try program.readLine()?.hasPrefix("e       ws://127.0.0.1:") == true)
        #expect(try program.end(SIGTERM) == 0)
    }

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

    @Test func `a second signal ends a server that a plugin holds up`() throws {
        let plugin = TestPlugin(
            registrations: "host->on_open(host->context, TEXT(\"\"), opened, &service);",
            functions: """
                #include <unistd.h>
                static void opened(void *self, pb_connection who) { (void)self, (void)who; for (;;) pause(); }
                """
        )
        let server = try LiveServer(LifeTests.ownLane) { try plugin.build("plugin.so", in: $0) }
        let client = try WebSocketClient(server.address("/x"))
        kill(server.program.pid, SIGTERM)
        #expect(try client.receive() == .close(1001))
        #expect(try server.program.end(SIGTERM, Deadline(seconds: 10)) == 128 + SIGTERM)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal ends a start that a plugin holds up`(signal: Int32) throws {
        let plugin = TestPlugin(
            registrations: "if (write(1, \"held\\n\", 5) == 5) for (;;) pause();",
            functions: "#include <unistd.h>"
        )
        let patchbay = try Patchbay("state FOLDER/state;\n" + LifeTests.ownLane)
        try plugin.build("plugin.so", in: patchbay.folder)
        let (program, _) = try patchbay.begin(["run", "-c", patchbay.file])
        #expect(try program.readLine() == "held")
        #expect(try program.end(signal, Deadline(seconds: 10)) == 128 + signal)
    }

    @Test func `a plugin hears of everybody who has gone before its end`() throws {
        let plugin = TestPlugin(
            registrations: "host->on_close(host->context, TEXT(\"\"), closed, &service);",
            functions: """
                #include <unistd.h>
                /* Has so much to do that the lane is behind when the last connection has ended. */
                static void closed(void *self, pb_connection who, uint32_t code, pb_bytes reason) {
                    (void)self, (void)who, (void)code, (void)reason;
                    for (volatile int step = 0; step < 10000000; step++) {}
                    (void)!write(2, "gone\\n", 5);
                }
                """
        )
        let server = try LiveServer(LifeTests.ownLane) { try plugin.build("plugin.so", in: $0) }
        var clients = try (0..<40).map { _ in try WebSocketClient(server.address("/x")) }
        kill(server.program.pid, SIGTERM)
        for client in clients {
            #expect(try client.receive() == .close(1001))
        }
        clients = []
        #expect(try server.program.waitForEnd().code == 0)
        #expect(server.errors.split(separator: "\n").count { $0 == "gone" } == 40)
    }

    private static let ownLane = """
        listen web { address 127.0.0.1:0; }
        service test {
            plugin FOLDER/plugin.so;
            lane own;
            websocket web /x;
        }
        """

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

    @Test(arguments: [SIGHUP, SIGPIPE, SIGXFSZ])
    func `a signal that asks for nothing does not end it`(signal: Int32) throws {
        let server = try LiveServer()
        kill(server.program.pid, signal)
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

    @Test func `copies of plugins go with the server`() throws {
        let server = try LiveServer()
        #expect(try server.command("reload", "echo").code == 0)
        #expect(server.patchbay.folder.files(below: "state/plugins").count == 2)
        #expect(try server.end() == 0)
        #expect(server.patchbay.folder.files(below: "state/plugins") == [])
    }

    @Test func `what gg showed before kill -9 is in its history`() throws {
        let server = try LiveServer(GGChannel.configuration)
        let channel = try GGChannel(server, users: 1)
        let client = try channel.join(user: 1)
        for number in 0..<200 { client.send(channel.saying("said-\(number)")) }
        for number in 0..<20 { #expect(try client.expect("message").contains("\"said-\(number)\"")) }
        try server.crash()
        // What was on its way to the client counts as well.
        var shown = 20
        while case .text(let text) = try client.receive() {
            if text.contains("\"said-\(shown)\"") { shown += 1 }
        }
        try server.restart()
        let next = try channel.join(user: 1)
        next.send(channel.saying("and now"))
        let history = try next.expect("message")
        let number = history.firstMatch(of: /"message_id":"(\d+)"/).flatMap { Int($0.1) }
        #expect(try #require(number) > shown)
        next.send(GGChannel.history(from: max(0, shown - 20)))
        let kept = try next.expect("channel_history")
        for number in max(0, shown - 20)..<shown { #expect(kept.contains("\"said-\(number)\"")) }
    }

    @Test func `at the limit of a file's size gg refuses in its own words, and stores again above it`() throws
    {
        let server = try LiveServer("drain 100ms;\n" + GGChannel.configuration)
        let channel = try GGChannel(server, users: 1)
        let client = try channel.join(user: 1)
        client.send(channel.saying("before"))
        try client.expect("message")
        try limitFiles(of: server, to: "4096")
        client.send(channel.saying("no room"))
        #expect(try client.expect("error").contains("\"error_num\":6,"))
        #expect(try server.command("status").code == 0)
        try limitFiles(of: server, to: "unlimited")
        client.send(channel.saying("after"))
        #expect(try client.expect("message").contains("\"message_id\":\"2\""))
        client.send(GGChannel.history)
        #expect(try !client.expect("channel_history").contains("no room"))
        #expect(try server.end() == 0)
    }

    /// The largest file that the server may write, in bytes.
    private func limitFiles(of server: LiveServer, to size: String) throws {
        let words = ["--pid", "\(server.program.pid)", "--fsize=\(size):unlimited"]
        let errors = server.patchbay.folder.file("prlimit-errors")
        guard try Program("prlimit", words, errors: errors).waitForEnd().code == 0 else {
            throw Unexpected("prlimit: \(server.patchbay.folder.text("prlimit-errors"))")
        }
    }
}
