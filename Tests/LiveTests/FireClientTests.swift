import Foundation
import Testing

/// Fire's example for back ends in Python, as a command and as a module.
@Suite struct FireClientTests {
    /// Subscribes to a channel whose state is `true`, and takes that.
    private func subscribe(_ client: WebSocketClient, to channel: String) throws {
        #expect(
            try client.ask(#"{"event":"subscribe","data":"\#(channel)"}"#)
                == .text(#"{"event":"\#(channel)","data":true}"#)
        )
    }

    // MARK: The command

    @Test func `events come to all in the channel, or to one user`() throws {
        let site = try FireSite(LiveServer(FireSite.configuration))
        let anna = try site.browser("42"), boris = try site.browser("Борис")
        try site.say("set", "news", "true")
        for client in [anna, boris] { try subscribe(client, to: "news") }
        try site.say("emit", "news", #""to all: <b>Привет</b> 👋""#)
        try site.say("emit", "news", #"{"for": ["Борис", null, 1.5]}"#, "--user", "Борис")
        try site.say("emit", "news", "null", "--user", "42")
        let toAll = #"{"event":"news","data":"to all: <b>Привет</b> 👋"}"#
        for client in [anna, boris] { #expect(try client.receive() == .text(toAll)) }
        #expect(
            try boris.receive() == .text(#"{"event":"news","data":{"for": ["Борис", null, 1.5]}}"#)
        )
        #expect(try anna.receive() == .text(#"{"event":"news","data":null}"#))
    }

    @Test func `a state is kept for all and for one, is sent when that is wished, and has its end`() throws {
        let site = try FireSite(LiveServer(FireSite.configuration))
        #expect(try site.say("get", "news") == "null")
        try site.say("set", "news", "true")
        let anna = try site.browser("42")
        try subscribe(anna, to: "news")
        try site.say("set", "news", #"{"text": "тише"}"#)
        try site.say("set", "news", #""own""#, "--user", "42", "--ttl", "1000")
        try site.say("set", "news", "[1, 2.5]", "--emit")
        #expect(try anna.receive() == .text(#"{"event":"news","data":[1, 2.5]}"#))
        #expect(try site.say("get", "news") == "[1, 2.5]")
        #expect(try site.say("get", "news", "--user", "42") == #""own""#)
        try site.say("set", "news", "null", "--user", "42")
        #expect(try site.say("get", "news", "--user", "42") == "null")
        try site.say("set", "news", "3", "--ttl", "0.001")
        #expect(try site.say("get", "news") == "null")
    }

    @Test func `users are let in to a private channel and out of it, and who is there is told`() throws {
        let site = try FireSite(LiveServer(FireSite.configuration))
        try site.say("set", "#orders", "true")
        #expect(try site.say("info", "#orders") == "false")
        try site.say("let-in", "#orders", "42")
        let anna = try site.browser("42")
        try subscribe(anna, to: "#orders")
        let there = try site.say("info", "#orders")
        #expect(there.hasPrefix(#"{"countUser": 1, "countConnection": 1, "connId_UserId": {""#), "\(there)")
        #expect(there.hasSuffix(#": "42"}}"#), "\(there)")
        try site.say("let-out", "#orders", "42")
        let nobody = #"{"countUser": 0, "countConnection": 0, "connId_UserId": {}}"#
        #expect(try site.say("info", "#orders") == nobody)
    }

    @Test(arguments: [
        (["--key", "wrong", "register", "other"], "306 Invalid key"),
        (["register", "shop"], "309 Name space is busy"),
        (["--name", "other", "get", "news"], "404 Name space not found"),
        (["--secret", "wrong", "get", "news"], "305 Invalid sKey"),
        (["let-in", "news", "42"], "343 Private channel must begin with #"),
        (["emit", "error", "1"], "300 Need argument channel"),
        (["set", "news", "1", "--ttl", "-1"], "300 Need argument params.ttl"),
        (["--address", "127.0.0.1:1", "info", "news"], "[Errno 111] Connection refused"),
        (["emit", "news", "NaN"], "Out of range float values are not JSON compliant"),
    ])
    func `what is refused is said with its code, and the command fails`(words: [String], said: String) throws
    {
        let site = try FireSite(LiveServer(FireSite.configuration))
        let outcome = try site.run(words)
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.hasPrefix("fire.py: \(said)"), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [[], ["emit", "news"], ["emit", "news", "hello"], ["dance"]])
    func `a command line that says too little is no command`(words: [String]) throws {
        let site = try FireSite(LiveServer(FireSite.configuration))
        let outcome = try site.run(words)
        #expect(outcome.code == 2)
        #expect(outcome.errors.hasPrefix("usage: fire.py "))
    }

    @Test func `a token is good until its end`() throws {
        let site = try FireSite(LiveServer(FireSite.configuration))
        for (seconds, isGood) in [("1000", true), ("-1", false)] {
            let client = try WebSocketClient(site.server.address("/socket/websocket"))
            let token = try site.say("token", "42", "--seconds", seconds)
            let answer = try client.ask(#"{"event":"auth","data":{"i":"shop","s":"\#(token)"}}"#)
            #expect((answer == .close(3404)) == !isGood, "\(answer)")
        }
    }

    // MARK: The module

    @Test func `a refusal has a code and a reason, and the connection goes on`() throws {
        let site = try FireSite(LiveServer(FireSite.configuration))
        let output = try site.script(
            """
            try: fire.let_in("news", 42)
            except Fire.Refused as refusal: print(refusal.code, refusal.reason)
            try: fire.auth(name, "wrong")
            except Fire.Refused as refusal: print(refusal.code, refusal.reason)
            fire.set("news", {"success": False, "reason": "x" * 20000})
            print(len(fire.get("news")["reason"]), fire.info("other"), fire.register("other", "change-this-key") > "")
            """
        )
        #expect(output == "343 Private channel must begin with #\n305 Invalid sKey\n20000 False True\n")
    }

    @Test func `whoever closes his side after his requests gets all answers, then the end`() throws {
        let site = try FireSite(LiveServer(FireSite.configuration))
        let output = try site.script(
            """
            for number in range(100): fire.send("set", channel=f"c{number}", data=number)
            fire.send("get", channel="c99")
            fire.socket.shutdown(socket.SHUT_WR)
            print([fire.receive() for _ in range(100)] == [{"success": True}] * 100, fire.receive())
            try: fire.receive()
            except OSError as error: print(error)
            """
        )
        #expect(output == "True 99\nthe server has closed the connection\n")
    }

    @Test func `two clients see the same states in one name space, and nothing of the other's in two`() throws
    {
        let server = try LiveServer(FireSite.configuration)
        let site = try FireSite(server)
        let output = try site.script(
            """
            with Fire(address) as second, Fire(address) as stranger:
                second.auth(name, secret)
                stranger.register("other", "change-this-key")
                fire.set("news", "first")
                print(second.get("news"), stranger.get("news"))
                stranger.set("news", "theirs")
                second.set("news", "second", user=42)
                print(fire.get("news"), fire.get("news", "42"), stranger.get("news"))
                stranger.auth(name, secret)
                print(stranger.get("news"))
            """
        )
        #expect(output == "first None\nfirst second theirs\nfirst\n")
    }

    @Test func `an answer may come in any pieces, and one that ends early is an error`() throws {
        let site = try FireSite(LiveServer(FireSite.configuration))
        let output = try site.script(
            """
            def dribble(listener, data):
                peer, _ = listener.accept()
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                peer.recv(1000)
                for byte in data: peer.sendall(bytes([byte]))
                peer.shutdown(socket.SHUT_WR)

            answer = "{\\"text\\":\\"Привет\\"}".encode()
            answer = len(answer).to_bytes(4, "little") + answer + b"\\0"
            for data in [answer, answer[:-1], answer[:3], b""]:
                with socket.create_server(("127.0.0.1", 0)) as listener:
                    thread = threading.Thread(target=dribble, args=(listener, data))
                    thread.start()
                    with Fire("127.0.0.1:%d" % listener.getsockname()[1]) as client:
                        try: print(client.get("news"))
                        except OSError as error: print(error)
                    thread.join()
            """
        )
        let end = "the server has closed the connection\n"
        #expect(output == "{'text': 'Привет'}\n" + end + end + end)
    }
}
