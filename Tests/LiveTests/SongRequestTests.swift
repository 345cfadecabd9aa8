import Testing
import Wire

/// song-request with programs that send all at once, send nonsense, fall silent or guess pins; and a server that crashes.
@Suite struct SongRequestTests {
    private func frame(_ text: String) -> [UInt8] { WebSocketClient.frame(.text, Array(text.utf8)) }

    private static let gone = WebSocketClient.Seen.text(SongSite.message("serv.User_disconnect", "anna"))
    private static let ping = SongSite.message("serv.ping", "anna")

    // MARK: What comes at once

    @Test(arguments: [false, true])
    func `operations in one segment with the identification are all carried out, in order`(
        withTheUpgrade: Bool
    ) throws {
        let site = try SongSite("anna"), admin = try site.logIn(SongSite.admin)
        let answers = (0..<100).map { SongSite.answer(to: "serv.ping", "ok", "\($0)", "6900") }
        let bytes = ([SongSite.user("anna")] + answers).flatMap(frame)
        let user = try site.client(behind: withTheUpgrade ? bytes : [])
        if !withTheUpgrade { user.socket.write(bytes) }
        #expect(try user.receive() == SongSite.welcome)
        for answer in answers { #expect(try admin.receive() == .text(answer)) }
        admin.send(Self.ping)
        #expect(try user.receive() == .text(Self.ping))
    }

    @Test func `the Admin's operations right behind his identification come to the User, in order`() throws {
        let site = try SongSite("anna"), user = try site.logIn(SongSite.user("anna"))
        let admin = try site.client()
        let songs = (0..<100).map { SongSite.adding("video \($0)") }
        admin.socket.write(([SongSite.admin] + songs).flatMap(frame))
        #expect(try admin.receive() == SongSite.welcome)
        for song in songs { #expect(try user.receive() == .text(song)) }
    }

    @Test(
        arguments: [
            ("no JSON", "data in isnot json format", "6901"),
            (#"{"nick":"anna","pass":"pin-of-anna"}"#, "data dont have needed fields", "6902"),
            (
                SongSite.admin.replacing("two", with: "three"), "secrets do not match", "6903"
            ),
            (SongSite.user("nobody"), "nick not found", "6904"),
            (SongSite.user("anna", pin: "wrong"), "incorrect password", "6905"),
        ]
    )
    func `what stands right behind a login that fails is lost, and no second login counts`(
        identification: String,
        info: String,
        code: String
    ) throws {
        let site = try SongSite("anna", "boris")
        let admin = try site.logIn(SongSite.admin), boris = try site.logIn(SongSite.user("boris"))
        let client = try site.client()
        let behind = [SongSite.user("anna"), Self.ping, SongSite.removing("video")]
        client.socket.write(([identification] + behind).flatMap(frame))
        #expect(try client.receive() == SongSite.said("err", info, code))
        #expect(try client.receive() == .close(1000))
        #expect(try client.receive() == .ended)
        boris.send(SongSite.message("serv.ping", "boris"))
        #expect(try admin.receive() == .text(SongSite.message("serv.ping", "boris")))
        #expect(try site.call(["online"]) == #"{"admin":true,"users":["boris"]}"# + "\n")
    }

    // MARK: Who misbehaves

    @Test(
        arguments: [
            [WebSocketClient.frame(.text, [0x7b, 0xff, 0x7d])],
            [
                WebSocketClient.frame(.text, isFinal: false, [0x7b, 0xd0]),
                WebSocketClient.frame(.continuation, [0x7d]),
            ],
        ]
    )
    func `text that is not UTF-8 ends its connection before and after the login, and the Admin is told`(
        frames: [[UInt8]]
    ) throws {
        let site = try SongSite("anna"), admin = try site.logIn(SongSite.admin)
        let stranger = try site.client(), user = try site.logIn(SongSite.user("anna"))
        stranger.socket.write(Array(frames.joined()))
        #expect(try stranger.closeCode() == 1007)
        user.socket.write(frame(Self.ping) + Array(frames.joined()))
        #expect(try user.closeCode() == 1007)
        #expect(try admin.receive() == .text(Self.ping))
        #expect(try admin.receive() == Self.gone)
        // The Admin hears of nobody else.
        _ = try site.logIn(SongSite.user("anna"))
        #expect(try admin.receive() == Self.gone)
    }

    @Test func `who says all and closes at once gets his answers, and the Admin hears it all`() throws {
        let site = try SongSite("anna"), admin = try site.logIn(SongSite.admin)
        let user = try site.logIn(SongSite.user("anna"))
        let said = [Self.ping, #"{"op":"?","data":{}}"#].flatMap(frame)
        user.socket.write(said + WebSocketClient.frame(.close, [3, 0xe8]))
        user.socket.finish()
        #expect(try user.receive() == SongSite.said("err", "unknown operation", "6908"))
        #expect(try user.receive() == .close(1000))
        #expect(try admin.receive() == .text(Self.ping))
        #expect(try admin.receive() == Self.gone)
    }

    @Test func `who is cut off behind his words is heard to the last, and the Admin is told`() throws {
        let site = try SongSite("anna"), admin = try site.logIn(SongSite.admin)
        let user = try site.logIn(SongSite.user("anna"))
        user.socket.write(frame(Self.ping) + frame(SongSite.removing("video")))
        user.socket.finish()
        #expect(try admin.receive() == .text(Self.ping))
        #expect(try admin.receive() == .text(SongSite.removing("video")))
        #expect(try admin.receive() == Self.gone)
    }

    @Test func `a User who has fallen silent is missed, and his next login does not wait for that`() throws {
        let site = try SongSite("anna", "boris", options: "limit idle 200ms;")
        let admin = try site.logIn(SongSite.admin)
        // He answers no pings: his machine is gone, and nobody has told the server.
        let silent = try site.logIn(SongSite.user("anna")), left = try site.logIn(SongSite.user("boris"))
        let next = try site.logIn(SongSite.user("anna"))
        var codes: [WebSocketClient.Seen] = []
        repeat { codes.append(try silent.receive()) } while codes.last != .ended
        #expect(codes.contains(.close(4000)))
        let missed = WebSocketClient.Seen.text(SongSite.message("serv.User_disconnect", "boris"))
        let deadline = Deadline(seconds: 60)
        var heard: [WebSocketClient.Seen] = []
        while heard.isEmpty {
            for client in [admin, next] {
                guard Deadline(seconds: 0.05).wait(for: client.socket.descriptor) else { continue }
                switch try client.receive(deadline) {
                case .ping(let payload): client.socket.write(WebSocketClient.frame(.pong, payload))
                case let other: heard.append(other)
                }
            }
            if deadline.hasPassed { throw Unexpected("nobody is missed") }
        }
        #expect(heard == [missed])
        #expect(try site.call(["online"]) == #"{"admin":true,"users":["anna"]}"# + "\n")
        withExtendedLifetime(left) {}
    }

    @Test func `a thousand wrong pins from one address let nobody in, and keep nobody else out`() throws {
        let site = try SongSite("anna", "boris")
        // She was here before.
        let before = try site.logIn(SongSite.user("anna"), from: 2)
        before.close()
        #expect(try before.closeCode() == 1000)
        var inside: [WebSocketClient] = []
        for number in 0..<1_000 {
            let guess = try site.client()
            let answer = try guess.ask(SongSite.user("anna", pin: "\(number)"))
            try #require(answer == SongSite.wrongPin)
            try #require(try guess.receive() == .close(1000))
            if number == 500 {
                inside.append(try site.logIn(SongSite.user("boris"), from: 2))
                inside.append(try site.logIn(SongSite.user("anna"), from: 2))
            }
        }
        // Even the right pin is a wrong one from there, now.
        #expect(try site.client().ask(SongSite.user("anna")) == SongSite.wrongPin)
        #expect(try site.call(["online"]) == #"{"admin":false,"users":["anna","boris"]}"# + "\n")
        for client in inside {
            #expect(try client.ask(Self.ping) == SongSite.said("err", "Admin not connected", "6907"))
        }
    }

    // MARK: A server that crashes

    @Test(arguments: [1, 3, 6])
    func `a User whose adding was confirmed is there after kill -9`(confirmed: Int) throws {
        let site = try SongSite()
        let calls = try (0..<12).map { number in
            (
                nick: "user\(number)",
                try site.begin(["user.add", "nick=user\(number)", "pass=pin-of-user\(number)"])
            )
        }
        // The rest are on their way: waiting, hashed, or stored and not said.
        for (_, call) in calls.prefix(confirmed) { #expect(try call.0.readLine()?.isEmpty == false) }
        try site.server.crash()
        var added: [String] = []
        for (index, (nick, call)) in calls.enumerated() {
            let outcome = try site.server.patchbay.finish(call.0, call.errors)
            if index < confirmed { #expect(outcome.code == 0) }
            if outcome.code == 0 { added.append(nick) }
        }
        try site.server.restart()
        let list = try site.call(["user.list"])
        for nick in added { #expect(list.contains(#"{"nick":"\#(nick)","online":false}"#)) }
        _ = try site.logIn(SongSite.user(added[0]))
        // What was not confirmed may be there or not; it can be added or is there already.
        for (nick, _) in calls where !list.contains("\"\(nick)\"") {
            try site.call(["user.add", "nick=\(nick)", "pass=x"])
        }
    }
}
