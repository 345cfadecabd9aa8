import Testing

/// `patchbay test`, as the author of a plugin uses it.
@Suite struct TestCommandTests {
    private static let right = """
        # The speaker hears it too.
        websocket /room room
        limit message 1k
        anna connects
        anna > hello
        anna < hello
        reload
        anna > again
        anna < again
        """

    private func test(_ patchbay: Patchbay, _ words: [String]) throws -> Patchbay.Outcome {
        let (program, errors) = try patchbay.begin(["test"] + words)
        return try patchbay.finish(program, errors)
    }

    @Test(arguments: [
        [], ["--live"], ["--live=2"], ["--reload-everywhere"], ["--sockjs=websocket"],
        ["--live", "--sockjs", "--reload-everywhere"],
    ])
    func `what goes as written is counted`(flags: [String]) throws {
        let patchbay = try Patchbay("")
        try patchbay.folder.write(TestCommandTests.right, to: "right.transcript")
        let file = patchbay.folder.file("right.transcript")
        let outcome = try test(patchbay, ["EchoC", file, file] + flags)
        #expect(outcome.code == 0 && outcome.errors == "")
        #expect(outcome.output == "2 played, all as written\n")
    }

    @Test(arguments: [[], ["--live"]])
    func `what goes otherwise is shown, and the others are played`(flags: [String]) throws {
        let patchbay = try Patchbay("")
        try patchbay.folder.write("anna connects\nanna > a\nanna < b\n", to: "wrong.transcript")
        try patchbay.folder.write("anna sings\n", to: "unknown.transcript")
        try patchbay.folder.write(TestCommandTests.right, to: "right.transcript")
        let files = ["wrong", "unknown", "right"].map { patchbay.folder.file("\($0).transcript") }
        let outcome = try test(patchbay, ["EchoC"] + files + flags)
        #expect(outcome.code == 1 && outcome.output == "")
        #expect(
            outcome.errors == """
                wrong.transcript:3: anna < b
                  expected "b", found "a"
                unknown.transcript:1: unknown step "sings"; use connects, disconnects, closes, ends, \
                requests, >, <, >hex, <hex, >escaped, <escaped, >raw or <raw
                3 played, 2 went otherwise than written

                """
        )
    }

    /// Lets nobody in: the reason is the end of the path at which one comes.
    private static let refusing = TestPlugin(
        registrations: """
            host->on_auth(host->context, TEXT(""), asked, &service);
            """,
        functions: """
            static void asked(void *self, pb_connection who, const pb_request *upgrade) {
                (void)self;
                size_t start = upgrade->path.count;
                while (start > 0 && upgrade->path.data[start - 1] != '/') start--;
                const pb_bytes end = { upgrade->path.data + start, upgrade->path.count - start };
                host->reject(host->context, who, 403, end);
            }
            """
    )

    @Test(
        arguments: [
            ([], "chat"), (["--sockjs=websocket"], "websocket"), (["--sockjs"], "xhr_streaming"),
        ] as [([String], String)],
        [[], ["--live"]]
    )
    func `those who connect come by what is asked for`(way: (flags: [String], end: String), more: [String])
        throws
    {
        let patchbay = try Patchbay("")
        let plugin = try TestCommandTests.refusing.build("libRefusing.so", in: patchbay.folder)
        let play = "websocket /chat\nanna connects\n= 403 \(way.end)\n"
        try patchbay.folder.write(play, to: "refused.transcript")
        let words = [plugin, patchbay.folder.file("refused.transcript")]
        let outcome = try test(patchbay, words + way.flags + more)
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    /// Counts its process's threads whose names begin with "loop".
    private static let counting = TestPlugin(
        registrations: """
            const pb_command loops = { .size = sizeof loops, .name = TEXT("loops") };
            host->on_command(host->context, &loops, counted, &service);
            """,
        functions: """
            #include <dirent.h>
            #include <stdio.h>
            #include <string.h>
            static void counted(void *self, const pb_call *call) {
                (void)self;
                unsigned char count = '0';
                DIR *folder = opendir("/proc/self/task");
                for (struct dirent *task; (task = readdir(folder)) != NULL;) {
                    char path[300], name[5] = "";
                    snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
                    FILE *file = fopen(path, "r");
                    if (file == NULL) continue;
                    if (fgets(name, sizeof name, file) != NULL && strcmp(name, "loop") == 0) count++;
                    fclose(file);
                }
                closedir(folder);
                host->answer(host->context, call->ticket, PB_OK, (pb_bytes){ &count, 1 });
            }
            """
    )

    @Test(arguments: [([], 0), (["--live"], 1), (["--live=2"], 2)] as [([String], Int)])
    func `over sockets there are as many loops as are asked for`(flags: [String], count: Int) throws {
        let patchbay = try Patchbay("")
        let plugin = try TestCommandTests.counting.build("libCounting.so", in: patchbay.folder)
        try patchbay.folder.write("call loops\n= \(count)\n", to: "loops.transcript")
        let outcome = try test(patchbay, [plugin, patchbay.folder.file("loops.transcript")] + flags)
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    @Test(arguments: [["--sockjs"], ["--live", "--sockjs"], ["--sockjs=websocket"]])
    func `by SockJS bytes cannot be sent`(flags: [String]) throws {
        let patchbay = try Patchbay("")
        try patchbay.folder.write("anna connects\nanna >hex 00\n", to: "bytes.transcript")
        let outcome = try test(patchbay, ["EchoC", patchbay.folder.file("bytes.transcript")] + flags)
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("found SockJS, which carries texts alone"))
    }

    @Test func `a transcript that is not there is named as it was given`() throws {
        let patchbay = try Patchbay("")
        let file = patchbay.folder.file("none.transcript")
        let outcome = try test(patchbay, ["EchoC", file])
        #expect(outcome.code == 1)
        #expect(outcome.errors.hasPrefix("\(file): the file cannot be read: there is no such file"))
    }

    @Test(arguments: [
        [], ["EchoC"], ["EchoC", "a.transcript", "--loud"], ["EchoC", "a", "-c", "b"],
    ])
    func `without a plugin and a transcript it says how it is used`(words: [String]) throws {
        let outcome = try test(try Patchbay(""), words)
        #expect(outcome.code == 2)
        #expect(
            outcome.errors.contains(
                "PLUGIN TRANSCRIPT… [--live[=LOOPS]] [--sockjs[=websocket]] [--reload-everywhere]"
            )
        )
    }

    @Test(arguments: [
        ("--live=0", "loops are a number from 1 to 64"), ("--live=65", "loops are a number from 1 to 64"),
        ("--live=two", "loops are a number from 1 to 64"),
        ("--sockjs=xhr", "there is no such transport here; write --sockjs or --sockjs=websocket"),
    ])
    func `a value that an option does not have is named`(option: String, sentence: String) throws {
        let outcome = try test(try Patchbay(""), ["EchoC", "a.transcript", option])
        #expect(outcome.code == 2 && outcome.errors.hasPrefix("\(option): \(sentence)\nusage: "))
    }
}
