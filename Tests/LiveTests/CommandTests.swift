import Foundation
import Testing

/// Commands that ask a running server.
@Suite struct CommandTests {
    @Test func `status shows services to people and to programs`() throws {
        let server = try LiveServer()
        let client = try WebSocketClient(server.address("/echo"))
        #expect(try client.ask("one") == .text("one"))
        let lines = try server.command("status").output.split(separator: "\n")
        #expect(lines.first?.hasSuffix("connections 1") == true)
        #expect(lines.dropFirst().first?.hasPrefix("service  plugin") == true)
        #expect(
            lines.last?.split(separator: " ").map(String.init) == [
                "echo", "EchoC", "1.0", "1", "1", "1", "1", "0",
            ]
        )
        let status = try server.status()
        let service = try #require((status["services"] as? [[String: Any]])?.first)
        #expect(service["name"] as? String == "echo")
        #expect(service["connections"] as? Int == 1)
        #expect(service["generation"] as? Int == 1)
    }

    @Test func `call lists a service's commands and runs them`() throws {
        let server = try LiveServer()
        let list = try server.command("call", "echo")
        #expect(list.code == 0)
        #expect(list.output == "online  How many connections there are\n")
        let client = try WebSocketClient(server.address("/echo"))
        #expect(try client.ask("one") == .text("one"))
        #expect(try server.command("call", "echo", "online").output == "{\"connections\":1}\n")
    }

    @Test(arguments: [
        (["call", "echo", "onlin"], "service echo has no command \"onlin\"; did you mean \"online\"?"),
        (["call", "ecko"], "there is no service \"ecko\"; did you mean \"echo\"?"),
        (["call", "echo", "online", "loud=yes"], "online takes no \"loud\"; usage: online"),
        (["reload", "zzzzzz"], "there is no service \"zzzzzz\"; there are echo"),
    ])
    func `what the server does not have is refused, with what it has`(words: [String], sentence: String)
        throws
    {
        let server = try LiveServer()
        let (program, errors) = try server.patchbay.begin(words + ["-c", server.patchbay.file])
        let outcome = try server.patchbay.finish(program, errors)
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors == sentence + "\n")
    }

    /// A plugin whose command says its argument.
    static let repeating = TestPlugin(
        registrations: """
            static const pb_parameter token = {
                .name = { (const uint8_t *)"token", 5 }, .flags = PB_REQUIRED | PB_SECRET
            };
            const pb_command say = {
                .size = sizeof say, .name = TEXT("say"), .parameters = &token, .parameter_count = 1
            };
            host->on_command(host->context, &say, said, &service);
            """,
        functions: """
            static void said(void *self, const pb_call *call) {
                (void)self;
                host->answer(host->context, call->ticket, PB_OK, call->arguments[0].value.bytes);
            }
            """
    )

    /// A plugin whose command is never answered.
    static let silent = TestPlugin(
        registrations: """
            const pb_command wait = { .size = sizeof wait, .name = TEXT("wait") };
            host->on_command(host->context, &wait, waited, &service);
            host->on_open(host->context, TEXT(""), entered, &service);
            """,
        functions: """
            static int is_waiting;
            static void tell(void *user, pb_connection who) {
                (void)user;
                host->send(host->context, who, PB_TEXT, TEXT("waiting"));
            }
            static void waited(void *self, const pb_call *call) {
                (void)call;
                is_waiting = 1;
                host->connections(host->context, tell, self);
            }
            static void entered(void *self, pb_connection who) { if (is_waiting) tell(self, who); }
            """
    )

    static let test =
        "listen web { address 127.0.0.1:0; }\nservice test { plugin FOLDER/test.so; websocket web /test; }"

    @Test func `a secret comes from standard input`() throws {
        let server = try LiveServer(CommandTests.test) { try CommandTests.repeating.build("test.so", in: $0) }
        #expect(
            try server.command("call", "test", "say", "token=@-", input: "geheim 🎉").output == "geheim 🎉\n"
        )
        #expect(try server.command("call", "test", "say", "token=plain").output == "plain\n")
        let missing = try server.command("call", "test", "say")
        #expect(missing.code == 1)
        #expect(missing.errors == "\"token\" is missing; usage: say token=\n")
    }

    @Test func `a command that is not answered holds up neither the next one nor the end`() throws {
        let server = try LiveServer(CommandTests.test) { try CommandTests.silent.build("test.so", in: $0) }
        let (waiting, errors) = try server.patchbay.begin([
            "call", "test", "wait", "-c", server.patchbay.file,
        ])
        let client = try WebSocketClient(server.address("/test"))
        #expect(try client.receive() == .text("waiting"))
        #expect(try server.command("status").code == 0)
        #expect(try server.program.end(SIGTERM, Deadline(seconds: 20)) == 0)
        let outcome = try server.patchbay.finish(waiting, errors)
        #expect(outcome.code == 1)
        #expect(outcome.errors == "the server is going down\n")
    }

    @Test func `reload puts the next generation in force while connections stay`() throws {
        let server = try LiveServer(CommandTests.test) {
            try TestPlugin(version: "1").build("test.so", in: $0)
        }
        let client = try WebSocketClient(server.address("/test"))
        #expect(try client.ask("which?") == .text("1"))
        // Never over the running file: a build replaces it.
        try TestPlugin(version: "2").build("next.so", in: server.patchbay.folder)
        let outcome = try server.command("reload", "test", server.patchbay.folder.file("next.so"))
        #expect(outcome.code == 0)
        #expect(outcome.output.hasPrefix("service test: generation 2, Test 2 ("))
        #expect(try client.ask("which?") == .text("2"))
    }

    @Test func `reload of an unchanged file is a whole transaction`() throws {
        let server = try LiveServer()
        let outcome = try server.command("reload", "echo")
        #expect(outcome.code == 0)
        #expect(outcome.output.hasPrefix("service echo: generation 2, EchoC 1.0 ("))
    }

    @Test(
        arguments: [
            (nil, "the file cannot be read: No such file or directory"),
            (TestPlugin(note: ""), "there is no patchbay note in it"),
            (
                TestPlugin(
                    registrations: "host->refuse(host->context, TEXT(\"not today\"));",
                    answer: "NULL"
                ),
                "the plugin refused: not today; the old generation goes on"
            ),
        ] as [(TestPlugin?, String)]
    )
    func `a bad file changes nothing`(plugin: TestPlugin?, sentence: String) throws {
        let server = try LiveServer(CommandTests.test) {
            try TestPlugin(version: "1").build("test.so", in: $0)
        }
        let client = try WebSocketClient(server.address("/test"))
        try plugin?.build("next.so", in: server.patchbay.folder)
        let outcome = try server.command("reload", "test", server.patchbay.folder.file("next.so"))
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(sentence))
        #expect(try client.ask("which?") == .text("1"))
        #expect(try server.command("status").output.contains("Test 1"))
    }

    @Test func `reloads at the same time happen one after the other`() throws {
        let server = try LiveServer()
        let commands = try (0..<5).map { _ in
            try server.patchbay.begin(["reload", "echo", "-c", server.patchbay.file])
        }
        let outcomes = try commands.map { try server.patchbay.finish($0.0, $0.errors) }
        #expect(outcomes.map(\.code) == [0, 0, 0, 0, 0])
        let generations = outcomes.compactMap { $0.output.firstMatch(of: /generation (\d+)/)?.1 }
        #expect(generations.sorted() == ["2", "3", "4", "5", "6"])
    }
}
