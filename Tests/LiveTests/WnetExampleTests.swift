import Foundation
import Testing

/// wnet's examples in Python: a bot and a client, each a process of its own.
@Suite struct WnetExampleTests {
    /// wnet with an account, and the programs that come to it.
    private struct Site {
        static let example = "\(Products.root)/Docs/examples/wnet"
        static let password = "a \"b\"; c@d %41+é\\"
        static let configuration = """
            listen web { address 127.0.0.1:0; }
            service wnet { plugin Wnet; websocket web /wnet/ws; option alive_timeout 300ms; }
            """

        /// Its login as it may stand in a cookie.
        static var login: String {
            "anna:\(password)".addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }

        let server: LiveServer

        init() throws {
            server = try LiveServer(Site.configuration)
            let words = ["call", "wnet", "account.add", "username=anna", "password=@-"]
            let (program, errors) = try server.patchbay.begin(words + ["-c", server.patchbay.file])
            try program.write(Site.password)
            let outcome = try server.patchbay.finish(program, errors)
            guard outcome.code == 0 else { throw Unexpected(outcome.errors) }
        }

        func start(_ script: String, _ words: [String], user: String?, password: String = password) throws
            -> Program
        {
            let account = user.map { ["WNET_USER=\($0)", "WNET_PASSWORD=\(password)"] } ?? []
            return try Program(
                Products.python,
                ["\(Site.example)/\(script)"] + words,
                errors: server.patchbay.folder.file("\(script).log"),
                environment: ["WNET_ADDRESS=\(try server.address("/wnet/ws"))"] + account
            )
        }

        /// A bot that is there.
        func bot(_ name: String) throws -> Program {
            let bot = try start("bot.py", [name], user: "anna")
            try expect("\(name) is there", bot)
            return bot
        }

        func client(_ words: String..., user: String? = nil) throws -> Program {
            try start("client.py", words, user: user)
        }

        func expect(_ line: String?, _ program: Program, _ location: SourceLocation = #_sourceLocation) throws
        {
            let said = try program.readLine()
            #expect(said == line, "\(errors("bot.py")) \(errors("client.py"))", sourceLocation: location)
        }

        func errors(_ script: String) -> String { server.patchbay.folder.text("\(script).log") }
    }

    @Test(arguments: ["bot.py", "client.py"]) func `an example has at most 60 lines`(script: String) throws {
        let text = try String(contentsOfFile: "\(Site.example)/\(script)", encoding: .utf8)
        #expect(text.count { $0 == "\n" } <= 60 && text.hasSuffix("\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
        #expect(text.hasPrefix("#!/usr/bin/env python3\n"))
        #expect(FileManager.default.isExecutableFile(atPath: "\(Site.example)/\(script)"))
    }

    // MARK: Talking

    @Test func `a bot answers guests and accounts, each by their own count`() throws {
        let site = try Site(), bot = try site.bot("Shout")
        let guest = try site.client("Shout"), anna = try site.client("Sh", user: "anna")
        for (number, text) in ["hello", "a@b@@", "Привет 👋", ""].enumerated() {
            for (client, name) in [(guest, "guest"), (anna, "anna")] {
                try client.write(text)
                try site.expect("\(name), message \(number + 1): \(text.uppercased())", client)
            }
        }
        for client in [guest, anna] {
            client.endInput()
            #expect(try client.waitForEnd().code == 0)
        }
        try site.server.waitForConnections(1)
        #expect(site.errors("client.py") == "" && site.errors("bot.py") == "")
        #expect(try bot.end(SIGINT) == 0)
        #expect(site.errors("bot.py") == "")
        try site.server.waitForConnections(0)
    }

    @Test func `lines that all stand there already are all answered before the client ends`() throws {
        let site = try Site(), bot = try site.bot("Shout")
        let client = try site.client("Shout")
        for number in 1...50 { try client.write("line \(number)") }
        client.endInput()
        let (code, output) = try client.waitForEnd()
        #expect(code == 0)
        #expect(output == (1...50).map { "guest, message \($0): LINE \($0)\n" }.joined())
        withExtendedLifetime(bot) {}
    }

    @Test func `bots are listed, and found by a beginning that no other has`() throws {
        let site = try Site(), bots = [try site.bot("Shout"), try site.bot("Shy")]
        let outcomes: [([String], Int32, String, String)] = [
            ([], 0, "Shout\nShy\n", ""), (["Sh"], 0, "Shout\nShy\n", ""),
            (["shy"], 1, "", "client.py: there is no such bot\n"),
            (["a@b"], 1, "", "client.py: there is no such bot\n"), (["Sho"], 0, "", ""),
        ]
        var errors = ""
        for (words, code, output, said) in outcomes {
            let client = try site.start("client.py", words, user: nil)
            client.endInput()
            let outcome = try client.waitForEnd()
            errors += said
            #expect(outcome.code == code && outcome.output == output, "\(words): \(outcome)")
        }
        #expect(site.errors("client.py") == errors)
        withExtendedLifetime(bots) {}
    }

    @Test func `what a bot writes does not steer the terminal`() throws {
        let site = try Site()
        let bot = try WebSocketClient(
            site.server.address("/wnet/ws"),
            cookie: "auth=type=password&auth=\(Site.login)"
        )
        #expect(try bot.ask("add@Rude") == .text("info@You added as bot"))
        let client = try site.client("Rude")
        guard case .text(let connection) = try bot.receive() else { throw Unexpected("no connection") }
        let sid = try #require(connection.split(separator: "@").dropFirst().first)
        bot.send("scsend@\(sid)@\u{1b}[31mred\u{7}\u{9b}31m@tab\t\nnext\r")
        try site.expect("\u{fffd}[31mred\u{fffd}\u{fffd}31m@tab\t", client)
        try site.expect("next\u{fffd}", client)
        // A bot that answers nothing is not waited for for long.
        try client.write("hello")
        #expect(try bot.receive() == .text("mess@\(sid)@hello"))
        client.endInput()
        #expect(try bot.receive() == .text("disconnected@\(sid)"))
        #expect(try client.waitForEnd().code == 0)
    }

    // MARK: Endings

    @Test func `Ctrl-C ends a client in good order, and the bot's and the server's end are said`() throws {
        let site = try Site(), bot = try site.bot("Shout")
        let clients = [try site.client("Shout"), try site.client("Shout")]
        for client in clients {
            try client.write("hello")
            try site.expect("guest, message 1: HELLO", client)
        }
        #expect(try clients[0].end(SIGINT) == 0)
        #expect(site.errors("client.py") == "")
        #expect(try bot.end(SIGINT) == 0)
        #expect(try clients[1].waitForEnd().code == 1)
        #expect(site.errors("client.py") == "client.py: Shout has gone\n")
        let next = try site.bot("Shout"), last = try site.client("Shout")
        try last.write("hello")
        try site.expect("guest, message 1: HELLO", last)
        #expect(try site.server.end() == 0)
        #expect(try last.waitForEnd().code == 1)
        #expect(site.errors("client.py").contains("client.py: Shout has gone\nclient.py: "))
        withExtendedLifetime(next) {}
    }

    @Test(arguments: [
        (["Shout"], "wrong", "bot.py: Authorization required\n"),
        (["Shout2"], Site.password, "bot.py: Bad name: letters a-z A-Z only, at most 18\n"),
        ([], Site.password, "usage: WNET_USER=… WNET_PASSWORD=… bot.py NAME\n"),
    ])
    func `a bot that can never come in says so and ends`(words: [String], password: String, said: String)
        throws
    {
        let site = try Site()
        let bot = try site.start("bot.py", words, user: "anna", password: password)
        #expect(try bot.waitForEnd().code == 1)
        #expect(site.errors("bot.py") == said)
    }

    // MARK: Bots that stay

    @Test func `a bot that loses the server comes back and goes on`() throws {
        let site = try Site(), bot = try site.bot("Shout")
        try site.server.crash()
        #expect(try bot.readLine()?.hasPrefix("lost: ") == true)
        try site.server.restart()
        while let line = try bot.readLine(), line != "Shout is there" {
            #expect(line.hasPrefix("lost: "))
        }
        let client = try site.client("Shout")
        try client.write("hello")
        try site.expect("guest, message 1: HELLO", client)
        #expect(site.errors("bot.py") == "")
    }

    @Test func `a bot keeps its name while it is alive, loses it when it hangs, and waits for it`() throws {
        let site = try Site(), first = try site.bot("Shout")
        let second = try site.start("bot.py", ["Shout"], user: "anna")
        try site.expect("Shout is taken, waiting", second)
        let client = try site.client("Shout")
        try client.write("hello")
        try site.expect("guest, message 1: HELLO", client)
        // It hangs, and the other one gets its name; it asks every ten seconds.
        kill(first.pid, SIGSTOP)
        try site.expect("Shout is there", second)
        #expect(try client.waitForEnd().code == 1)
        kill(first.pid, SIGCONT)
        #expect(try first.readLine()?.hasPrefix("lost: received 4001 ") == true)
        try site.expect("Shout is taken, waiting", first)
        #expect(try second.end(SIGINT) == 0)
        try site.expect("Shout is there", first)
        #expect(site.errors("bot.py") == "")
    }

    // MARK: The README

    @Test func `the README's talk goes as it is written`() throws {
        let server = try LiveServer(Site.configuration)
        let manual = try Manual("wnet", at: server)
        let environment = ["WNET_ADDRESS=\(try server.address("/wnet/ws"))"]
        let commands = manual.blocks("sh")
        try #require(commands.count == 3 && commands[1].count == 4 && commands[2].count == 2)
        let shell = try manual.shell("bot.log", environment)
        for line in commands[1].dropLast() { try shell.write(line) }
        // So that the test can end it.
        try shell.write("exec " + commands[1][3])
        #expect(try shell.readLine()?.hasPrefix(#"{"id":1,"username":"anna""#) == true)
        #expect(try shell.readLine() == "Shout is there", "\(manual.troubles("bot.log"))")
        let client = try manual.shell("client.log", environment)
        for line in commands[2] { try client.write(line) }
        client.endInput()
        let (code, output) = try client.waitForEnd()
        #expect(code == 0 && manual.troubles("client.log") == "", "\(manual.troubles("client.log"))")
        #expect(output.split(separator: "\n").map(String.init) == manual.blocks("").first)
        #expect(try shell.end(SIGINT) == 0)
        #expect(manual.troubles("bot.log") == "")
    }
}
