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
        try server.failOn(fails)
        for text in ["lost", "lost too"] {
            client.send(channel.saying(text))
            #expect(try client.expect("error").contains("\"error_num\":6"))
        }
        try server.failNoMore()
        client.send(channel.saying("three"))
        #expect(try client.expect("message").contains("\"message_id\":\"3\""))
        client.send(GGChannel.history)
        let history = try client.expect("channel_history")
        #expect(history.contains("\"text\":\"three\"") && !history.contains("lost"))
    }
}
