import Testing

/// Command lines without a server.
@Suite struct UsageTests {
    @Test(
        arguments: [
            ("run", "[-c FILE]"), ("check", "[-c FILE]"), ("status", "[-c FILE] [--json]"),
            ("call", "[-c FILE] SERVICE [COMMAND name=value …]"), ("reload", "[-c FILE] SERVICE [FILE]"),
            ("apply", "[-c FILE]"),
            ("test", "PLUGIN TRANSCRIPT… [--live[=LOOPS]] [--sockjs[=websocket]] [--reload-everywhere]"),
            ("version", ""),
        ]
    )
    func `each command explains itself`(name: String, usage: String) throws {
        let patchbay = try Patchbay(nil)
        let outcome = try patchbay.plain(name, "--help")
        #expect(outcome.code == 0)
        #expect(outcome.output.hasPrefix("patchbay \(name)\(usage.isEmpty ? "" : " \(usage)")\n"))
        #expect(outcome.errors == "")
        let all = try patchbay.plain("--help")
        #expect(all.code == 0)
        #expect(all.output.contains("\n  \(name) "))
    }

    @Test(
        arguments: [
            ([], "", "-c FILE is the configuration"), (["statu"], "did you mean \"status\"?", ""),
            (
                ["status", "--jsn"],
                "patchbay status has no option \"--jsn\"\nusage: patchbay status [-c FILE] [--json]\n", ""
            ),
            (["status", "-c"], "-c needs a FILE\nusage: patchbay status", ""),
            (["check", "-c", "a", "-c", "b"], "-c stands twice\nusage: patchbay check", ""),
            (["version", "-c", "a"], "patchbay version has no option \"-c\"", ""),
            (["run", "--json"], "usage: patchbay run", ""),
            (["call"], "usage: patchbay call [-c FILE] SERVICE", ""),
            (
                ["call", "gg", "online", "word"],
                "\"word\" is not name=value\nusage: patchbay call [-c FILE]", ""
            ),
            (["reload"], "usage: patchbay reload [-c FILE] SERVICE", ""),
            (["reload", "a", "b", "c"], "usage: patchbay reload [-c FILE] SERVICE", ""),
            (["apply", "now"], "usage: patchbay apply [-c FILE]", ""),
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
        (["-h"], "patchbay: a server"), (["run", "-h"], "patchbay run"), (["--version"], "patchbay 0."),
    ])
    func `what other programs understand is understood here`(words: [String], start: String) throws {
        let patchbay = try Patchbay(nil)
        let (program, errors) = try patchbay.begin(words)
        let outcome = try patchbay.finish(program, errors)
        #expect(outcome.code == 0 && outcome.errors == "")
        #expect(outcome.output.hasPrefix(start))
    }

    @Test(arguments: [
        ["status"], ["status", "--json"], ["call", "echo"], ["call", "echo", "online"], ["reload", "echo"],
        ["apply"],
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
        #expect(outcome.output == "\(patchbay.file): 1 service, no errors\n")
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
            service three { plugin EchoC; websocket web /three; isolate on; }
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
                "plugins.conf:6:9: isolate is not available in this version; leave it out"
            )
        )
        #expect(patchbay.folder.files(below: "state").isEmpty)
    }
}
