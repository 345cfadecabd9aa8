import Foundation
import Testing
import Wire

/// Fire from outside: hostile back ends and browsers, what stands on the disk, and what a start refuses.
@Suite struct FireTests {
    private static let configuration = BackEnd.configuration("limit auth_failures 10/m;")

    private func browser(_ server: LiveServer, _ token: String, name: String = "site") throws
        -> WebSocketClient
    {
        let client = try WebSocketClient(server.address("/socket/websocket"))
        client.send(#"{"event":"auth","data":{"i":"\#(name)","s":"\#(token)"}}"#)
        return client
    }

    // MARK: Tokens

    private static let key = "KEY"

    /// What a token is made of, and whether it is good.
    struct Shape: Sendable, CustomTestStringConvertible {
        let what: String
        var isGood = false
        let make: @Sendable (_ key: String) -> String
        var testDescription: String { what }

        static func good(_ what: String, _ make: @escaping @Sendable (String) -> String) -> Shape {
            Shape(what: what, isGood: true, make: make)
        }

        static func bad(_ what: String, _ make: @escaping @Sendable (String) -> String) -> Shape {
            Shape(what: what, make: make)
        }

        static func bad(_ what: String, payload: String) -> Shape {
            .bad(what) { Token.make(payload, key: $0) }
        }

        static func bad(_ what: String, header: String) -> Shape {
            .bad(what) { Token.make(#"{"i":1}"#, key: $0, header: header) }
        }
    }

    private static let shapes: [Shape] = [
        .good("a number") { Token.make(#"{"i":1}"#, key: $0) },
        .good("a string") { Token.make(#"{"i":"Анна"}"#, key: $0) },
        .good("a bare number") { Token.make("7", key: $0) },
        .good("a bare string") { Token.make(#""x""#, key: $0) },
        .good("an end to come") { Token.make(#"{"i":1,"exp":99999999999}"#, key: $0) },
        .good("a beginning that was") { Token.make(#"{"i":1,"nbf":1.5}"#, key: $0) },
        .good("padding") { key in
            let parts = [#"{"alg":"HS256"}"#, #"{"i":11}"#].map { padded(Token.base64(Array($0.utf8))) }
            let token = Token.sign(parts.joined(separator: "."), key)
            return token + String(repeating: "=", count: 1)
        },
        .good("further members") { Token.make(#"{"iat":1,"i":1,"x":{"i":2}}"#, key: $0) },
        .bad("nothing between the dots") { _ in ".." },
        .bad("one part") { _ in "abc" },
        .bad("two parts") { String(Token.make("1", key: $0).prefix { $0 != "." }) + ".e30" },
        .bad("four parts") { Token.make("1", key: $0) + ".e30" },
        .bad("another key") { Token.make("1", key: $0 + "x") },
        .bad("the key's digest") { Token.make("1", key: $0.uppercased()) },
        .bad("no signature") { key in
            let token = Token.make("1", key: key)
            return String(token[...(token.lastIndex(of: ".") ?? token.startIndex)])
        },
        .bad("half a signature") { String(Token.make("1", key: $0).dropLast(20)) },
        .bad("a signature with one bit more") { key in
            // Its last digit has two bits that stand for nothing.
            let token = Token.make("1", key: key), digits = Array(alphabet)
            let last = token.last.flatMap(digits.firstIndex) ?? 0
            return String(token.dropLast()) + String(digits[last ^ 1])
        },
        .bad("padding that is too much") { Token.make("1", key: $0) + "==" },
        .bad("padding inside") { key in Token.sign("eyJ=hbGciOiJIUzI1NiJ9.MQ", key) },
        .bad("standard base 64") { key in
            Token.sign(Token.base64(Array(#"{"alg":"HS256"}"#.utf8)) + "." + "Ij8/Pz8i", key)
        },
        .bad("blanks") { " " + Token.make("1", key: $0) },
        .bad("alg none", header: #"{"alg":"none"}"#),
        .bad("alg none without a signature") { _ in
            [#"{"alg":"none"}"#, "1", ""].map { Token.base64(Array($0.utf8)) }.joined(separator: ".")
        },
        .bad("alg in lower case", header: #"{"alg":"hs256"}"#),
        .bad("another alg", header: #"{"alg":"HS512"}"#),
        .bad("no alg", header: #"{"typ":"JWT"}"#),
        .bad("an alg that is a number", header: #"{"alg":256}"#),
        .bad("two algs", header: #"{"alg":"HS256","alg":"HS256"}"#),
        .bad("two typs", header: #"{"alg":"HS256","typ":1,"typ":2}"#),
        .bad("crit", header: #"{"alg":"HS256","crit":["exp"],"exp":1}"#),
        .bad("a header that is an array", header: #"["alg","HS256"]"#),
        .bad("a header that is no JSON", header: #"{"alg":"HS256""#),
        .bad("no header", header: ""),
        .bad("an end that was", payload: #"{"i":1,"exp":1000000000}"#),
        .bad("an end of null", payload: #"{"i":1,"exp":null}"#),
        .bad("an end in words", payload: #"{"i":1,"exp":"99999999999"}"#),
        .bad("an end beyond all numbers", payload: #"{"i":1,"exp":1e999}"#),
        .bad("a beginning to come", payload: #"{"i":1,"nbf":99999999999}"#),
        .bad("a beginning that is true", payload: #"{"i":1,"nbf":true}"#),
        .bad("nobody", payload: "{}"),
        .bad("an empty name", payload: #"{"i":""}"#),
        .bad("a bare empty name", payload: #""""#),
        .bad("null", payload: #"{"i":null}"#),
        .bad("a bare null", payload: "null"),
        .bad("true", payload: #"{"i":true}"#),
        .bad("an object", payload: #"{"i":{"i":1}}"#),
        .bad("an array", payload: "[1]"),
        .bad("two names", payload: #"{"i":1,"\u0069":2}"#),
        .bad("an end twice", payload: #"{"i":1,"exp":99999999999,"exp":1}"#),
        .bad("no JSON", payload: #"{"i":1"#),
        .bad("no payload", payload: ""),
        .bad("bytes that are no UTF-8") { key in
            Token.sign(
                Token.base64(Array(#"{"alg":"HS256"}"#.utf8)) + "." + Token.base64([0x22, 0xff, 0x22]),
                key
            )
        },
        .bad("nesting without end") { Token.make(String(repeating: "[", count: 20_000), key: $0) },
    ]

    private static let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    private static func padded(_ text: String) -> String {
        text + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }

    @Test func `a token is good, or it ends its connection alone`() throws {
        let server = try LiveServer(FireTests.configuration)
        let site = try BackEnd(server), key = try site.register()
        let other = try browser(server, Token.make("1", key: key))
        _ = try other.receive()
        for shape in FireTests.shapes {
            let client = try browser(server, shape.make(key))
            guard shape.isGood else {
                #expect(try client.closeCode() == 3404, "\(shape.what)")
                continue
            }
            guard case .text(let text) = try client.receive() else {
                Issue.record("\(shape.what) is refused")
                continue
            }
            #expect(text.hasPrefix(#"{"event":"auth ok","data":{"cid":""#))
        }
        // None of them counts as a failed login.
        #expect(try site.logIn(key) == BackEnd.success)
        #expect(try other.ask(#"{"event":"x"}"#) == .text(Self.unknown))
    }

    private static let unknown = #"{"event":"error","data":{"code":312,"reason":"Invalid action..."}}"#

    // MARK: Names

    @Test(arguments: [511, 512, 513, 5_000, 60_000])
    func `long names of channels and users are apart by their last character`(count: Int) throws {
        let server = try LiveServer(BackEnd.configuration("limit message 512k;"))
        let site = try BackEnd(server), key = try site.register()
        let start = String(repeating: "ж", count: count / 2 - 1)
        let one = start + "1", other = start + "2"
        let anna = try browser(server, Token.make("\"\(one)\"", key: key))
        let boris = try browser(server, Token.make("\"\(other)\"", key: key))
        for client in [anna, boris] {
            _ = try client.receive()
            client.send(#"{"event":"subscribe","data":"\#(one)"}"#)
            #expect(try client.ask(#"{"event":"x"}"#) == .text(Self.unknown))
        }
        #expect(try site.ask(#"{"action":"emit","channel":"\#(other)","data":1}"#) == BackEnd.success)
        let channel = #""channel":"\#(one)""#
        #expect(
            try site.ask(#"{"action":"emit",\#(channel),"data":2,"userId":"\#(one)"}"#) == BackEnd.success
        )
        #expect(try site.ask(#"{"action":"emit",\#(channel),"data":3}"#) == BackEnd.success)
        #expect(try anna.receive() == .text(#"{"event":"\#(one)","data":2}"#))
        for client in [anna, boris] {
            #expect(try client.receive() == .text(#"{"event":"\#(one)","data":3}"#))
        }
        #expect(try site.ask(#"{"action":"channelInfo","channel":"\#(other)"}"#) == "false")
        #expect(
            try site.ask(#"{"action":"channelInfo",\#(channel)}"#)?
                .hasPrefix(#"{"countUser":2,"countConnection":2,"#) == true
        )
    }

    @Test func `a user whose name is as long as a book is nobody`() throws {
        let server = try LiveServer(BackEnd.configuration("limit message 512k;"))
        let key = try BackEnd(server).register()
        let name = String(repeating: "x", count: 65_600)
        #expect(try browser(server, Token.make("\"\(name)\"", key: key)).closeCode() == 3404)
    }

    @Test func `secret keys are UUIDs of random numbers`() throws {
        let server = try LiveServer(FireTests.configuration), site = try BackEnd(server)
        let keys = try (0..<9).map { try site.register("site-\($0)") }
        let form = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        #expect(keys.allSatisfy { $0.wholeMatch(of: form) != nil } && Set(keys).count == 9)
    }

    // MARK: Many channels

    /// Sends what comes of each number, and waits until all of it is handled.
    private func pour(
        _ numbers: Range<Int>,
        into client: WebSocketClient,
        _ text: (Int) -> [String]
    ) throws {
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 1000) {
            let part = start..<min(start + 1000, numbers.upperBound)
            client.socket.write(
                part.flatMap(text).flatMap { WebSocketClient.frame(.text, Array($0.utf8)) }
            )
        }
        #expect(try client.ask(#"{"event":"x"}"#) == .text(Self.unknown))
    }

    private static let unpaced = "limit queries 100000/s burst 100000;"

    @Test func `a browser may have a thousand channels`() throws {
        let server = try LiveServer(BackEnd.configuration(FireTests.unpaced))
        let site = try BackEnd(server)
        let client = try browser(server, Token.make("1", key: site.register()))
        _ = try client.receive()
        try pour(0..<1000, into: client) { [#"{"event":"subscribe","data":"\#($0)"}"#] }
        let answer = try client.ask(#"{"event":"subscribe","data":"one more"}"#)
        #expect(answer == .text(#"{"event":"error","data":{"code":300,"reason":"Too many channels"}}"#))
    }

    @Test func `the latest hundred thousand channels that anybody joined are known, after a reload too`()
        throws
    {
        let server = try LiveServer(BackEnd.configuration(FireTests.unpaced))
        let site = try BackEnd(server)
        let client = try browser(server, Token.make("1", key: site.register()))
        _ = try client.receive()
        func pass(_ numbers: Range<Int>) throws {
            try pour(numbers, into: client) { number in
                ["subscribe", "unsubscribe"].map { #"{"event":"\#($0)","data":"\#(number)"}"# }
            }
        }
        func known(_ numbers: Int...) throws -> [Int] {
            try numbers.filter {
                try site.ask(#"{"action":"channelInfo","channel":"\#($0)"}"#) != "false"
            }
        }
        try pass(0..<100_000)
        #expect(try known(0, 1, 99_999) == [0, 1, 99_999])
        // What comes again is among the latest.
        try pass(0..<1)
        try pass(100_000..<100_001)
        #expect(try known(0, 1, 2, 100_000) == [0, 2, 100_000])
        #expect(try server.command("reload", "fire").code == 0)
        #expect(try known(0, 1, 2, 100_000) == [0, 2, 100_000])
        try pass(100_001..<100_002)
        #expect(try known(0, 2, 3, 100_001) == [0, 3, 100_001])
    }

    // MARK: Back ends

    @Test(arguments: [
        ("00000000 00", 0), ("ffffffff", 0), ("00000080", 0), ("01001000", 0), ("02000000 7b7d 01", 0),
        ("02000000 5b5d 00", 1), ("02000000 7b7b 00", 1), ("01000000 80 00", 1), ("02000000 2222 00", 1),
    ])
    func `a frame that is none ends its connection alone, and what came before is answered`(
        bytes: String,
        answers: Int
    ) throws {
        let server = try LiveServer(FireTests.configuration)
        let other = try BackEnd(server), site = try BackEnd(server)
        _ = try other.register()
        let digits = bytes.compactMap(\.hexDigitValue)
        let fault = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        let before = BackEnd.frame(#"{"action":"x"}"#)
        site.socket.write(before + before + fault + before)
        for _ in 0..<2 { #expect(try site.receive()?.contains("312") == true) }
        for _ in 0..<answers { #expect(try site.receive() == Self.badJSON) }
        #expect(try site.receive() == nil)
        #expect(try other.ask(#"{"action":"get","channel":"x"}"#) == "null")
    }

    private static let badJSON = #"{"success":false,"reason":"Bad JSON","code":300}"#

    @Test func `who never reads his answers is cut off at the outbox's limit`() throws {
        let server = try LiveServer(BackEnd.configuration("limit outbox 64k;"))
        let other = try BackEnd(server), silent = try BackEnd(server, receiveBuffer: 4096)
        let key = try other.register()
        #expect(try silent.logIn(key) == BackEnd.success)
        let state = String(repeating: "x", count: 60_000)
        #expect(try other.ask(#"{"action":"set","channel":"c","data":"\#(state)"}"#) == BackEnd.success)
        // Their answers are far more than the kernel's buffers and the outbox take.
        for _ in 0..<40 {
            silent.socket.write((0..<64).flatMap { _ in BackEnd.frame(#"{"action":"get","channel":"c"}"#) })
        }
        try server.waitForConnections(1)
        #expect(try other.ask(#"{"action":"get","channel":"c"}"#) == "\"\(state)\"")
        #expect(try (server.status()["refusals"] as? [String: Int])?["too_slow"] == 1)
    }

    @Test func `ten thousand wrong keys are throttled, from their address alone`() throws {
        let server = try LiveServer(FireTests.configuration)
        let site = try BackEnd(server), stranger = try BackEnd(server, from: 2)
        let key = try site.register()
        let guess = #"{"action":"auth","name":"site","sKey":"wrong"}"#
        let claim = #"{"action":"registerNameSpace","name":"mine","key":"wrong"}"#
        for _ in 0..<50 {
            stranger.socket.write((0..<100).flatMap { _ in BackEnd.frame(guess) + BackEnd.frame(claim) })
            for _ in 0..<100 {
                #expect(try stranger.receive() == #"{"success":false,"reason":"Invalid sKey","code":305}"#)
                #expect(try stranger.receive() == #"{"success":false,"reason":"Invalid key","code":306}"#)
            }
        }
        #expect(try stranger.logIn(key)?.contains("305") == true)
        #expect(try site.logIn(key) == BackEnd.success)
        let services = try server.status()["services"] as? [[String: Any]]
        // All but the first ten, and the right one.
        #expect(services?.first?["throttled_logins"] as? Int == 9_991)
    }

    // MARK: The disk

    @Test func `what was confirmed is there after a crash`() throws {
        let server = try LiveServer(FireTests.configuration)
        let site = try BackEnd(server), key = try site.register()
        site.socket.write(
            (0..<5_000).flatMap { BackEnd.frame(#"{"action":"set","channel":"c\#($0)","data":\#($0)}"#) }
        )
        var confirmed = 0
        while confirmed < 1_000, try site.receive() == BackEnd.success { confirmed += 1 }
        try server.crash()
        while try site.receive() == BackEnd.success { confirmed += 1 }
        try server.restart()
        let again = try BackEnd(server)
        #expect(try again.logIn(key) == BackEnd.success)
        for number in 0..<confirmed {
            #expect(try again.ask(#"{"action":"get","channel":"c\#(number)"}"#) == "\(number)")
        }
    }

    @Test func `secret keys are encrypted as the options say, and changed with them`() throws {
        let server = try LiveServer(BackEnd.configuration("#"))
        let key = try BackEnd(server).register()
        #expect(try stored(server).contains(key))
        try restart(server, "option storage_key first-key;")
        #expect(try BackEnd(server).logIn(key) == BackEnd.success)
        #expect(try !stored(server).contains(key))
        try restart(server, "option storage_key second-key;\n    option storage_key_before first-key;")
        #expect(try BackEnd(server).logIn(key) == BackEnd.success)
        #expect(try refusal(server, "option storage_key first-key;").contains(Self.locked))
        #expect(try refusal(server, "#").contains(Self.locked))
        try restart(server, "option storage_key second-key;")
        #expect(try BackEnd(server).logIn(key) == BackEnd.success)
        try restart(server, "option storage_key_before second-key;")
        #expect(try BackEnd(server).logIn(key) == BackEnd.success)
        #expect(try stored(server).contains(key))
    }

    private static let locked =
        "the secret key of name space site is encrypted with another storage_key than the options say; "
        + "give that as option storage_key, or as storage_key_before to have it changed"

    /// What is on the disk when the server has ended in good order, a character for each byte.
    private func stored(_ server: LiveServer) throws -> String {
        #expect(try server.end() == 0)
        #expect(server.patchbay.folder.mode("state/fire.sqlite") == 0o600)
        return server.patchbay.folder.characters("state/fire.sqlite")
    }

    /// What a start with these options says, that does not succeed.
    private func refusal(_ server: LiveServer, _ options: String) throws -> String {
        _ = try server.end()
        try server.patchbay.write("state FOLDER/state;\n" + BackEnd.configuration(options))
        let outcome = try server.patchbay.command("run")
        #expect(outcome.code == 1)
        return outcome.errors
    }

    private func restart(_ server: LiveServer, _ options: String) throws {
        _ = try server.end()
        try server.restart(as: BackEnd.configuration(options))
    }

    // MARK: The key

    @Test(arguments: ["127.0.0.1", "[::1]"])
    func `the example's key serves this machine`(address: String) throws {
        let server = try LiveServer(Self.example(listening: address))
        #expect(try server.end() == 0)
    }

    @Test(arguments: ["*", "0.0.0.0", "[::]"])
    func `the example's key serves no other machine`(address: String) throws {
        let patchbay = try Patchbay("state FOLDER/state;\n" + Self.example(listening: address))
        let outcome = try patchbay.command("run")
        #expect(outcome.code == 1)
        #expect(
            outcome.errors.contains(
                "the key is the example's, and other machines can connect; give the service"
            )
        )
    }

    @Test func `an empty key serves nobody`() throws {
        let configuration = BackEnd.configuration("").replacing("server-key", with: #""""#)
        let outcome = try Patchbay("state FOLDER/state;\n" + configuration).command("run")
        #expect(outcome.code == 1 && outcome.errors.contains("the option key is empty; give the service one"))
    }

    /// With the key that the plugins.conf of the project has.
    private static func example(listening address: String) throws -> String {
        let shipped = try String(contentsOfFile: "\(Products.root)/plugins.conf", encoding: .utf8)
        let words = shipped.split { " ;\n".contains($0) }
        let place = try #require(words.indices.first { words[$0] == "option" && words[$0 + 1] == "key" })
        return BackEnd.configuration("").replacing(
            "listen control { address 127.0.0.1:0; }",
            with: "listen control { address \(address):0; }"
        )
        .replacing("server-key", with: words[place + 2])
    }
}
