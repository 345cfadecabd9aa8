/// The gg plugin with one channel and some people who have names.
struct GGChannel {
    static let configuration = """
        listen web { address 127.0.0.1:0; }
        service gg {
            plugin GG;
            limit rate 10000/s burst 10000;
            limit connections_per_address none;
            websocket web /chat/websocket;
        }
        """

    let server: LiveServer

    /// Makes channel 5 and the users 1 to `users`; the token of user 1 is `t1`.
    init(_ server: LiveServer, users: Int) throws {
        self.server = server
        try run(["channel.add", "channel_id=5", "name=Five"])
        for user in 1...users {
            try run(["user.add", "user_id=\(user)", "name=User\(user)", "token=t\(user)"])
        }
    }

    private func run(_ words: [String]) throws {
        let (program, errors) = try server.patchbay.begin(
            ["call", "gg"] + words + ["-c", server.patchbay.file]
        )
        let outcome = try server.patchbay.finish(program, errors)
        guard outcome.code == 0 else { throw Unexpected(outcome.errors) }
    }

    static func authentication(user: Int?) -> String {
        guard let user else { return #"{"type":"auth","data":{"site_id":1}}"# }
        return #"{"type":"auth","data":{"site_id":1,"user_id":"\#(user)","token":"t\#(user)"}}"#
    }

    static let joining = #"{"type":"join","data":{"channel_id":"5"}}"#
    static let history = #"{"type":"get_channel_history","data":{"channel_id":"5"}}"#

    /// Asks for the first 50 messages after the one of the number `from`.
    static func history(from: Int) -> String {
        #"{"type":"get_channel_history","data":{"channel_id":"5","from":"\#(from)"}}"#
    }

    /// A message to the channel; `text` needs no escapes in JSON.
    static func saying(_ text: String) -> String {
        #"{"type":"send_message","data":{"channel_id":"5","text":"\#(text)"}}"#
    }

    func saying(_ text: String) -> String { GGChannel.saying(text) }

    /// A client in the channel; nil: a guest.
    func join(user: Int?) throws -> WebSocketClient {
        let client = try WebSocketClient(server.address("/chat/websocket"))
        try client.expect("welcome")
        client.send(GGChannel.authentication(user: user))
        try client.expect("success_auth")
        client.send(GGChannel.joining)
        try client.expect("success_join")
        return client
    }

    /// The number that a message's text is; nil for what is no message.
    static func number(_ payload: Span<UInt8>) -> Int? {
        let mark = #""text":""#.utf8.span
        var start = payload.count - mark.count
        while start > 0 {
            var matching = 0
            while matching < mark.count, payload[start + matching] == mark[matching] { matching += 1 }
            if matching == mark.count { break }
            start -= 1
        }
        guard start > 0 else { return nil }
        var end = start + mark.count
        while end < payload.count, payload[end] != UInt8(ascii: "\"") { end += 1 }
        return Crowd.decimal(payload.extracting(start + mark.count..<end))
    }
}

extension WebSocketClient {
    /// Takes messages until one of the type `type` comes, whose text is answered.
    @discardableResult
    func expect(_ type: String) throws -> String {
        while true {
            switch try receive() {
            case .text(let text) where text.contains("\"type\":\"\(type)\""): return text
            case .text: continue
            case let other: throw Unexpected("\(other) came where \(type) was expected")
            }
        }
    }
}
