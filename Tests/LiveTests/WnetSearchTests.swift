import Crypto
import Testing

/// wnet's `search` among more bots than it lists.
@Suite struct WnetSearchTests {
    private static let most = 1000
    private static let configuration = """
        listen web { address 127.0.0.1:0; }
        service wnet {
            plugin Wnet; websocket web /wnet/ws;
            option per_address 2000; limit connections_per_address none;
        }
        """

    /// Four letters, the first and the third in both cases; each number has its own.
    private static func name(_ number: Int) -> String {
        let both = Array("abcdeABCDE"), low = Array("abcdefghij")
        return String([
            both[number % 10], low[number / 10 % 10], both[number / 100 % 10], low[number / 1000],
        ])
    }

    /// A server with one account, whose password costs next to nothing to check.
    private func server() throws -> LiveServer {
        let server = try LiveServer(WnetSearchTests.configuration)
        guard let hash = Scrypt.hash(Array("secret".utf8).span, cost: .lowest) else {
            throw Unexpected("there is no memory for a hash")
        }
        #expect(try server.end() == 0)
        try server.sql(
            """
            INSERT INTO accounts (id, username, password)
            VALUES (1, 'anna', '\(String(decoding: hash, as: UTF8.self))')
            """,
            "UPDATE last_account SET id = 1"
        )
        try server.restart()
        return server
    }

    private func bot(_ name: String, _ address: LiveAddress) throws -> WebSocketClient {
        let bot = try WebSocketClient(address, cookie: "auth=type=password&auth=anna:secret")
        let answer = try bot.ask("add@\(name)")
        guard answer == .text("info@You added as bot") else { throw Unexpected("\(name): \(answer)") }
        return bot
    }

    @Test func `of more bots than a thousand it lists the first thousand in byte order`() throws {
        Crowd.raiseFileLimit()
        let server = try server(), address = try server.address("/wnet/ws")
        // In an order of coming that is not that of their names: 10 has no divisor in common with their number.
        let names = (0...WnetSearchTests.most).map {
            WnetSearchTests.name($0 * 10 % (WnetSearchTests.most + 1))
        }
        let sorted = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        try #require(Set(names).count == WnetSearchTests.most + 1 && names != sorted)
        var bots: [String: WebSocketClient] = [:]
        for name in names { bots[name] = try bot(name, address) }
        let client = try WebSocketClient(address)
        func expect(
            _ prefix: String,
            _ names: some Sequence<String>,
            _ location: SourceLocation = #_sourceLocation
        )
            throws
        {
            let list = "list@\(prefix)@\(names.joined(separator: "@"))"
            #expect(try client.ask("search@\(prefix)") == .text(list), sourceLocation: location)
        }
        try expect("", sorted.prefix(WnetSearchTests.most))
        for prefix in ["a", "A", "ab", "abC", "abCa", "aaab", "z"] {
            try expect(prefix, sorted.filter { $0.hasPrefix(prefix) }.prefix(WnetSearchTests.most))
        }
        // A place that falls free is that of the next one.
        bots.removeValue(forKey: sorted[0])?.close()
        try server.waitForConnections(WnetSearchTests.most + 1)
        try expect("", sorted.dropFirst())
        withExtendedLifetime(bots) {}
    }
}
