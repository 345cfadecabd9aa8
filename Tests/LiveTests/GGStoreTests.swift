import Testing

/// The gg plugin when one statement of several fails in its database.
@Suite struct GGStoreTests {
    @Test(arguments: ["DELETE ON messages", "INSERT ON messages", "INSERT ON message_numbers"])
    func `a message that cannot be stored is answered with error 6, and the next is stored`(fails: String)
        throws
    {
        let server = try LiveServer(
            GGChannel.configuration.replacing("plugin GG;", with: "plugin GG;\n    option history 2;")
        )
        let channel = try GGChannel(server, users: 1)
        let client = try channel.join(user: 1)
        for text in ["one", "two"] {
            client.send(channel.saying(text))
            try client.expect("message")
        }
        try sql("CREATE TRIGGER failing BEFORE \(fails) BEGIN SELECT RAISE(ABORT, 'no'); END", server)
        for text in ["lost", "lost too"] {
            client.send(channel.saying(text))
            #expect(try client.expect("error").contains("\"error_num\":6"))
        }
        try sql("DROP TRIGGER failing", server)
        client.send(channel.saying("three"))
        #expect(try client.expect("message").contains("\"message_id\":\"3\""))
        client.send(GGChannel.history)
        let history = try client.expect("channel_history")
        #expect(history.contains("\"text\":\"three\"") && !history.contains("lost"))
    }

    /// Changes the service's database from outside.
    private func sql(_ statement: String, _ server: LiveServer) throws {
        let script = """
            import sqlite3, sys
            with sqlite3.connect(sys.argv[1]) as database: database.execute(sys.argv[2])
            """
        let folder = server.patchbay.folder
        let words = ["-c", script, folder.file("state/gg.sqlite"), statement]
        let (code, _) = try Program("python3", words, errors: folder.file("sql.log")).waitForEnd()
        guard code == 0 else { throw Unexpected(folder.text("sql.log")) }
    }
}
