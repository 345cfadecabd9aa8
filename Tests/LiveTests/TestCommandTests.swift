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
        [], ["--live"], ["--reload-everywhere"], ["--live", "--sockjs", "--reload-everywhere"],
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

    @Test(arguments: [["--sockjs"], ["--live", "--sockjs"]])
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

    @Test(arguments: [[], ["EchoC"], ["EchoC", "a.transcript", "--loud"], ["EchoC", "a", "-c", "b"]])
    func `without a plugin and a transcript it says how it is used`(words: [String]) throws {
        let outcome = try test(try Patchbay(""), words)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("PLUGIN TRANSCRIPT… [--live] [--sockjs] [--reload-everywhere]"))
    }
}
