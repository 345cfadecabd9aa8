import Net
import Testing
import Wire

@testable import Core

/// How SockJS sessions end, and what they may take.
@Suite struct SessionEndingTests {
    private func server(_ settings: String = "", listen: String = "") throws -> TestServer {
        try TestServer(settings + "\n" + SessionTests.service, listen: listen)
    }

    private func watcher(_ test: TestServer) throws -> TestPeer {
        let watcher = try test.open()
        _ = watcher.ask("join watch")
        return watcher
    }

    /// Only the watcher is there.
    private func expectNobody(_ test: TestServer, _ location: SourceLocation = #_sourceLocation) throws {
        #expect(test.loop.sessions.isEmpty, sourceLocation: location)
        #expect(try test.service().peers.count == 1, sourceLocation: location)
        #expect(try test.service().counter.count == 1, sourceLocation: location)
    }

    // MARK: Time

    @Test
    func `a receiver that has taken nothing when the next frame is due is gone, and its session interrupted`()
        throws
    {
        let test = try server(), client = SessionClient(test)
        let watcher = try watcher(test)
        let receiver = try client.stream()
        _ = receiver.chunks()
        receiver.setWindow(0)
        client.send("echo lost")
        test.pass(milliseconds: 24_999)
        #expect(watcher.seen() == [])
        test.pass(milliseconds: 1)
        #expect(watcher.seen().texts == ["gone 1006 -1"])
        #expect(client.poll() == "c[1002,\"Connection interrupted\"]\n")
        #expect(test.server.refusals["no_pong"] == 1)
    }

    @Test func `a receiver that sends on and on is not read, so it is ended`() throws {
        let test = try server(), client = SessionClient(test)
        let watcher = try watcher(test)
        let receiver = try client.stream()
        for _ in 0..<3 {
            receiver.send(bytes: Array(repeating: UInt8(ascii: "x"), count: 16 << 10))
            test.settle()
        }
        #expect(watcher.seen().texts == ["gone 1006 -1"])
        #expect(test.server.refusals["too_much"] == 1)
        receiver.leave()
        test.pass(milliseconds: 5_000)
        #expect(test.server.connectionCount == 1)
    }

    @Test func `whoever waits hears a heartbeat every 25 s, polling or streaming`() throws {
        let test = try server(), polling = SessionClient(test, name: "p"), streaming = SessionClient(test)
        let stream = try streaming.stream(), peer = test.connect()
        _ = (stream.chunks(), polling.poll(on: peer), polling.poll(on: peer))
        test.pass(milliseconds: 24_999)
        #expect(stream.chunks() == [] && peer.answer() == nil)
        test.pass(milliseconds: 1)
        #expect(stream.chunks() == ["h\n"] && peer.answer()?.body == "h\n")
        #expect(polling.poll(on: peer) == nil)
        test.pass(milliseconds: 25_000)
        #expect(stream.chunks() == ["h\n"] && peer.answer()?.body == "h\n")
    }

    @Test func `a session ends 5 s after its last receiver, and the service hears it`() throws {
        let test = try server(), client = SessionClient(test), watcher = try watcher(test)
        _ = client.poll()
        test.pass(milliseconds: 4_999)
        #expect(client.send("echo x") == 204)
        #expect(watcher.seen() == [])
        test.pass(milliseconds: 1)
        #expect(watcher.seen() == [.text("gone 1006 -1")])
        try expectNobody(test)
        #expect(client.send("echo x") == 404)
        #expect(client.poll() == "o\n")
    }

    @Test func `who comes back within 5 s goes on`() throws {
        let test = try server(), client = SessionClient(test)
        _ = client.poll()
        for number in 0..<4 {
            test.pass(milliseconds: 4_000)
            client.send("echo \(number)")
            #expect(client.poll() == "a[\"\(number)\"]\n")
        }
    }

    @Test func `a login in time is asked of sessions too`() throws {
        let test = try server("limit login 3s;"), client = SessionClient(test, "/door")
        let watcher = try watcher(test), late = SessionClient(test, "/door", name: "late")
        let stream = try client.stream()
        _ = (stream.chunks(), late.poll())
        late.send("login anna")
        test.pass(milliseconds: 3_000)
        #expect(stream.chunks() == ["c[1008,\"login timeout\"]\n", "end"])
        #expect(watcher.seen() == [.text("gone 1008 -1")])
        #expect(late.send("echo x") == 204)
    }

    // MARK: The client

    @Test(arguments: [true, false])
    func `a receiver that breaks off ends its session`(isStreaming: Bool) throws {
        let test = try server(), client = SessionClient(test), watcher = try watcher(test)
        let peer = isStreaming ? try client.stream() : test.connect()
        if !isStreaming { _ = (client.poll(on: peer), client.poll(on: peer)) }
        peer.leave()
        #expect(watcher.seen() == [.text("gone 1006 -1")])
        #expect(try test.service().counter.count == 1)
        for _ in 0..<2 { #expect(client.poll() == "c[1002,\"Connection interrupted\"]\n") }
        test.pass(milliseconds: 5_000)
        try expectNobody(test)
    }

    @Test func `a poll that has its answer may go`() throws {
        let test = try server(), client = SessionClient(test), peer = test.connect()
        _ = client.poll(on: peer)
        peer.leave()
        test.settle()
        #expect(client.send("echo x") == 204)
        #expect(client.poll() == "a[\"x\"]\n")
    }

    @Test(arguments: ["xhr", "xhr_streaming"])
    func `a second receiver is told that there is one, and the first goes on`(last: String) throws {
        let test = try server(), client = SessionClient(test)
        let stream = try client.stream(), second = test.connect()
        _ = stream.chunks()
        let answer = try #require(second.exchange(client.request("POST", last), hasBody: last == "xhr"))
        let body = last == "xhr" ? [answer.body] : Array(second.chunks().dropFirst())
        #expect(body.first == "c[2010,\"Another connection still open\"]\n")
        client.send("echo x")
        #expect(stream.chunks() == ["a[\"x\"]\n"])
        second.leave()
        client.send("echo y")
        #expect(stream.chunks() == ["a[\"y\"]\n"])
    }

    @Test func `a response that is full ends, and the next one goes on`() throws {
        let test = try server("limit sockjs_response 4k;"), client = SessionClient(test),
            peer = try client.stream()
        _ = peer.chunks()
        let long = String(repeating: "x", count: 1500)
        client.send("echo 1" + long)
        client.send("echo 2" + long)
        #expect(peer.chunks() == ["a[\"1\(long)\"]\n", "a[\"2\(long)\"]\n"])
        client.send("echo 3" + long, "echo 4")
        #expect(peer.chunks() == ["a[\"3\(long)\",\"4\"]\n", "end"])
        client.send("echo 5")
        let next = test.connect()
        #expect(next.exchange(client.request("POST", "xhr_streaming"), hasBody: false)?.status == 200)
        #expect(next.chunks().last == "a[\"5\"]\n")
    }

    // MARK: The service

    @Test func `a service that closes is heard by who receives, and by all who ask later`() throws {
        let test = try server(), client = SessionClient(test), watcher = try watcher(test)
        let stream = try client.stream()
        _ = stream.chunks()
        client.send("echo last", "end 3000 Go away!", "echo never")
        #expect(stream.chunks() == ["a[\"last\"]\n", "c[3000,\"Go away!\"]\n", "end"].joinedFirstTwo)
        #expect(watcher.seen() == [.text("gone 3000 -1")])
        #expect(client.poll() == "c[3000,\"Go away!\"]\n")
        test.pass(milliseconds: 5_000)
        try expectNobody(test)
    }

    @Test func `a service that closes while nobody receives has its last words read first`() throws {
        let test = try server(), client = SessionClient(test)
        _ = client.poll()
        client.send("echo last", "end 3000 Go away!")
        #expect(client.poll() == "a[\"last\"]\n")
        for _ in 0..<2 { #expect(client.poll() == "c[3000,\"Go away!\"]\n") }
    }

    @Test func `a client that does not ask is closed with 1013 when too much waits for it`() throws {
        let test = try server("limit outbox 4k;"), client = SessionClient(test), watcher = try watcher(test)
        _ = client.poll()
        client.send("join room")
        _ = client.poll()
        let long = String(repeating: "x", count: 1000)
        for _ in 0..<10 { watcher.send("publish room " + long) }
        #expect(watcher.seen() == [.text("gone 1013 -1")])
        let words = try #require(client.poll())
        #expect(words.hasPrefix("a[\"xxx") && words.utf8.count < 8 << 10)
        #expect(client.poll() == "c[1013,\"too slow\"]\n")
        #expect(test.server.refusals == ["too_slow": 1])
    }

    @Test func `one message alone never ends a session, however long`() throws {
        let test = try server("limit outbox 1k;"), client = SessionClient(test)
        _ = client.poll()
        let long = String(repeating: "x", count: 1900)
        client.send("echo " + long)
        #expect(client.poll() == "a[\"\(long)\"]\n")
    }

    @Test func `a response that is not taken does not fill memory`() throws {
        let test = try server("limit outbox 40k;\nlimit sockjs_response 1m;"), client = SessionClient(test)
        let watcher = try watcher(test), stream = try client.stream()
        _ = (stream.chunks(), client.send("join room"), stream.chunks())
        stream.setWindow(0)
        let long = String(repeating: "x", count: 1000)
        for _ in 0..<30 { _ = watcher.ask("publish room " + long) }
        let receiver = try #require(
            test.loop.connections.lazy.compactMap { $0 }.first { $0.exchange?.writer != nil }
        )
        #expect(receiver.outbox.count < 20 << 10)
        for _ in 0..<60 { _ = watcher.ask("publish room " + long) }
        #expect(test.server.refusals == ["too_slow": 1])
        stream.setWindow(1 << 20)
        let chunks = stream.chunks()
        #expect(chunks.last == "end" && chunks.dropLast().last?.hasSuffix("c[1013,\"too slow\"]\n") == true)
    }

    @Test func `a receiver that is behind gets the rest in order when it has caught up`() throws {
        let test = try server(), client = SessionClient(test), stream = try client.stream()
        _ = stream.chunks()
        stream.setWindow(0)
        let long = String(repeating: "x", count: 1000)
        for number in 0..<50 { client.send("echo \(number) \(long)") }
        stream.setWindow(1 << 20)
        let frames = stream.chunks()
        #expect(frames.count < 50)
        let all = frames.map { $0.dropFirst(2).dropLast(2) }.joined(separator: ",")
        #expect(all == (0..<50).map { "\"\($0) \(long)\"" }.joined(separator: ","))
    }

    // MARK: The server

    @Test func `the server's goodbye is heard by who receives, and a stop waits for no session`() throws {
        let test = try server(), client = SessionClient(test), silent = SessionClient(test, name: "silent")
        let closed = SessionClient(test, name: "closed"), stream = try client.stream()
        let interrupted = SessionClient(test, name: "interrupted"), broken = try interrupted.stream()
        _ = (stream.chunks(), silent.poll(), closed.poll(), closed.send("end 3000 bye"))
        broken.leave()
        test.settle()
        test.loop.perform { $0.sayGoodbye() }
        #expect(stream.chunks() == ["c[1001,\"the server is going down\"]\n", "end", "ended"])
        #expect(test.loop.sessions.isEmpty)
        stream.leave()
        test.settle()
        #expect(test.server.connectionCount == 0)
        #expect(try test.service().peers.count == 0)
    }

    // MARK: Who may come

    @Test func `sessions count for their service and their address`() throws {
        let test = try server("limit connections 3;\nlimit connections_per_address 2;")
        let clients = (0..<3).map { SessionClient(test, name: "\($0)") }, peer = test.connect()
        #expect(clients[0].poll() == "o\n")
        let open = try test.open()
        #expect(peer.exchange(clients[1].request("POST", "xhr"))?.status == 429)
        #expect(test.answer("/main") == "HTTP/1.1 429 Too Many Requests")
        open.leave()
        test.settle()
        #expect(clients[1].poll() == "o\n")
        test.pass(milliseconds: 5_000)
        #expect(clients[2].poll() == "o\n")
    }

    @Test func `a service that is full refuses a session`() throws {
        let test = try server("limit connections 1;"), client = SessionClient(test), peer = test.connect()
        _ = try test.open()
        #expect(peer.exchange(client.request("POST", "xhr"))?.status == 503)
        #expect(test.loop.sessions.isEmpty)
        #expect(test.server.refusals == ["http_503": 1])
    }

    @Test(arguments: ["xhr", "xhr_streaming", "xhr_send"])
    func `an origin that is not allowed may neither receive nor send`(last: String) throws {
        let test = try server("origins https://good.example;"), client = SessionClient(test)
        let good = ["Origin: https://good.example"], bad = ["Origin: https://bad.example"]
        _ = client.poll(good)
        let body = last == "xhr_send" ? "[\"echo x\"]" : ""
        #expect(test.connect().exchange(client.request("POST", last, body: body, bad))?.status == 403)
        let answer = test.connect().exchange(client.request("POST", "xhr_send", body: "[\"echo y\"]", good))
        #expect(
            answer?.status == 204
                && answer?.fields["access-control-allow-origin"] == good[0].dropFirst(8).description
        )
        #expect(client.poll() == "a[\"y\"]\n")
        #expect(
            test.answer("/sock/a/b/websocket", [ResponseField("Origin", "https://bad.example")])
                == "HTTP/1.1 403 Forbidden"
        )
    }

    // MARK: HTTP

    @Test func `HTTP/1.0 streams up to the connection's end`() throws {
        let test = try server("limit sockjs_response 4k;"), client = SessionClient(test),
            peer = test.connect()
        let request = Array("POST \(client.path)/xhr_streaming HTTP/1.0\r\nContent-Length: 0\r\n\r\n".utf8)
        let answer = try #require(peer.exchange(request, hasBody: false))
        #expect(answer.fields["transfer-encoding"] == nil && answer.fields["connection"] == "close")
        #expect(peer.rest() == String(repeating: "h", count: 2048) + "\no\n")
        let long = String(repeating: "x", count: 1900)
        client.send("echo " + long)
        client.send("echo " + long)
        client.send("echo " + long)
        #expect(peer.rest() == String(repeating: "a[\"\(long)\"]\n", count: 3))
        #expect(peer.seen() == [.ended])
        client.send("echo x")
        let poll = Array("POST \(client.path)/xhr HTTP/1.0\r\nContent-Length: 0\r\n\r\n".utf8),
            old = test.connect()
        #expect(old.exchange(poll)?.body == "a[\"x\"]\n")
        #expect(old.seen() == [.ended])
    }

    @Test(arguments: [
        ("GET", "", 200), ("HEAD", "/", 200), ("POST", "", 405), ("GET", "/info", 200),
        ("HEAD", "/info", 200),
        ("OPTIONS", "/info", 204), ("GET", "/iframe-1.2.html", 200), ("HEAD", "/iframe.html", 200),
        ("OPTIONS", "/a/b/xhr", 204), ("OPTIONS", "/a/b/xhr_send", 204), ("OPTIONS", "/a/b/eventsource", 204),
        ("GET", "/a/b/xhr", 405), ("HEAD", "/a/b/xhr", 405), ("GET", "/a/b/xhr_send", 405),
        ("HEAD", "/a/b/eventsource", 405), ("OPTIONS", "/a/b/jsonp", 405), ("GET", "/a/b", 404),
        ("GET", "/a/b/c", 404), ("GET", "/a.b/c/eventsource", 404), ("GET", "//b/eventsource", 404),
        ("GET", "/websocket", 400), ("GET", "/a/b/websocket", 400), ("POST", "/websocket", 405),
    ])
    func `what is below a prefix has its methods`(method: String, below: String, status: Int) throws {
        let test = try server(), peer = test.connect()
        let answer = peer.exchange(
            Array("\(method) /sock\(below) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n".utf8),
            hasBody: method != "HEAD"
        )
        #expect(answer?.status == status)
        #expect(peer.rest() == "")
        #expect(test.loop.sessions.isEmpty)
        #expect(test.server.refusals == (status < 400 ? [:] : ["http_\(status)": 1]))
    }

    @Test func `sockjs_websocket off takes away the WebSockets, and /info says so`() throws {
        let test = try server("sockjs_websocket off;"), client = SessionClient(test)
        let info = test.connect().exchange(Array("GET /sock/info HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(
            info?.body.hasPrefix("{\"websocket\":false,\"origins\":[\"*:*\"],\"cookie_needed\":false,")
                == true
        )
        for path in ["/sock/websocket", "/sock/a/b/websocket"] {
            #expect(test.answer(path) == "HTTP/1.1 404 Not Found")
        }
        #expect(client.poll() == "o\n")
    }

    @Test func `sockjs_cookie on sets one, and is echoed`() throws {
        let test = try server("sockjs_cookie on;"), client = SessionClient(test)
        let first = test.connect().exchange(client.request("POST", "xhr"))
        #expect(first?.fields["set-cookie"] == "JSESSIONID=dummy; Path=/")
        let sent = client.send(body: "[\"echo x\"]", ["Cookie: a=b; JSESSIONID=abc"])
        #expect(sent?.fields["set-cookie"] == "JSESSIONID=abc; Path=/")
        let info = test.connect().exchange(Array("GET /sock/info HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(info?.body.contains("\"cookie_needed\":true") == true && info?.fields["set-cookie"] == nil)
    }

    @Test func `a raw WebSocket and one of SockJS stand below the prefix`() throws {
        let test = try server()
        let raw = try test.open("/sock/websocket"), sockJS = try test.open("/sock/000/x/websocket")
        #expect(raw.ask("peer") == [.text("1 at '' from 127.0.0.1 as ''")])
        #expect(sockJS.ask("[\"who\",\"echo 1\"]") == [.text("o"), .text("a[\":0\"]"), .text("a[\"1\"]")])
        #expect(sockJS.ask("\"echo 2\"") == [.text("a[\"2\"]")])
        #expect(sockJS.ask("") == [])
        #expect(
            sockJS.ask("[\"end 3000 Go away!\"]") == [
                .text("c[3000,\"Go away!\"]"), .close(3000, "Go away!"), .ended,
            ]
        )
        #expect(raw.ask("end 3000 Go away!") == [.close(3000, "Go away!"), .ended])
    }

    @Test func `a WebSocket of SockJS with broken JSON ends without a word`() throws {
        let test = try server(), watcher = try watcher(test), sockJS = try test.open("/sock/000/x/websocket")
        #expect(sockJS.ask("[\"echo 1\"") == [.text("o"), .close(1007, "Broken JSON encoding."), .ended])
        #expect(watcher.seen() == [.text("gone 1007 -1")])
        #expect(test.server.refusals == ["sockjs_brokenJSON": 1])
    }

    @Test func `a WebSocket of SockJS that is silent gets a heartbeat and a ping`() throws {
        let test = try server(), sockJS = try test.open("/sock/000/x/websocket")
        _ = sockJS.seen()
        test.pass(milliseconds: 25_000)
        #expect(sockJS.arrived() == [.ping, .text("h")])
    }

    // MARK: Overload

    @Test func `whoever sends too much for a service waits, and loses nothing`() throws {
        let plugin = FaultPlugin(source: "puppet", defines: ["STORE"])
        let test = try TestServer("limit queue 20k;\n" + SessionTests.service, plugin: plugin)
        let clients = (0..<20).map { SessionClient(test, name: "\($0)") }
        for client in clients { _ = client.poll() }
        let senders = clients.map { _ in test.connect() }
        func send(_ numbers: Range<Int>) {
            for (client, sender) in zip(clients, senders) {
                sender.send(
                    bytes: numbers.flatMap { client.request("POST", "xhr_send", body: "[\"echo \($0)\"]") }
                )
            }
            test.turn()
        }
        send(0..<50)
        send(50..<100)
        // The others of those that came at once are not read either.
        let held = test.loop.connections.compactMap { $0 }.filter { $0.isHeldUp }
        #expect(held.count == 20 && held.allSatisfy { $0.pending.count > 2000 })
        test.settle()
        let all = "a[" + (0..<100).map { "\"\($0)\"" }.joined(separator: ",") + "]\n"
        for client in clients { #expect(client.poll() == all) }
        #expect(!test.loop.connections.contains { $0?.isHeldUp == true })
    }
}

extension [String] {
    /// The first two written at once are one chunk.
    fileprivate var joinedFirstTwo: [String] { [self[0] + self[1]] + dropFirst(2) }
}
