import Foundation

/// vkchat, and who talks to it.
struct VKChatSite {
    static func configuration(_ options: String) -> String {
        """
        listen web { address 127.0.0.1:0; }
        service vkchat {
            plugin VKChat;
            http web /tests/endpoint;
            http web /tests/ form;
            websocket web /vkchat/ws;
            \(options)
        }
        """
    }

    let server: LiveServer

    /// - Parameter users: who registers, in this order, each with the password `x`.
    init(_ users: String..., options: String = "") throws {
        server = try LiveServer(VKChatSite.configuration(options))
        let client = try requests()
        for (number, user) in users.enumerated() {
            let answer = try client.ask(VKChatSite.command("Registration", ["login": user, "pas": "x"]))
            guard answer == VKChatSite.success(number + 1) else { throw Unexpected("not made: \(answer)") }
        }
    }

    static func success(_ id: Int) -> RequestClient.Answer {
        RequestClient.Answer(status: 200, body: #"{"ans":"Authorization success","id":\#(id)}"#)
    }

    static func said(_ text: String) -> RequestClient.Answer {
        RequestClient.Answer(status: 200, body: #"{"ans":"\#(text)"}"#)
    }

    /// A command in JSON, its members in the order of their names but for `cmd`.
    static func command(_ name: String, _ attributes: [String: Any] = [:]) throws -> String {
        let rest = try JSONSerialization.data(withJSONObject: attributes, options: [.sortedKeys])
        let members = String(decoding: rest, as: UTF8.self).dropFirst()
        return #"{"cmd":"\#(name)"\#(attributes.isEmpty ? "" : ",")\#(members)"#
    }

    static func message(_ text: String, in dialog: Int = 1, by user: Int = 1) throws -> String {
        try command("send_msg", ["text": text, "id_dialog": dialog, "id_user": user])
    }

    func makeDialog() throws {
        let answer = try requests().ask(VKChatSite.command("create_new_dialog", ["Name": "d"]))
        guard answer.body.hasPrefix(#"{"ans":"OK""#) else { throw Unexpected("no dialog: \(answer)") }
    }

    func requests() throws -> Requests {
        Requests(client: try RequestClient(server.address("/tests/endpoint")))
    }

    func webSocket() throws -> WebSocketClient { try WebSocketClient(server.address("/vkchat/ws")) }

    /// Commands by HTTP, on one connection.
    struct Requests {
        let client: RequestClient

        func ask(_ command: String) throws -> RequestClient.Answer {
            try client.ask("POST", "/tests/endpoint", body: command)
        }

        func send(_ command: String) { client.send("POST", "/tests/endpoint", body: command) }
    }

    /// The texts of all messages, oldest first.
    func texts(_ attributes: [String: Any] = [:]) throws -> [String] {
        let answer = try requests().ask(VKChatSite.command("get_msg", attributes))
        let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        let messages = object?["msg"] as? [String: [String: Any]] ?? [:]
        let byId = messages.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) }
        return byId.map { $0.value["text"] as? String ?? "" }
    }
}
