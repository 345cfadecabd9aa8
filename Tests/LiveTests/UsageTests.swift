import Testing

/// Command lines without a server.
@Suite struct UsageTests {
    @Test(arguments: ["run", "check", "status", "call", "reload", "version"])
    func `each command explains itself`(name: String) throws {
        let patchbay = try Patchbay(nil)
        let outcome = try patchbay.plain(name, "--help")
        #expect(outcome.code == 0)
        #expect(outcome.output.hasPrefix("patchbay \(name) [-c FILE]"))
        #expect(outcome.errors == "")
        let all = try patchbay.plain("--help")
        #expect(all.code == 0)
        #expect(all.output.contains("\n  \(name) "))
    }

    @Test(
        arguments: [
            ([], "", "Every command takes -c FILE"), (["statu"], "did you mean \"status\"?", ""),
            (["status", "--jsn"], "usage: patchbay status [-c FILE] [--json]", ""),
            (["status", "-c"], "usage: patchbay status", ""), (["run", "--json"], "usage: patchbay run", ""),
            (["call"], "usage: patchbay call [-c FILE] SERVICE", ""),
            (
                ["call", "gg", "online", "word"],
                "\"word\" is not name=value\nusage: patchbay call [-c FILE]", ""
            ),
            (["reload"], "usage: patchbay reload [-c FILE] SERVICE", ""),
            (["reload", "a", "b", "c"], "usage: patchbay reload [-c FILE] SERVICE", ""),
            (["run", "now"], "usage: patchbay run", ""), (["check", "now"], "usage: patchbay check", ""),
            (["status", "now"], "usage: patchbay status", ""),
            (["version", "now"], "usage: patchbay version", ""),
        ] as [([String], String, String)]
    )
    func `a command line that makes no sense is a usage error`(
        words: [String],
        complaint: String,
        output: String
    ) throws {
        let patchbay = try Patchbay(nil)
        let (program, errors) = try patchbay.begin(words)
        let outcome = try patchbay.finish(program, errors)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains(complaint))
        #expect(outcome.output.contains(output))
        #expect(outcome.output.isEmpty != outcome.errors.isEmpty)
    }

    @Test(arguments: [
        ["status"], ["status", "--json"], ["call", "echo"], ["call", "echo", "online"], ["reload", "echo"],
    ])
    func `without a server a command says where it looked`(words: [String]) throws {
        let patchbay = try Patchbay("state FOLDER/state;")
        let (program, errors) = try patchbay.begin(words + ["-c", patchbay.file])
        let outcome = try patchbay.finish(program, errors)
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(
            outcome.errors == """
                no server answers at \(patchbay.folder.path)/state/control.sock; start one with `patchbay run`, or \
                name its file with -c

                """
        )
    }

    @Test func `a good configuration is checked without starting anything`() throws {
        let patchbay = try Patchbay("state FOLDER/state;\n" + LiveServer.echo)
        let outcome = try patchbay.command("check")
        #expect(outcome.code == 0)
        #expect(outcome.output == "\(patchbay.file): 1 services, no errors\n")
        #expect(patchbay.folder.files(below: "state").isEmpty)
    }

    @Test func `a bad configuration is checked to its end`() throws {
        let patchbay = try Patchbay(
            """
            state FOLDER/state;
            listen web { address 127.0.0.1:0; }
            listen control { address 127.0.0.1:0; }
            service one { plugin EchoC; option loud yes; websocket web /one; }
            service two { plugin FOLDER/test.so; websocket web /two; }
            service three { plugin EchoC; stream control; }
            """
        )
        try TestPlugin(note: "").build("test.so", in: patchbay.folder)
        let outcome = try patchbay.command("check")
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("plugins.conf:4:36: unknown option \"loud\" of plugin EchoC; "))
        #expect(
            outcome.errors.contains(
                "plugins.conf:5:22: service two: \(patchbay.folder.path)/test.so: there is"
            )
        )
        #expect(
            outcome.errors.contains(
                "plugins.conf:6:31: stream is not available in this version; leave it out"
            )
        )
        #expect(patchbay.folder.files(below: "state").isEmpty)
    }
}
