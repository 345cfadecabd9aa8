import Foundation
import Testing

/// What a start that cannot succeed says and leaves behind.
@Suite struct StartTests {
    /// A plugins.conf that cannot be served, and what the sentence about it says.
    struct Refused: Sendable, CustomTestStringConvertible {
        let what: String
        let configuration: String
        let sentence: String  // FOLDER stands for the test's folder
        var testDescription: String { what }

        static let listener = "listen web { address 127.0.0.1:PORT; }\n"

        static func service(_ body: String) -> String {
            "state FOLDER/state;\n\(listener)service echo { \(body) websocket web /echo; }"
        }
    }

    static let refused: [Refused] = [
        Refused(
            what: "a brace that is not closed",
            configuration: "state FOLDER/state;\nservice echo {\n    plugin EchoC;",
            sentence: "FOLDER/plugins.conf:2:14: "
        ),
        Refused(
            what: "an unknown directive",
            configuration: Refused.service("plugn EchoC;"),
            sentence:
                "FOLDER/plugins.conf:3:16: unknown directive \"plugn\" in a service block; did you mean \"plugin\"?"
        ),
        Refused(
            what: "an unknown option",
            configuration: Refused.service("plugin Tally; option intervall 2m;"),
            sentence: "FOLDER/plugins.conf:3:37: unknown option \"intervall\" of plugin Tally; "
                + "did you mean \"interval\"?"
        ),
        Refused(
            what: "plain requests that nobody answers",
            configuration: Refused.service("plugin EchoC; http web /api room;"),
            sentence: "plugin EchoC answers no plain requests on endpoint \"room\"; take `http web /api` out"
        ),
        Refused(
            what: "isolation",
            configuration: Refused.service("plugin EchoC; isolate on;"),
            sentence: "isolate is not available in this version; leave it out"
        ),
        Refused(
            what: "an unknown plugin",
            configuration: Refused.service("plugin EchoD;"),
            sentence: "FOLDER/plugins.conf:3:23: service echo: libEchoD.so: there is no such file in "
        ),
        Refused(
            what: "a missing plugin file",
            configuration: Refused.service("plugin FOLDER/none.so;"),
            sentence:
                "FOLDER/plugins.conf:3:23: service echo: FOLDER/none.so: the file cannot be read: No such file or directory"
        ),
        Refused(
            what: "a plugin file that is text",
            configuration: Refused.service("plugin FOLDER/plugins.conf;"),
            sentence:
                "service echo: FOLDER/plugins.conf: this is not an ELF file; give the shared object (.so)"
        ),
        Refused(
            what: "a folder for a plugin",
            configuration: Refused.service("plugin FOLDER/.;"),
            sentence: "this is no regular file; give the plugin's .so file"
        ),
        Refused(
            what: "an endpoint that the plugin has not",
            configuration: "state FOLDER/state;\n\(Refused.listener)"
                + "service echo { plugin EchoC; websocket web /echo rom; }",
            sentence: "has no endpoint \"rom\"; it has \"room\""
        ),
        Refused(
            what: "a byte that is no text",
            configuration: Refused.service("plugin Echo\0C;"),
            sentence: "FOLDER/plugins.conf:3:27: a NUL byte in the file; save the file as plain UTF-8 text"
        ),
        Refused(
            what: "an option that is out of range",
            configuration: Refused.service("plugin Tally; option interval 0s;"),
            sentence:
                "FOLDER/plugins.conf:3:46: \"0s\" is out of range for option \"interval\" of plugin Tally; "
                + "allowed: "
        ),
        Refused(
            what: "an unknown listener",
            configuration: Refused.service("plugin EchoC; websocket wbe /other;"),
            sentence:
                "FOLDER/plugins.conf:3:40: unknown listener \"wbe\" of service echo; did you mean \"web\"?"
        ),
        Refused(
            what: "two services of one name",
            configuration: Refused.service("plugin EchoC;")
                + "\nservice echo { plugin EchoC; websocket web /b; }",
            sentence:
                "FOLDER/plugins.conf:4:9: service \"echo\" stands twice; the first is at FOLDER/plugins.conf:3:9"
        ),
        Refused(
            what: "one path for two services",
            configuration: Refused.service("plugin EchoC;")
                + "\nservice other { plugin EchoC; websocket web /echo; }",
            sentence:
                "path \"/echo\" of listener web belongs to service echo; the first is at FOLDER/plugins.conf:3:"
        ),
        Refused(
            what: "one port on all addresses and on one of them",
            configuration: Refused.service("plugin EchoC; websocket all /echo;")
                + "\nlisten all { address *:PORT; }",
            sentence:
                "FOLDER/plugins.conf:4:22: listener all has the address of listener web; give it another"
        ),
        Refused(
            what: "a port that there is not",
            configuration: Refused.service("plugin EchoC;").replacing("PORT", with: "70000"),
            sentence: "FOLDER/plugins.conf:2:22: \"70000\" is out of range for the port; allowed: 0 to 65535"
        ),
        Refused(
            what: "a name for an address",
            configuration: Refused.service("plugin EchoC;").replacing("127.0.0.1", with: "localhost"),
            sentence:
                "is not an address and port; write IPV4:PORT, [IPV6]:PORT or *:PORT, such as 127.0.0.1:8080"
        ),
        // RFC 5737: an address for documents, which no machine has.
        Refused(
            what: "an address of another machine",
            configuration: Refused.service("plugin EchoC;").replacing("127.0.0.1", with: "192.0.2.1"),
            sentence: "is no address of this machine; see `ip address` for those it has"
        ),
        Refused(
            what: "a file to include that there is not",
            configuration: Refused.service("plugin EchoC;") + "\ninclude more.conf;",
            sentence:
                "\"FOLDER/more.conf\" cannot be read: there is no such file or directory; correct the name, or"
        ),
        Refused(
            what: "an environment variable that is not set",
            configuration: Refused.service("plugin $env{PATCHBAY_NOT_SET};"),
            sentence:
                "the environment variable \"PATCHBAY_NOT_SET\" is not set; set it before the server starts"
        ),
        Refused(
            what: "a plugin path that there is not",
            configuration: "plugin_path FOLDER/none;\n" + Refused.service("plugin EchoC;"),
            sentence:
                "libEchoC.so: there is no such file in FOLDER/none; build it, or name its folder with plugin_path"
        ),
        Refused(
            what: "an executable for a plugin",
            configuration: Refused.service("plugin \(Products.patchbay);"),
            sentence:
                "FOLDER/plugins.conf:3:23: service echo: \(Products.patchbay): there is no patchbay note in it; "
        ),
        Refused(
            what: "two plugins that there are not",
            configuration: Refused.service("plugin FOLDER/a.so;")
                + "\nservice other { plugin FOLDER/b.so; websocket web /b; }",
            sentence:
                "look at path and mode\nFOLDER/plugins.conf:4:24: service other: FOLDER/b.so: the file cannot"
        ),
    ]

    @Test(arguments: refused)
    func `what cannot be served is refused with a sentence, and nothing starts`(refused: Refused) throws {
        let port = try PeerSocket.occupyPort().port  // free again at once
        let patchbay = try Patchbay(refused.configuration.replacing("PORT", with: "\(port)"))
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(refused.sentence.replacing("FOLDER", with: patchbay.folder.path)))
        #expect(outcome.errors.split(separator: "\n").allSatisfy { $0.contains("; ") })  // what to do
        #expect(throws: (any Error).self) { try PeerSocket(port: port) }
        #expect(patchbay.folder.files(below: "state").allSatisfy(StartTests.mayStay))
    }

    /// What a start leaves in the state folder when it fails.
    static func mayStay(_ file: String) -> Bool { ["lock", "plugins"].contains(file) }

    static let plugins: [(String, TestPlugin, String)] = [
        (
            "another interface",
            TestPlugin(note: "#undef PB_ABI_MAJOR\n#define PB_ABI_MAJOR 9\nPB_NOTE(\"Test\");"),
            "the plugin is built for interface 9, the host has 1; build it with this host's patchbay.h"
        ),
        ("no note", TestPlugin(note: ""), "there is no patchbay note in it; add PB_NOTE"),
        ("no entry", TestPlugin(entry: "patchbay_plugout"), "it does not export patchbay_plugin; see "),
        ("another name", TestPlugin(note: "PB_NOTE(\"Rest\");"), "its table is called Test, its note Rest; "),
        (
            "a refusal",
            TestPlugin(
                registrations: "host->refuse(host->context, TEXT(\"the moon is not full\"));",
                answer: "NULL"
            ),
            "the plugin refused: the moon is not full"
        ),
        ("a failure without a word", TestPlugin(answer: "NULL"), "the plugin refused: "),
    ]

    @Test(arguments: plugins)
    func `a plugin that cannot be loaded is refused with its path`(
        what: String,
        plugin: TestPlugin,
        sentence: String
    ) throws {
        let patchbay = try Patchbay(Refused.service("plugin FOLDER/test.so;").replacing("PORT", with: "0"))
        try plugin.build("test.so", in: patchbay.folder)
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        #expect(
            outcome.errors.hasPrefix(
                "\(patchbay.file):3:23: service echo: \(patchbay.folder.path)/test.so: "
            ) || outcome.errors.hasPrefix("service echo: the plugin refused: ")
        )
        #expect(outcome.errors.contains(sentence))
        #expect(patchbay.folder.files(below: "state").allSatisfy(StartTests.mayStay))
    }

    @Test func `a service that refuses takes those before it along`() throws {
        let port = try PeerSocket.occupyPort().port
        let first =
            "state FOLDER/state;\nlisten web { address 127.0.0.1:\(port); }\n"
            + "service gg { plugin GG; websocket web /gg; }\n"
        let patchbay = try Patchbay(first + "service echo { plugin FOLDER/test.so; websocket web /echo; }")
        try TestPlugin(answer: "NULL").build("test.so", in: patchbay.folder)
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.hasPrefix("service echo: the plugin refused: "))
        #expect(throws: (any Error).self) { try PeerSocket(port: port) }
        #expect(
            patchbay.folder.files(below: "state") == ["gg.sqlite", "gg.sqlite-lock", "lock", "plugins"]
        )
        // Nothing that stays is in the way of the next start.
        try patchbay.write(first)
        let (program, _) = try patchbay.begin(["run", "-c", patchbay.file])
        #expect(try program.readLine() == "gg  ws://127.0.0.1:\(port)/gg")
        #expect(try program.end(SIGTERM) == 0)
    }

    /// A file or folder that is there before the start, with what it may not be, and what is said about it.
    struct Obstacle: Sendable, CustomTestStringConvertible {
        let path: String
        let content: String?  // nil: a folder
        let mode: Int
        let sentence: String
        var testDescription: String { "\(path), \(String(mode, radix: 8))" }
    }

    static let obstacles = [
        Obstacle(
            path: "state",
            content: nil,
            mode: 0o500,
            sentence: "state folder FOLDER/state: Permission denied; give a folder of this user's"
        ),
        Obstacle(
            path: "state",
            content: nil,
            mode: 0o000,
            sentence: "state folder FOLDER/state: Permission denied; give a folder of this user's"
        ),
        Obstacle(
            path: "state/lock",
            content: "",
            mode: 0o000,
            sentence: "state folder FOLDER/state: Permission denied; give a folder of this user's"
        ),
        Obstacle(
            path: "state/plugins",
            content: nil,
            mode: 0o500,
            sentence:
                ".so.part: the copy cannot be made: Permission denied; give a state folder of this user's"
        ),
        Obstacle(
            path: "state/plugins",
            content: nil,
            mode: 0o300,
            sentence:
                "FOLDER/state/plugins: the folder cannot be read: Permission denied; give a state folder of"
        ),
        Obstacle(
            path: "state/plugins",
            content: "",
            mode: 0o600,
            sentence:
                "FOLDER/state/plugins: the folder cannot be read: Not a directory; give a state folder of"
        ),
        Obstacle(
            path: "state/gg.sqlite",
            content: "no database at all, but a text of some length",
            mode: 0o600,
            sentence: "service gg: FOLDER/state/gg.sqlite: file is not a database (SQLite 26)"
        ),
        Obstacle(
            path: "state/gg.sqlite",
            content: "",
            mode: 0o400,
            sentence:
                "service gg: FOLDER/state/gg.sqlite: Permission denied; make the file and its folder readable"
        ),
        Obstacle(
            path: "state/gg.sqlite",
            content: nil,
            mode: 0o700,
            sentence: "service gg: FOLDER/state/gg.sqlite: it is a folder; name a file in an existing folder"
        ),
        Obstacle(
            path: "plugins.conf",
            content: nil,
            mode: 0o700,
            sentence:
                "FOLDER/plugins.conf:1:1: the file cannot be read: it is not a regular file; name the file"
        ),
        Obstacle(
            path: "plugins.conf",
            content: "",
            mode: 0o000,
            sentence: "FOLDER/plugins.conf:1:1: the file cannot be read: permission denied; name the file"
        ),
    ]

    @Test(arguments: obstacles)
    func `a file or folder that cannot be used is named, and left as it is`(obstacle: Obstacle) throws {
        let port = try PeerSocket.occupyPort().port
        let configuration =
            "state FOLDER/state;\nlisten web { address 127.0.0.1:\(port); }\n"
            + "service gg { plugin GG; websocket web /gg; }"
        let isConfiguration = obstacle.path == "plugins.conf"
        let patchbay = try Patchbay(isConfiguration ? nil : configuration)
        let path = patchbay.folder.file(obstacle.path), folder = patchbay.folder.file("state")
        try FileManager.default.createDirectory(
            atPath: obstacle.content == nil ? path : folder,
            withIntermediateDirectories: true
        )
        if let content = obstacle.content { try patchbay.folder.write(content, to: obstacle.path) }
        try FileManager.default.setAttributes([.posixPermissions: obstacle.mode], ofItemAtPath: path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path) }
        let outcome = try StartTests.runAsAnyone(patchbay)
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(obstacle.sentence.replacing("FOLDER", with: patchbay.folder.path)))
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(throws: (any Error).self) { try PeerSocket(port: port) }
        #expect(patchbay.folder.mode(obstacle.path) == obstacle.mode)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        if let content = obstacle.content { #expect(patchbay.folder.text(obstacle.path) == content) }
        let names = Set(["lock", "plugins", "gg.sqlite", "gg.sqlite-lock"])
        #expect(names.isSuperset(of: patchbay.folder.files(below: "state")))
    }

    /// `run` as somebody whom permissions hold up: not even root is, without these capabilities.
    private static func runAsAnyone(_ patchbay: Patchbay) throws -> Patchbay.Outcome {
        guard geteuid() == 0 else { return try patchbay.command("run") }
        let words = [
            "--bounding-set", "-dac_override,-dac_read_search", Products.patchbay, "run", "-c", patchbay.file,
        ]
        let program = try Program("setpriv", words, errors: patchbay.folder.file("errors"))
        return try patchbay.finish(program, "errors")
    }

    @Test(arguments: [0, 1, 64, 4_000])
    func `a plugin file that is cut short is refused`(count: Int) throws {
        let patchbay = try Patchbay(Refused.service("plugin FOLDER/cut.so;").replacing("PORT", with: "0"))
        let whole = try Data(contentsOf: URL(filePath: "\(Products.folder)/libEchoC.so"))
        try whole.prefix(count).write(to: URL(filePath: patchbay.folder.file("cut.so")))
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        let place = "\(patchbay.file):3:23: service echo: \(patchbay.folder.path)/cut.so: "
        #expect(outcome.errors.hasPrefix(place))
        #expect(
            outcome.errors.contains("; copy it again") || outcome.errors.contains("; give the shared object")
        )
        #expect(patchbay.folder.files(below: "state").allSatisfy(StartTests.mayStay))
    }

    @Test func `a port in use is named with its line`() throws {
        let (occupant, port) = try PeerSocket.occupyPort()
        let patchbay = try Patchbay(Refused.service("plugin EchoC;").replacing("PORT", with: "\(port)"))
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        #expect(
            outcome.errors == """
                \(patchbay.file):2:22: 127.0.0.1:\(port) is in use by another process; end that one \
                (ss -ltnp shows it) or give listener "web" another port

                """
        )
        withExtendedLifetime(occupant) {}
    }

    @Test func `a state folder in use is left to its owner`() throws {
        let server = try LiveServer()
        let other = try Patchbay(
            "state \(server.patchbay.folder.path)/state;\nlisten web { address 127.0.0.1:0; }\n"
                + "service echo { plugin EchoC; websocket web /echo; }"
        )
        let outcome = try other.command("run")
        #expect(outcome.code == 1)
        #expect(
            outcome.errors.contains(
                "another patchbay runs on it; stop that one, or give another with `state`"
            )
        )
        #expect(try server.command("status").code == 0)
        #expect(try WebSocketClient(server.address("/echo")).ask("still here") == .text("still here"))
    }

    @Test(arguments: [
        ("/proc/patchbay", "state folder /proc/patchbay: it cannot be made: "),
        ("/proc", "state folder /proc: "),
        ("FOLDER/plugins.conf", "state folder FOLDER/plugins.conf: Not a directory"),
    ])
    func `a state folder that cannot be used is named`(path: String, sentence: String) throws {
        let configuration = Refused.service("plugin EchoC;").replacing("PORT", with: "0")
        let patchbay = try Patchbay(configuration.replacing("state FOLDER/state", with: "state \(path)"))
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        #expect(outcome.errors.hasPrefix(sentence.replacing("FOLDER", with: patchbay.folder.path)))
        #expect(outcome.errors.contains("; give "))
    }

    @Test func `a state folder too deep for the control socket is refused before anything starts`() throws {
        let port = try PeerSocket.occupyPort().port
        let name = String(repeating: "s", count: 100)
        let configuration = Refused.service("plugin EchoC;").replacing("PORT", with: "\(port)")
        let patchbay = try Patchbay(configuration.replacing("FOLDER/state", with: "FOLDER/\(name)"))
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        #expect(
            outcome.errors.hasSuffix(
                "control.sock: longer than a socket's path may be (107 bytes); give a shorter `state`\n"
            )
        )
        #expect(patchbay.folder.files(below: name).isEmpty)
        #expect(throws: (any Error).self) { try PeerSocket(port: port) }
    }

    @Test func `a control socket that cannot be made is named`() throws {
        let patchbay = try Patchbay("state FOLDER/state;\n" + LiveServer.echo)
        try FileManager.default.createDirectory(
            atPath: patchbay.folder.file("state/control.sock"),
            withIntermediateDirectories: true
        )
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(
            outcome.errors == """
                \(patchbay.folder.path)/state/control.sock: Address already in use; give a state folder of this user's

                """
        )
        #expect(patchbay.folder.files(below: "state/plugins").isEmpty)
    }

    @Test func `without a configuration a command says where it looked`() throws {
        let patchbay = try Patchbay(nil)
        let words = ["-c", "cd \"$1\" && exec \"$0\" check", Products.patchbay, patchbay.folder.path]
        let program = try Program("sh", words, errors: patchbay.folder.file("errors"))
        let code = try program.waitForEnd().code
        let errors = patchbay.folder.text("errors")
        // A machine that Patchbay is installed on has the second.
        guard !FileManager.default.fileExists(atPath: "/etc/patchbay/plugins.conf") else {
            #expect(!errors.contains("there is no plugins.conf"))
            return
        }
        #expect(code == 1)
        #expect(
            errors
                == "there is no plugins.conf and no /etc/patchbay/plugins.conf; name the file with -c FILE\n"
        )
    }

    @Test(arguments: ["run", "check"], ["", "# Nothing yet.\n", "listen web { address 127.0.0.1:0; }"])
    func `a configuration without a service is refused`(command: String, configuration: String) throws {
        let patchbay = try Patchbay(configuration)
        let outcome = try patchbay.command(command)
        #expect(outcome.code == 1)
        #expect(
            outcome.errors == "\(patchbay.file): it names no service; add one with `service NAME { … }`\n"
        )
        #expect(patchbay.folder.files(below: "var").isEmpty)
    }

    @Test func `a missing configuration is named`() throws {
        let patchbay = try Patchbay(nil)
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        #expect(
            outcome.errors == """
                \(patchbay.file):1:1: the file cannot be read: there is no such file or directory; name the file \
                with -c FILE

                """
        )
    }
}
