import Net
import Store
import Testing
import Wire

@testable import Core

/// SockJS sessions over requests, from their first receiver on.
@Suite struct SessionTests {
    static let service =
        "service puppet { plugin Puppet; websocket web /main; sockjs web /sock; sockjs web /door door; }"

    private func server(_ settings: String = "", _ defines: [String] = [], listen: String = "") throws
        -> TestServer
    {
        let plugin = FaultPlugin(source: "puppet", defines: defines)
        return try TestServer(settings + "\n" + SessionTests.service, plugin: plugin, listen: listen)
    }

    private func watcher(_ test: TestServer) throws -> TestPeer {
        let watcher = try test.open()
        _ = watcher.ask("join watch")
        return watcher
    }

    // MARK: Opening

    @Test(arguments: [
        ("POST", "xhr", "o\n"), ("POST", "xhr_streaming", String(repeating: "h", count: 2048) + "\n|o\n"),
        ("GET", "eventsource", "\r\n|data: o\r\n\r\n"),
        ("GET", "jsonp?c=call", "/**/call(\"o\");\r\n"),
    ])
    func `each transport that receives opens a session`(method: String, last: String, body: String) throws {
        let test = try server(), client = SessionClient(test), peer = test.connect()
        let isStreaming = body.contains("|")
        let answer = try #require(peer.exchange(client.request(method, last), hasBody: !isStreaming))
        #expect(answer.status == 200)
        #expect((isStreaming ? peer.chunks().joined(separator: "|") : answer.body) == body)
        #expect(try test.service().peers.count == 1)
        #expect(client.send("echo hello") == 204)
    }

    @Test func `an htmlfile is a page that calls with each frame`() throws {
        let test = try server(), client = SessionClient(test), peer = test.connect()
        let answer = try #require(peer.exchange(client.request("GET", "htmlfile?c=call"), hasBody: false))
        #expect(answer.fields["content-type"] == "text/html; charset=UTF-8")
        let chunks = peer.chunks()
        #expect(chunks.count == 2 && chunks[0].contains("parent.call;"))
        #expect(chunks.last == "<script>\np(\"o\");\n</script>\r\n")
        client.send("echo </script>")
        #expect(peer.chunks() == ["<script>\np(\"a[\\\"\\u003c/script>\\\"]\");\n</script>\r\n"])
    }

    @Test func `a session is a connection by SockJS for its service`() throws {
        let test = try server(), client = SessionClient(test), door = SessionClient(test, "/door")
        _ = (client.poll(), door.poll())
        client.send("peer", "who", "everybody")
        #expect(client.poll() == "a[\"1 at '' from 127.0.0.1 as ''\",\":0\",\"2\"]\n")
        door.send("login anna", "peer", "who")
        #expect(door.poll() == "a[\"0\",\"1 at 'door' from 127.0.0.1 as ''\",\"anna:1\"]\n")
    }

    @Test func `a message for a session that nobody has opened is 404, and opens none`() throws {
        let test = try server(), client = SessionClient(test)
        #expect(client.send("echo x") == 404)
        #expect(try test.service().peers.count == 0)
        #expect(test.server.refusals["http_404"] == 1)
    }

    @Test func `the server's part of the path says nothing, the session's everything`() throws {
        let test = try server(), anna = SessionClient(test, name: "anna"),
            ben = SessionClient(test, name: "ben")
        _ = (anna.poll(), ben.poll())
        let other = test.connect()
        let request = Array(
            "POST /sock/other/anna/xhr_send HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n[\"echo x\"]"
                .utf8
        )
        #expect(other.exchange(request)?.status == 204)
        #expect(anna.poll() == "a[\"x\"]\n")
        #expect(ben.poll() == nil)
    }

    @Test func `two services, or two paths of one, have sessions of the same name`() throws {
        let test = try TestServer(
            SessionTests.service + "service echo { plugin EchoC; sockjs web /echo; }"
        )
        let clients = ["/sock", "/door", "/echo"].map { SessionClient(test, $0, name: "same") }
        for client in clients { #expect(client.poll() == "o\n") }
        clients[0].send("echo mine")
        clients[1].send("login anna", "who")
        clients[2].send("echo mine")
        #expect(
            clients.map { $0.poll() } == ["a[\"mine\"]\n", "a[\"0\",\"anna:1\"]\n", "a[\"echo mine\"]\n"]
        )
    }

    // MARK: Messages

    @Test func `several messages in one body are handled in order, and answered in one frame`() throws {
        let test = try server(), client = SessionClient(test)
        _ = client.poll()
        client.send("echo 1", "echo 2", "echo 3")
        client.send("echo 4")
        #expect(client.poll() == "a[\"1\",\"2\",\"3\",\"4\"]\n")
        #expect(client.poll() == nil)
    }

    @Test
    func `a body may hold more than one message may be long, and one that is too long ends the session`()
        throws
    {
        let test = try TestServer("service puppet { plugin Puppet; sockjs web /sock; limit message 1k; }")
        let client = SessionClient(test)
        #expect(client.poll() == "o\n")
        let text = "echo " + String(repeating: "x", count: 900)
        #expect(client.send(text, text, text, text) == 204)
        #expect(client.poll()?.utf8.count == 4 * 903 + 3)
        #expect(client.send("echo " + String(repeating: "x", count: 1100), "echo lost") == 204)
        #expect(client.poll() == "c[1009,\"the message is over the limit\"]\n")
        #expect(test.server.refusals == ["websocket_messageTooBig": 1])
        #expect(client.send(String(repeating: "x", count: 9000)) == 413)
    }

    @Test func `who waits gets an answer before the next message is sent`() throws {
        let test = try server(), client = SessionClient(test)
        let stream = try client.stream()
        #expect(stream.chunks() == ["o\n"])
        for number in 0..<3 {
            client.send("echo \(number)")
            #expect(stream.chunks() == ["a[\"\(number)\"]\n"])
        }
    }

    @Test func `polling and sending go on over one connection each`() throws {
        let test = try server(), client = SessionClient(test)
        let polling = test.connect(), sending = test.connect()
        #expect(client.poll(on: polling) == "o\n")
        for number in 0..<20 {
            #expect(client.poll(on: polling) == nil)
            #expect(client.send("echo \(number)", on: sending) == 204)
            #expect(polling.answer()?.body == "a[\"\(number)\"]\n")
        }
        #expect(test.server.connectionCount == 3)
    }

    @Test func `requests of a session that come at once are answered in order`() throws {
        let test = try server(), client = SessionClient(test), peer = test.connect()
        let requests =
            client.request("POST", "xhr") + client.request("POST", "xhr_send", body: "[\"echo 1\"]")
            + client.request("POST", "xhr") + client.request("POST", "xhr_send", body: "[\"echo 2\"]")
            + client.request("POST", "xhr")
        peer.send(bytes: requests)
        var bodies: [String] = []
        while let answer = peer.answer() { bodies.append("\(answer.status) \(answer.body)") }
        #expect(bodies == ["200 o\n", "204 ", "200 a[\"1\"]\n", "204 ", "200 a[\"2\"]\n"])
    }

    @Test func `what stands behind a request that waits is read when it is answered`() throws {
        let test = try server(), client = SessionClient(test), peer = test.connect()
        _ = client.poll()
        peer.send(
            bytes: client.request("POST", "xhr") + client.request("POST", "xhr_send", body: "[\"echo 2\"]")
        )
        #expect(peer.answer() == nil)
        client.send("echo 1")
        #expect(peer.answer()?.body == "a[\"1\"]\n")
        #expect(peer.answer()?.status == 204)
        #expect(client.poll() == "a[\"2\"]\n")
    }

    @Test(arguments: [
        ("", 500, "Payload expected.", "sockjs_payloadExpected"),
        ("[\"echo x\"", 500, "Broken JSON encoding.", "sockjs_brokenJSON"),
        ("\"echo x\"", 500, "Payload expected.", "sockjs_payloadExpected"),
        ("[\"echo x\",1]", 500, "Payload expected.", "sockjs_payloadExpected"),
    ])
    func `a body that is none is refused and counted, and nothing of it is handled`(
        body: String,
        status: Int,
        sentence: String,
        reason: String
    ) throws {
        let test = try server(), client = SessionClient(test), peer = test.connect()
        _ = client.poll()
        let answer = try #require(client.send(body: body, on: peer))
        #expect(answer.status == status && answer.body == sentence)
        #expect(test.server.refusals == [reason: 1])
        #expect(client.send("echo y", on: peer) == 204)
        #expect(client.poll() == "a[\"y\"]\n")
    }

    @Test func `a message is JSON on its way in, and on its way out`() throws {
        let test = try server(), client = SessionClient(test)
        _ = client.poll()
        client.send(#"echo a\"\\\u2028\ud83d\ude00é"#)
        #expect(client.poll() == #"a["a\"\\\u2028😀é"]"# + "\n")
    }

    @Test func `jsonp sends by a form and receives by calls`() throws {
        let test = try server(), client = SessionClient(test)
        let poll = client.request("GET", "jsonp?c=%63all")
        #expect(test.connect().exchange(poll)?.body == "/**/call(\"o\");\r\n")
        let form = ["Content-Type: application/x-www-form-urlencoded"]
        let sent = test.connect().exchange(
            client.request("POST", "jsonp_send", body: "d=%5B%22echo+1%22%5D", form)
        )
        #expect(sent?.status == 200 && sent?.body == "ok")
        let plain = client.request("POST", "jsonp_send", body: "[\"echo 2\"]", ["Content-Type: text/plain"])
        #expect(test.connect().exchange(plain)?.body == "ok")
        let answer = try #require(test.connect().exchange(poll))
        #expect(answer.body == "/**/call(\"a[\\\"1\\\",\\\"2\\\"]\");\r\n")
        #expect(answer.fields["x-content-type-options"] == "nosniff")
    }

    @Test(arguments: [("jsonp", "callbackRequired"), ("jsonp?c=a%28b", "callbackInvalid")])
    func `a receiver without its callback is 500 and opens nothing`(last: String, reason: String) throws {
        let test = try server(), client = SessionClient(test), peer = test.connect()
        #expect(peer.exchange(client.request("GET", last))?.status == 500)
        #expect(test.server.refusals == ["sockjs_\(reason)": 1])
        #expect(test.server.connectionCount == 1)
    }

    @Test func `a room of every kind of member gets each message once, in order`() throws {
        let test = try server(), client = SessionClient(test), polling = SessionClient(test, name: "p")
        let plain = try test.open(), raw = try test.open("/sock/websocket"),
            sockJS = try test.open("/sock/a/b/websocket")
        #expect(sockJS.seen() == [.text("o")])
        let stream = try client.stream()
        _ = (stream.chunks(), polling.poll())
        for peer in [plain, raw] { #expect(peer.ask("join room") == [.text("0")]) }
        #expect(sockJS.ask("[\"join room\"]") == [.text("a[\"0\"]")])
        client.send("join room")
        polling.send("join room")
        #expect(stream.chunks() == ["a[\"0\"]\n"] && polling.poll() == "a[\"0\"]\n")
        for number in 0..<3 { plain.send("publish room \(number)") }
        #expect(plain.seen().texts == ["0", "1", "2"] && raw.seen().texts == ["0", "1", "2"])
        #expect(sockJS.seen().texts == ["a[\"0\"]", "a[\"1\"]", "a[\"2\"]"])
        #expect(stream.chunks() == ["a[\"0\",\"1\",\"2\"]\n"])
        #expect(polling.poll() == "a[\"0\",\"1\",\"2\"]\n")
    }

    @Test func `a stream and a session share a room`() throws {
        let test = try TestServer(
            """
            listen control { address 127.0.0.1:0; }
            service puppet { plugin Puppet; stream control lines; sockjs web /sock; }
            """
        )
        let client = SessionClient(test), stream = TestPeer(test.engine.connect(to: 1), test)
        _ = (client.poll(), client.send("join room"))
        stream.send(bytes: Array("join room\npublish room from a stream\n".utf8))
        #expect(stream.rest() == "0\nfrom a stream\n")
        client.send("publish room from a session")
        #expect(stream.rest() == "from a session\n")
        #expect(client.poll() == "a[\"0\",\"from a stream\",\"from a session\"]\n")
    }

    @Test func `binary that is text is sent by SockJS too, and what is none is lost`() throws {
        let test = try server(), client = SessionClient(test)
        let plain = try test.open(), sockJS = try test.open("/sock/a/b/websocket")
        _ = (client.poll(), plain.ask("join room"), sockJS.ask("[\"join room\"]"), client.send("join room"))
        for bytes in [
            Array("shout room é".utf8), Array("shout room ".utf8) + [0xff], Array("shout room x".utf8),
        ] {
            plain.send(bytes: plain.frame(.binary, bytes))
        }
        #expect(plain.seen() == [.binary([0xc3, 0xa9]), .binary([0xff]), .binary([0x78])])
        #expect(sockJS.seen() == [.text("a[\"é\"]"), .text("a[\"x\"]")])
        #expect(client.poll() == "a[\"0\",\"é\",\"x\"]\n")
    }

    // MARK: What stays

    @Test func `state, rooms and login of a session outlive a reload, and what waits for it too`() throws {
        let test = try server(), client = SessionClient(test, "/door"), watcher = try watcher(test)
        _ = client.poll()
        client.send("login anna", "set kept", "join room", "echo before")
        try test.reload(FaultPlugin(source: "puppet", defines: ["GENERATION=\"2\""]))
        _ = watcher.ask("publish room from all")
        client.send("state", "who", "life")
        #expect(
            client.poll()
                == #"a["0","0","0","before","from all","kept:7","anna:1","generation 2 restored  start 1"]"#
                + "\n"
        )
    }

    @Test func `a message that is not stored is refused, and the session goes on`() throws {
        let test = try server("", ["STORE"]), client = SessionClient(test)
        try test.service().database?.limitSize(to: 1)
        _ = client.poll()
        client.send("echo never", "set never", "fill 1000000", "join room")
        client.send("state", "members room")
        #expect(
            client.poll()
                == #"a["refused echo 4","refused set 4","refused fill 4","refused join 4",":0","0"]"# + "\n"
        )
    }
}
