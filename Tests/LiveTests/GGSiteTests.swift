import Testing

/// The gg plugin's HTTP API under attack, and when its store fails.
@Suite struct GGSiteTests {
    private static let configuration = GGChannel.configuration.replacing(
        "websocket web /chat/websocket;",
        with: "websocket web /chat/websocket; http web /api api; http web /smiles smiles;"
    )

    /// A server with channel 5, users 1 and 2, and a site that may use the API.
    private final class Site {
        let server: LiveServer
        let channel: GGChannel
        let client: RequestClient
        let header: String

        init() throws {
            server = try LiveServer(GGSiteTests.configuration)
            channel = try GGChannel(server, users: 2)
            let answer = try server.command("call", "gg", "credential.add", "id=site").output
            let token = answer.split(separator: "\"").map(String.init).first { $0.utf8.count == 64 } ?? ""
            header = "authorization: site:" + token
            client = try RequestClient(try server.address("/api"))
        }

        func ask(_ line: String, _ body: String = "") throws -> RequestClient.Answer {
            client.socket.write(request(line, body))
            return try client.answer()
        }

        func request(_ line: String, _ body: String) -> [UInt8] {
            let words = line.split(separator: " ")
            return RequestClient.request(String(words[0]), "/api\(words[1])", header, body: body)
        }

        /// Every table but the log of messages, to compare.
        func everything() throws -> String {
            try server.sql(
                [
                    "users", "channels", "owners", "grants", "user_groups", "room_roles", "moderators",
                    "bans", "ignored", "smiles", "smile_grants",
                ].map { "SELECT * FROM \($0) ORDER BY 1, 2" }
            )
        }
    }

    /// Something to change, and something to remove, for every operation.
    private func populated() throws -> Site {
        let site = try Site()
        for command in [
            ["room.add", "room_id=r1", "channel_id=5", "name=Room"],
            ["smile.add", "name=gold", "paid=1"], ["smile.add", "name=own", "paid=1", "channel_id=5"],
            ["smile.grant", "user_id=2", "channel_id=5", "smile=own"],
            ["group.add", "user_id=2", "channel_id=5", "group=old"],
            ["rights.grant", "user_id=2", "channel_id=5", "rights=10"],
            ["room.role", "user_id=2", "room_id=r1", "role=1"],
        ] {
            let (program, errors) = try site.server.patchbay.begin(
                ["call", "gg"] + command + ["-c", site.server.patchbay.file]
            )
            #expect(try site.server.patchbay.finish(program, errors).code == 0)
        }
        return site
    }

    private static let operations = [
        ("POST /user", #"{"user_id":3,"nickname":"C","token":"t"}"#, "INSERT ON users"),
        ("PUT /user/1", #"{"nickname":"Other"}"#, "UPDATE ON users"),
        ("DELETE /user/2", "", "DELETE ON user_groups"),
        ("DELETE /user/2", "", "DELETE ON smile_grants"),
        ("POST /user/1/grant", #"{"rights":50}"#, "UPDATE ON users"),
        ("POST /user/1/grant", #"{"rights":50,"channel_id":5}"#, "INSERT ON grants"),
        ("POST /user/1/group", #"{"group_key":"g","channel_id":5}"#, "INSERT ON user_groups"),
        ("DELETE /user/2/group", #"{"group_key":"old","channel_id":5}"#, "DELETE ON user_groups"),
        ("POST /user/2/smile", #"{"smile":"gold","channel_id":5}"#, "INSERT ON smile_grants"),
        ("DELETE /user/2/smile", #"{"smile":"own","channel_id":5}"#, "DELETE ON smile_grants"),
        ("POST /channel", #"{"channel_id":7,"channel_title":"S","owners":[1]}"#, "INSERT ON owners"),
        ("PUT /channel/5", #"{"channel_title":"S","owners":[2]}"#, "INSERT ON owners"),
        ("DELETE /channel/5", "", "DELETE ON smiles"),
    ]

    @Test(arguments: [LiveServer.Loss.statement, .batch])
    func `an operation whose statement fails is answered with 503, and nothing of it is done`(
        loss: LiveServer.Loss
    ) throws {
        let site = try populated()
        let anna = try site.channel.join(user: 1)
        for (line, body, fails) in GGSiteTests.operations {
            let before = try site.everything()
            try site.server.failOn(fails, losing: loss)
            let answer = try site.ask(line, body)
            #expect(answer.status == 503, "\(line): \(answer)")
            try site.server.failNoMore()
            #expect(try site.everything() == before, "\(line)")
        }
        anna.send(#"{"type":"get_users_list","data":{"channel_id":"5"}}"#)
        #expect(try anna.expect("users_list").contains(#""name":"User1","rights":0,"groups":[]"#))
        for (line, body, _) in GGSiteTests.operations where !line.hasPrefix("DELETE") {
            #expect(try (200...201).contains(site.ask(line, body).status), "\(line)")
        }
    }

    @Test func `bodies that are too large, too deep or too odd change nothing`() throws {
        let site = try populated()
        let before = try site.everything()
        let twice = (0..<100).map { #""f\#($0)":1,"f\#($0)":2,"# }.joined()
        let bodies = [
            (String(repeating: "[", count: 60_000), 422), (String(repeating: " ", count: 60_000), 422),
            (#"{"user_id":3,"nickname":"C","token":"t","x":\#(String(repeating: "[", count: 64))"#, 422),
            (#"{"user_id":3,"nickname":"C","token":"t","token":"t"}"#, 422),
            (#"{"user_id":3,"nickname":"\#("\\ud800")","token":"t"}"#, 422),
            (#"{"user_id":{"a":1},"nickname":"C","token":"t"}"#, 422), ("\u{0}", 422), ("null", 422),
            (#"{"user_id":99999999999999999999999999,"nickname":"C","token":"t"}"#, 422),
            (#"{"user_id":"1; DROP TABLE users","nickname":"C","token":"t"}"#, 422),
        ]
        for (body, status) in bodies {
            let answer = try site.ask("POST /user", body)
            #expect(answer.status == status, "\(body.prefix(80)): \(answer)")
        }
        #expect(try site.everything() == before)
        #expect(
            try site.ask("POST /user", #"{\#(twice)"user_id":3,"nickname":"C","token":"t"}"#).status == 201
        )
        let name = String(repeating: "n", count: 50_000)
        #expect(try site.ask("PUT /user/3", #"{"nickname":"\#(name)"}"#).status == 200)
        #expect(try site.ask("PUT /user/3", #"{"nickname":"C"}"#).body.contains(#""nickname":"C""#))
        let large = try RequestClient(site.server.address("/api"))
        large.socket.write(site.request("POST /user", String(repeating: "x", count: 4 << 20)))
        #expect(try large.answer().status == 413)
        #expect(try site.ask("GET /channels/online").status == 200)
    }

    @Test func `a page of channels has 50 at most`() throws {
        let site = try Site()
        let anna = try site.channel.join(user: 1)
        for channel in 101...150 {
            let body = #"{"channel_id":\#(channel),"channel_title":"C"}"#
            #expect(try site.ask("POST /channel", body).status == 201)
            anna.send(#"{"type":"join","data":{"channel_id":\#(channel)}}"#)
            try anna.expect("success_join")
        }
        for (query, count) in [("", 50), ("?count=51", 50), ("?start=50", 1), ("?start=1&count=50", 50)] {
            let answer = try site.ask("GET /channels/online\(query)").body
            #expect(answer.ranges(of: "channel_id").count == count, "\(query)")
        }
    }

    @Test func `what is removed leaves nothing behind`() throws {
        let site = try populated()
        #expect(try site.ask("PUT /channel/5", #"{"owners":[2,1]}"#).status == 200)
        let anna = try site.channel.join(user: 1)
        let poll = #"{"channel_id":5,"title":"T","answers":[{"text":"a"},{"text":"b"}]}"#
        for (request, answer) in [
            (GGChannel.saying("hello"), "message"),
            (#"{"type":"new_poll","data":\#(poll)}"#, "new_poll"),
            (#"{"type":"vote","data":{"channel_id":5,"answer_id":1}}"#, "poll_results"),
            (#"{"type":"add_to_ignore_list","data":{"user_id":2}}"#, "ignore_list"),
        ] {
            anna.send(request)
            try anna.expect(answer)
        }
        let moderation = ["INTO moderators VALUES ('5', 2)", "INTO bans VALUES (2, '5', 9, 'r', 'c')"]
        try site.server.sql(moderation.map { "INSERT \($0)" })
        let ofChannels = [
            "channels", "owners", "grants", "user_groups", "room_roles", "messages", "moderators", "bans",
            "polls", "poll_answers", "votes", "smile_grants",
        ]
        for table in ofChannels { #expect(try rows(of: table, site) > 0, "\(table)") }
        #expect(try site.ask("DELETE /channel/5").status == 200)
        for table in ofChannels { #expect(try rows(of: table, site) == 0, "\(table)") }
        for user in 1...2 { #expect(try site.ask("DELETE /user/\(user)").status == 200) }
        for table in ["users", "ignored"] { #expect(try rows(of: table, site) == 0, "\(table)") }
        #expect(try rows(of: "smiles", site) == 1)
    }

    private func rows(of table: String, _ site: Site) throws -> Int {
        try site.server.sql("SELECT * FROM \(table)").split(separator: "\n").count - 1
    }

    @Test func `of many who ask for the same at once one makes it`() throws {
        let site = try populated()
        let clients = try (0..<20).map { _ in try RequestClient(site.server.address("/api")) }
        for (line, body) in [
            ("POST /user", #"{"user_id":3,"nickname":"C","token":"t"}"#),
            ("POST /user/1/group", #"{"group_key":"g","channel_id":5}"#),
            ("POST /user/1/smile", #"{"smile":"gold","channel_id":5}"#),
            ("POST /channel", #"{"channel_id":7,"channel_title":"S","owners":[1,2]}"#),
        ] {
            for client in clients { client.socket.write(site.request(line, body)) }
            let answers = try clients.map { try $0.answer().status }
            #expect(answers.count { $0 == 201 } == 1 && answers.count { $0 == 409 } == 19, "\(line)")
        }
        for client in clients { client.socket.write(site.request("DELETE /user/3", "")) }
        let answers = try clients.map { try $0.answer().status }
        #expect(answers.count { $0 == 200 } == 1 && answers.count { $0 == 404 } == 19)
    }

    @Test func `no token stands in the database or in the log`() throws {
        let site = try populated()
        let token = site.header.split(separator: ":").last ?? ""
        #expect(
            try site.ask("POST /user", #"{"user_id":3,"nickname":"C","token":"tell-nobody"}"#).status == 201
        )
        let wrong = RequestClient.request("GET", "/api/channels/online", "authorization: site:tell-somebody")
        site.client.socket.write(wrong)
        #expect(try site.client.answer().status == 401)
        let stored = try site.server.sql("SELECT * FROM users", "SELECT * FROM credentials")
        for text in [stored, site.server.errors] {
            #expect(!text.contains(token) && !text.contains("tell-"), "\(text)")
        }
        #expect(site.server.errors.contains("a wrong credential"))
    }
}
