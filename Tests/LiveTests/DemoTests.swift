import Foundation
import Testing

/// The gg plugin's demo: its page, and users for whoever comes with a nick.
@Suite struct DemoTests {
    private let configuration = ChatPageTests.configuration.replacing(
        "limit rate 1000/s burst 1000;",
        with: "limit connections_per_address none;"
    )

    private struct Answer {
        let status: Int
        let head: String
        let body: String

        /// A member of a JSON object that has only texts.
        subscript(name: String) -> String? {
            (try? JSONDecoder().decode([String: String].self, from: Data(body.utf8)))?[name]
        }
    }

    private func ask(
        _ server: LiveServer,
        _ method: String,
        _ path: String,
        type: String = "application/json",
        body: String = "",
        from host: UInt8 = 1,
        forwardedFor address: String = ""
    ) throws -> Answer {
        let socket = try PeerSocket(port: try server.address("/demo").port, from: host)
        let fields = ["Host: a", "Content-Type: \(type)", "Connection: close", "X-Forwarded-For: \(address)"]
        let head = "\(method) \(path) HTTP/1.1\r\n\(fields.joined(separator: "\r\n"))\r\n"
        socket.write(Array("\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
        let text = String(decoding: try socket.readToEnd(), as: UTF8.self)
        let parts = text.components(separatedBy: "\r\n\r\n")
        let status = Int(parts[0].split(separator: " ")[1]) ?? 0
        return Answer(status: status, head: parts[0], body: parts.dropFirst().joined(separator: "\r\n\r\n"))
    }

    private func enter(_ server: LiveServer, _ nick: String, from host: UInt8 = 1) throws -> Answer {
        let body = String(decoding: try JSONEncoder().encode(["nick": nick]), as: UTF8.self)
        return try ask(server, "POST", "/demo/enter", body: body, from: host)
    }

    /// What `success_join` says of one's rights and of the streamer.
    private func join(_ visitor: Answer, at server: LiveServer) throws -> (WebSocketClient, String) {
        let client = try WebSocketClient(server.address("/chat/websocket"))
        try client.expect("welcome")
        let id = visitor["user_id"] ?? "", token = visitor["token"] ?? ""
        client.send(#"{"type":"auth","data":{"site_id":1,"user_id":"\#(id)","token":"\#(token)"}}"#)
        #expect(try client.expect("success_auth").contains("\"user_id\":\"\(id)\""))
        client.send(#"{"type":"join","data":{"channel_id":"\#(visitor["channel_id"] ?? "")"}}"#)
        return (client, try client.expect("success_join"))
    }

    @Test(arguments: ["/demo", "/demo/"])
    func `the page is the document's, and may do no more than it does`(path: String) throws {
        let server = try LiveServer(configuration)
        let page = try ask(server, "GET", path)
        let file = try String(
            contentsOfFile: "\(Products.root)/Docs/examples/gg-chat/index.html",
            encoding: .utf8
        )
        #expect(page.status == 200 && page.body == file)
        #expect(page.head.contains("\r\nContent-Type: text/html; charset=utf-8"))
        #expect(page.head.contains("\r\nCache-Control: public, max-age=60\r\n"))
        let policy = try #require(page.head.firstMatch(of: /Content-Security-Policy: ([^\r]*)/)?.1)
        let rules = policy.split(separator: ";").map { $0.drop { $0 == " " } }
        #expect(rules.contains("default-src 'none'") && rules.contains("frame-ancestors 'none'"))
        #expect(rules.contains { $0.wholeMatch(of: /script-src 'sha256-[\w+\/]{43}='/) != nil })
        #expect(rules.contains { $0.wholeMatch(of: /style-src 'sha256-[\w+\/]{43}='/) != nil })
    }

    @Test(arguments: ["option demo off;", ""])
    func `where the demo is off there is no page, no channel, and nobody is let in`(option: String) throws {
        let server = try LiveServer(configuration.replacing("option demo on;", with: option))
        #expect(try ask(server, "GET", "/demo").status == 404)
        #expect(try enter(server, "Anna").status == 404)
        #expect(try server.command("call", "gg", "channel.remove", "channel_id=1").code == 1)
    }

    @Test func `the first is the streamer of a channel that was made for it, and the second is not`() throws {
        let server = try LiveServer(configuration)
        let anna = try enter(server, "  Anna "), boris = try enter(server, "Борис")
        #expect(anna.status == 201 && boris.status == 201)
        #expect([anna["user_id"], boris["user_id"]] == ["1000000000", "1000000001"])
        #expect(anna["token"] != boris["token"] && anna["token"]?.count == 32)
        let (_, seen) = try join(anna, at: server)
        #expect(seen.contains("\"channel_name\":\"Patchbay\"") && seen.contains("\"name\":\"Anna\""))
        #expect(seen.contains("\"access_rights\":\"20\""))
        #expect(try join(boris, at: server).1.contains("\"access_rights\":\"0\""))
    }

    @Test func `when no owner is there any more, the next who comes is the streamer`() throws {
        let server = try LiveServer(configuration)
        let anna = try enter(server, "Anna")
        try server.crash()
        try server.restart()
        let boris = try enter(server, "Boris")
        #expect(try join(boris, at: server).1.contains("\"access_rights\":\"20\""))
        #expect(try join(anna, at: server).1.contains("\"access_rights\":\"0\""))
        let vera = try enter(server, "Vera")
        #expect(try join(vera, at: server).1.contains("\"access_rights\":\"0\""))
    }

    @Test func `a channel of the operator's stays the operator's`() throws {
        let plain = configuration.replacing("option demo on;", with: "")
        let server = try LiveServer(plain)
        #expect(try server.command("call", "gg", "channel.add", "channel_id=7", "name=Seven").code == 0)
        #expect(try server.end() == 0)
        try server.patchbay.write("state FOLDER/state;\n" + configuration)
        try server.restart()
        let anna = try enter(server, "Anna")
        #expect(anna["channel_id"] == "7")
        #expect(try join(anna, at: server).1.contains("\"access_rights\":\"0\""))
        #expect(try server.command("call", "gg", "channel.remove", "channel_id=1").code == 1)
    }

    @Test(arguments: [
        ("text/plain", #"{"nick":"Vera"}"#, 415), ("", #"{"nick":"Vera"}"#, 415),
        ("application/json; charset=utf-8", #"{"nick":"Vera"}"#, 201),
        ("application/json", #"{"nick":"Anna"}"#, 409),
        ("application/json", #"{"nick":" \u0020\u3000"}"#, 422),
        ("application/json", #"{"nick":"a234567890123456789012"}"#, 422),
        ("application/json", #"{"nick":"яяяяяяяяяяяяяяяяяяяя"}"#, 201),
        ("application/json", #"{"nick":"a\u0000b"}"#, 422),
        ("application/json", #"{"nick":"a\u202eb"}"#, 422),
        ("application/json", #"{"nick":5}"#, 422), ("application/json", #"{"nick":"a","nick":"b"}"#, 422),
        ("application/json", "nick=Vera", 422), ("application/json", "", 422),
    ])
    func `a nick is asked for as JSON, is new, and has 1 to 20 characters`(
        type: String,
        body: String,
        status: Int
    ) throws {
        let server = try LiveServer(configuration)
        #expect(try enter(server, "Anna", from: 2).status == 201)
        let answer = try ask(server, "POST", "/demo/enter", type: type, body: body)
        #expect(answer.status == status, "\(answer.body)")
        #expect((answer["error"] == nil) == (status == 201))
    }

    @Test func `ten a minute come from one address`() throws {
        let server = try LiveServer(configuration)
        let statuses = try (1...12).map { try enter(server, "a\($0)").status }
        #expect(statuses == Array(repeating: 201, count: 10) + [429, 429])
        #expect(try enter(server, "b", from: 2).status == 201)
    }

    @Test(arguments: [
        ("2001:db8::%", "2001:db8::1:0:0:1", true), ("2001:db8::%:2:3:4:5:6", "2001:db8:0:8:2::", false),
        ("2001:db8::%", "2001:db9::1", false), ("::%", "::ff:1", true),
        ("1:2:3:4:5:6:7:%", "1:2:3:4::", true),
        ("1:2:3:4:5:6:7:%", "1:2:3:5:5:6:7:8", false), ("::ffff:192.0.2.%", "192.0.2.77", false),
    ])
    func `ten a minute come from one network of IPv6`(ten: String, other: String, isSame: Bool) throws {
        let server = try LiveServer(
            configuration.replacing("127.0.0.1:0;", with: "127.0.0.1:0; trust_forwarded 127.0.0.1;")
        )
        func come(_ nick: String, from address: String) throws -> Int {
            try ask(server, "POST", "/demo/enter", body: "{\"nick\":\"\(nick)\"}", forwardedFor: address)
                .status
        }
        for number in 1...10 {
            _ = try come("a\(number)", from: ten.replacing("%", with: "\(number)"))
        }
        #expect(try come("b", from: other) == (isSame ? 429 : 201))
    }

    @Test func `a page of another origin is not allowed to ask`() throws {
        let server = try LiveServer(configuration)
        let answer = try ask(server, "OPTIONS", "/demo/enter")
        #expect(!answer.head.lowercased().contains("access-control"))
    }

    @Test func `beyond a thousand the oldest go who are not there, and nobody comes when all are`() throws {
        let server = try LiveServer(configuration)
        // Their token is "t".
        try server.sql(
            """
            WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 999)
            INSERT INTO users (id, name, token, rights) SELECT 1000000000 + n, 'visitor ' || n,
            'e3b98a4da31a127d4bde6e43033f66ba274cab0eb7eb1c70ec41402bf6273dd8', 0 FROM numbers
            """
        )
        try server.sql("INSERT INTO visitors (user_id) SELECT id FROM users WHERE id >= 1000000000")
        Crowd.raiseFileLimit()
        func come(_ number: Int) throws -> WebSocketClient {
            let client = try WebSocketClient(server.address("/chat/websocket"))
            client.send(
                #"{"type":"auth","data":{"site_id":1,"user_id":\#(1_000_000_000 + number),"token":"t"}}"#
            )
            try #require(try client.expect("success_auth").contains("visitor \(number)\""))
            return client
        }
        var clients = [try come(0)]
        let anna = try enter(server, "Anna")
        #expect(anna["user_id"] == "1000001000")
        let removed = try server.command("call", "gg", "user.remove", "user_id=1000000001")
        #expect(removed.code == 1, "the second was let go, as the first is there")
        clients += try (2..<1000).map(come)
        let (last, _) = try join(anna, at: server)
        #expect(try enter(server, "Boris").status == 503)
        last.socket.finish()
        try last.socket.waitForEnd()
        try server.waitForConnections(999)
        #expect(try enter(server, "Boris").status == 201)
        #expect(clients.count == 999)
    }

    @Test func `users of the operator's are never let go, whatever their numbers are`() throws {
        let server = try LiveServer(configuration)
        for id in ["1000000000", "1500000000", "9223372036854775807"] {
            let added = try server.command(
                "call",
                "gg",
                "user.add",
                "user_id=\(id)",
                "name=n\(id)",
                "token=t"
            )
            #expect(added.code == 0)
        }
        #expect(try enter(server, "Anna")["user_id"] == "1500000001")
        try server.sql(
            """
            WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 998)
            INSERT INTO visitors (user_id) SELECT 3000000000 + n FROM numbers
            """
        )
        #expect(try enter(server, "Boris")["user_id"] == "1500000002")
        #expect(
            try server.command("call", "gg", "user.remove", "user_id=1500000001").code == 1,
            "Anna was let go"
        )
        #expect(try server.command("call", "gg", "user.remove", "user_id=1500000000").code == 0)
    }

    @Test(arguments: ["INSERT ON visitors", "INSERT ON users", "INSERT ON owners"])
    func `nobody is made whom the store cannot keep`(fails: String) throws {
        let server = try LiveServer(configuration)
        try server.failOn(fails)
        #expect(try enter(server, "Anna").status == 503)
        try server.failNoMore()
        let anna = try enter(server, "Anna")
        #expect(anna.status == 201)
        #expect(anna["user_id"] == "1000000000")
        #expect(try join(anna, at: server).1.contains("\"access_rights\":\"20\""))
    }
}
