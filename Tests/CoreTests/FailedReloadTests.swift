import Net
import Testing

@testable import Core

@Suite struct FailedReloadTests {
    /// A plugin that is refused, and a part of the sentence that says why.
    struct Refused: CustomTestStringConvertible, Sendable {
        let plugin: FaultPlugin
        let sentence: String

        init(_ source: String, _ defines: [String], _ sentence: String) {
            plugin = FaultPlugin(source: source, defines: defines)
            self.sentence = sentence
        }

        init(_ source: String, _ sentence: String) { self.init(source, [], sentence) }

        var testDescription: String { "\(plugin.source) \(plugin.defines)" }
    }

    private static let refused = [
        Refused("no-entry", "it does not export patchbay_plugin"),
        Refused("other-major", ["NOTE"], "built for interface 2, the host has 1"),
        Refused("other-major", "its table is not one of interface 1"),
        Refused("hollow", ["NOTHING"], "its table is not one of interface 1"),
        Refused("hollow", ["SHORT"], "its table is not one of interface 1"),
        Refused("hollow", ["WITHOUT_CREATE"], "its table is not one of interface 1"),
        Refused("hollow", ["MISNAMED"], "its table is called Other, its note Puppet"),
        Refused("hollow", ["LISTS"], "has no endpoint \"door\"; it has the main one alone"),
        Refused("unresolved", "undefined symbol: nobody_has_this"),
        Refused("refusing", "it gave no reason"),
        Refused("refusing", ["REASON=\"the moon is full\""], "the plugin refused: the moon is full"),
        Refused("puppet", ["REFUSAL=\"not today\""], "the plugin refused: not today"),
        Refused("puppet", ["WITHOUT_DOOR"], "has no endpoint \"door\""),
        Refused("puppet", ["STORE"], "the running generation has none"),
    ]

    @Test(arguments: refused)
    func `what is refused leaves the old generation as it was`(refused: Refused) throws {
        let test = try TestServer(
            "service puppet { plugin Puppet; websocket web /main; websocket web /door door; }"
        )
        let anna = try test.open(), service = try test.service()
        _ = (anna.ask("join watch"), anna.ask("set mine"), anna.ask("timer a 1000"))
        let before = service.generation, registrations = service.generation?.ledger.count
        #expect {
            try test.reload(refused.plugin)
        } throws: { error in
            "\(error)".contains(refused.sentence)
        }
        #expect(service.generation === before && service.generation?.phase == .running)
        #expect(service.generation?.ledger.count == registrations && service.generationNumber == 1)
        #expect(service.timers.count == 1)
        #expect(anna.ask("life") == [.text("generation 1 restored  start 0")])
        #expect(anna.ask("state") + anna.ask("left a") == [.text("mine:7"), .text("1000")])
        test.pass(milliseconds: 1000)
        #expect(anna.arrived() == [.text("fired a")])
        try test.reload(FaultPlugin(source: "puppet", defines: ["GENERATION=\"2\""]), as: "good.so")
        #expect(anna.ask("life") == [.text("generation 2 restored  start 1")])
    }

    @Test func `a file that is missing, none or no ELF file is refused`() throws {
        let test = try TestServer()
        try test.folder.write("hello", to: "text.so")
        for (file, sentence) in [
            ("missing.so", "the file cannot be read"), ("text.so", "this is not an ELF file"),
            ("", "this is no regular file"),
        ] {
            #expect {
                try test.reload(file: test.folder.file(file))
            } throws: { error in
                "\(error)".contains(sentence)
            }
        }
        #expect(try test.service().generationNumber == 1)
    }

    @Test func `a generation that cannot save goes on running`() throws {
        let test = try TestServer(plugin: FaultPlugin(source: "puppet", defines: ["UNSAVABLE"]))
        let anna = try test.open()
        #expect(throws: CallError.self) { try test.reload(FaultPlugin(source: "puppet")) }
        #expect(anna.ask("life") == [.text("generation 1 restored  start 0")])
    }

    @Test func `another plugin's file is refused`() throws {
        let test = try TestServer(TestServer.echo + TestServer.puppet)
        #expect(throws: CallError("the file is plugin Puppet, and the service runs EchoC")) {
            try test.reload(file: test.folder.file("libPuppet.so"), service: "echo")
        }
        #expect(try test.open("/echo").ask("x") == [.text("x")])
    }

    @Test func `what waited for another loop leaves although the generation after it is refused`() throws {
        let test = try TestServer()
        let anna = try test.open(), service = try test.service()
        let peer = try #require(service.peers.all.first)
        service.isHolding = true  // as for a connection of another loop
        service.lane.handleDirectly { _ = $0.send(peer.handle, .text, [120].span) }
        service.isHolding = false
        #expect(throws: CallError.self) { try test.reload(FaultPlugin(source: "refusing")) }
        #expect(anna.seen() == [.text("x")])
    }

    @Test func `a failed load leaves no copy behind`() throws {
        let test = try TestServer()
        let files = PluginFiles(directories: [], state: test.folder.file("var"))
        try FaultPlugin(source: "unresolved").build(to: test.folder.file("bad.so"))
        #expect(throws: PluginError.self) {
            try files.load(test.folder.file("bad.so"), service: "puppet", generation: 9)
        }
        #expect(test.folder.names(in: "var/plugins").filter { $0.hasPrefix("puppet-9") } == [])
        #expect(test.folder.names(in: "").contains("bad.so"))
    }
}
