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
            what: "SockJS",
            configuration: Refused.service("plugin EchoC; sockjs web /chat;"),
            sentence: "FOLDER/plugins.conf:3:30: sockjs is not available in this version; leave it out"
        ),
        Refused(
            what: "HTTP",
            configuration: Refused.service("plugin EchoC; http web /api room;"),
            sentence: "FOLDER/plugins.conf:3:30: http is not available in this version; leave it out"
        ),
        Refused(
            what: "isolation",
            configuration: Refused.service("plugin EchoC; isolate on;"),
            sentence: "isolate is not available in this version; leave it out"
        ),
        Refused(
            what: "an unknown plugin",
            configuration: Refused.service("plugin EchoD;"),
            sentence: "service echo: libEchoD.so: there is no such file in "
        ),
        Refused(
            what: "a missing plugin file",
            configuration: Refused.service("plugin FOLDER/none.so;"),
            sentence: "service echo: FOLDER/none.so: the file cannot be read: No such file or directory"
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
    ]

    @Test(arguments: refused)
    func `what cannot be served is refused with a sentence, and nothing starts`(refused: Refused) throws {
        let port = try PeerSocket.occupyPort().port  // free again at once
        let patchbay = try Patchbay(refused.configuration.replacing("PORT", with: "\(port)"))
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(refused.sentence.replacing("FOLDER", with: patchbay.folder.path)))
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
        #expect(outcome.errors.hasPrefix("service echo: "))
        #expect(outcome.errors.contains(sentence))
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
