import Foundation
import Testing

/// vkchat with many at once, hostile texts, and a server that crashes.
@Suite struct VKChatTests {
    // MARK: Many at once

    @Test(arguments: ["Registration", "create_new_user"])
    func `of twenty who want one login at once, one gets it`(command: String) throws {
        let site = try VKChatSite("boris")
        let registration = try VKChatSite.command(command, ["login": "anna", "pas": "x"])
        let clients = try (0..<20).map { _ in try site.requests() }
        for client in clients { client.send(registration) }
        var answers: [String: Int] = [:]
        for client in clients {
            answers[try client.client.answer(Deadline(seconds: 60)).body, default: 0] += 1
        }
        let winner =
            command == "Registration"
            ? #"{"ans":"Authorization success","id":2}"# : #"{"ans":"OK"}"#
        #expect(answers == [winner: 1, #"{"ans":"Username is taken"}"#: 19])
        let found = try site.requests().ask(VKChatSite.command("get_users")).body
        #expect(found.components(separatedBy: "id_user").count == 3, "\(found)")
    }

    @Test func `two who write to one dialog keep each their order, and a follower sees the order of the ids`()
        throws
    {
        let site = try VKChatSite("anna", "boris")
        try site.makeDialog()
        let follower = try site.webSocket()
        #expect(
            try follower.ask(VKChatSite.command("Login", ["login": "anna", "pas": "x"]))
                == .text(VKChatSite.success(1).body)
        )
        #expect(
            try follower.ask(VKChatSite.command("get_msg", ["id_dialog": 1, "follow": 1]))
                == .text(#"{"Error":"0","msg":{}}"#)
        )
        let writers = [try site.requests(), try site.requests()]
        for hundred in 0..<2 {
            for number in 0..<100 {
                for (index, writer) in writers.enumerated() {
                    let text = "\(hundred * 100 + number) of \(index + 1)"
                    writer.send(try VKChatSite.message(text, by: index + 1))
                }
            }
            for _ in 0..<100 {
                for writer in writers { #expect(try writer.client.answer() == VKChatSite.said("OK")) }
            }
        }
        let stored = try site.texts(["id_dialog": 1])
        for writer in 1...2 {
            let own = stored.filter { $0.hasSuffix("of \(writer)") }
            #expect(own == (0..<200).map { "\($0) of \(writer)" })
        }
        for (index, text) in stored.enumerated() {
            guard case .text(let push) = try follower.receive() else { throw Unexpected("no push") }
            #expect(push.hasPrefix(#"{"push":"msg","msg":{"\#(index + 1)":{"text":"\#(text)","#), "\(push)")
        }
    }

    @Test func `of many messages the newest thousand are listed, and the first thousand after an id`() throws
    {
        let site = try VKChatSite("anna")
        try site.makeDialog()
        let writer = try site.requests()
        for hundred in 0..<12 {
            for number in 1...100 { writer.send(try VKChatSite.message("\(hundred * 100 + number)")) }
            for _ in 1...100 { #expect(try writer.client.answer() == VKChatSite.said("OK")) }
        }
        #expect(try site.texts() == (201...1200).map(String.init))
        for filter in [["id_dialog": 1], ["id_user": 1], ["id_dialog": 1, "id_user": 1]] {
            #expect(try site.texts(filter) == (201...1200).map(String.init))
            #expect(try site.texts(filter.merging(["after": 100]) { $1 }) == (101...1100).map(String.init))
        }
        #expect(try site.texts(["after": 1190]) == (1191...1200).map(String.init))
        #expect(try site.texts(["after": Int64.max]) == [])
    }

    // MARK: Hostile texts

    private static let attacks = [
        "'; DROP TABLE users; --", "\" OR \"\"=\"", "$1", "NULL", "\\", "%", "_", "\u{0}", "''", "😀", "--",
        "/*", ";",
    ]

    @Test(arguments: attacks) func `SQL in any text is a text`(attack: String) throws {
        let site = try VKChatSite("anna")
        try site.makeDialog()
        let client = try site.requests()
        var profile: [String: Any] = ["id_user": 1]
        for name in ["first_name", "last_name", "D_birth", "sex", "city", "photo", "status"] {
            profile[name] = attack
        }
        #expect(try client.ask(VKChatSite.command("update_user_info", profile)) == VKChatSite.said("OK"))
        let dialog = ["Name": attack, "create_date": attack, "photo": attack, "description": attack]
        #expect(
            try client.ask(VKChatSite.command("create_new_dialog", dialog)).body == #"{"ans":"OK","id":2}"#
        )
        #expect(try client.ask(VKChatSite.message(attack)) == VKChatSite.said("OK"))
        #expect(try site.texts() == [attack])
        for name in ["first_name", "last_name", "D_birth", "sex", "city"] {
            let found = try client.ask(VKChatSite.command("get_users", [name: attack])).body
            #expect(found.hasPrefix(#"{"ans":[{"id_user":1,"#), "\(name) \(found)")
            let none = try client.ask(VKChatSite.command("get_users", [name: attack + "x"])).body
            #expect(none == #"{"ans":[]}"#)
        }
        for name in ["Name", "create_date"] {
            let found = try client.ask(VKChatSite.command("get_dialogs", [name: attack])).body
            #expect(found.hasPrefix(#"{"ans":[{"id":2,"#), "\(name) \(found)")
        }
        for command in ["Login", "Registration"] {
            let answer = try client.ask(VKChatSite.command(command, ["login": attack, "pas": "x"]))
            let expected =
                command == "Login" ? VKChatSite.said("Incorrect login or password") : VKChatSite.success(2)
            #expect(answer == expected)
        }
        #expect(try client.ask(VKChatSite.message("last")) == VKChatSite.said("OK"))
    }

    private static let refused = [
        "", "{", "nonsense", "[]", "5", "\"send_msg\"", "null", "{}", #"{"cmd":5}"#, #"{"cmd":"nothing"}"#,
        #"{"cmd":"send_msg","cmd":"send_msg"}"#, #"{"cmd":"send_msg"}"#,
        #"{"cmd":"send_msg","text":"t","id_dialog":-1,"id_user":1}"#,
        #"{"cmd":"send_msg","text":"t","id_dialog":99999999999999999999,"id_user":1}"#,
        #"{"cmd":"send_msg","text":"t","id_dialog":"99999999999999999999","id_user":1}"#,
        #"{"cmd":"send_msg","text":"t","id_dialog":1,"id_user":-99999999999999999999}"#,
        #"{"cmd":"send_msg","text":"t","id_dialog":1.5,"id_user":1}"#,
        #"{"cmd":"send_msg","text":"t","id_dialog":1e0,"id_user":1}"#,
        #"{"cmd":"send_msg","text":["t"],"id_dialog":1,"id_user":1}"#,
        #"{"cmd":"get_msg","id_dialog":9}"#, #"{"cmd":"get_msg","after":"x"}"#,
        #"{"cmd":"get_user_info","id_user":true}"#, #"{"cmd":"Registration","login":"","pas":"x"}"#,
        #"{"cmd":"create_new_dialog","Name":"d","users":[1,2]}"#,
        #"{"cmd":"create_new_dialog","Name":"d","users":"1"}"#,
        String(repeating: "[", count: 65) + String(repeating: "]", count: 65), #"{"cmd":"\ud800"}"#,
    ]

    @Test(arguments: ["document", "original"])
    func `what is refused is refused by HTTP and WebSocket in the same words, and stores nothing`(
        dialect: String
    )
        throws
    {
        let site = try VKChatSite("anna")
        try site.makeDialog()
        _ = try site.server.end()
        try site.server.restart(as: VKChatSite.configuration("option dialect \(dialect);"))
        let before = try site.server.sql(Self.everything)
        let requests = try site.requests(), webSocket = try site.webSocket()
        for command in Self.refused {
            let answer = try requests.ask(command)
            #expect(try webSocket.ask(command) == .text(answer.body), "\(command)")
            #expect((answer.status == 400) == answer.body.contains("Invalid JSON"), "\(command) \(answer)")
        }
        #expect(try site.server.sql(Self.everything) == before)
    }

    private static let everything = [
        "users", "authors", "dialogs", "members", "messages", "tokens", "vk_accounts",
    ].map { "SELECT * FROM \($0)" }

    @Test func `a name of a million letters is refused, and stored nowhere`() throws {
        let site = try VKChatSite("anna")
        let before = try site.server.sql(Self.everything)
        let name = String(repeating: "n", count: 1_000_000)
        let command = try VKChatSite.command("update_user_info", ["id_user": 1, "first_name": name])
        #expect(try site.requests().ask(command).status == 413)
        let webSocket = try site.webSocket()
        webSocket.send(command)
        #expect(try webSocket.closeCode() == 1009)
        #expect(try site.server.sql(Self.everything) == before)
    }

    // MARK: What stays

    @Test func `what was confirmed is there after a crash`() throws {
        let site = try VKChatSite("anna")
        try site.makeDialog()
        let writer = try site.requests()
        for number in 1...50 { writer.send(try VKChatSite.message("\(number)")) }
        for _ in 1...25 { #expect(try writer.client.answer() == VKChatSite.said("OK")) }
        try site.server.crash()
        try site.server.restart()
        let texts = try site.texts()
        #expect(texts.count >= 25 && texts == (1...texts.count).map(String.init))
        #expect(try site.requests().ask(VKChatSite.message("more")) == VKChatSite.said("OK"))
        #expect(try site.texts().last == "more")
    }

    @Test func `a login whose token cannot be stored is refused, and the connection goes on`() throws {
        let site = try VKChatSite(options: "option sessions required;")
        let webSocket = try site.webSocket()
        let login = try VKChatSite.command("Login", ["login": "anna", "pas": "x"])
        let first = try VKChatSite.command("Registration", ["login": "anna", "pas": "x"])
        guard case .text = try webSocket.ask(first) else { throw Unexpected("not registered") }
        try site.server.failOn("INSERT ON tokens")
        let lost = VKChatSite.said("Nothing was stored, try again").body
        #expect(try webSocket.ask(login) == .text(lost))
        #expect(try webSocket.ask(VKChatSite.command("get_dialogs")) == .text(#"{"ans":[]}"#))
    }

    @Test func `a disk that is full is said, and what was there stays`() throws {
        let site = try VKChatSite("anna")
        try site.makeDialog()
        let client = try site.requests(), webSocket = try site.webSocket()
        try site.server.failOn("INSERT ON messages")
        #expect(
            try client.ask(VKChatSite.message("lost")) == VKChatSite.said("Nothing was stored, try again")
        )
        #expect(
            try webSocket.ask(VKChatSite.message("lost"))
                == .text(VKChatSite.said("Nothing was stored, try again").body)
        )
        try site.server.failNoMore()
        #expect(try client.ask(VKChatSite.message("kept")) == VKChatSite.said("OK"))
        #expect(try site.texts() == ["kept"])
    }

    @Test(arguments: [
        ("127.0.0.1:0", "", false), ("0.0.0.0:0", "", true),
        ("0.0.0.0:0", "option sessions required;", false),
    ])
    func `open sessions are told of in the log where other machines reach the service`(
        address: String,
        options: String,
        isTold: Bool
    ) throws {
        let configuration = VKChatSite.configuration(options).replacing("127.0.0.1:0", with: address)
        let server = try LiveServer(configuration)
        #expect(server.errors.contains("its sessions are open") == isTold)
        #expect(try server.end() == 0)
    }
}
