import Foundation
import Testing

/// Fire's page, in the hands of people with browsers; the site speaks by fire.py.
@Suite struct FirePageTests {
    /// Nothing lets a WebSocket through.
    static let withoutWebSocket = FireSite.configuration.replacing(
        "websocket web /socket/websocket;",
        with: "sockjs_websocket off;"
    )
    static let transports = [(FireSite.configuration, "websocket"), (withoutWebSocket, "polling")]

    private func site(_ configuration: String = FireSite.configuration) throws -> FireSite {
        try FireSite(LiveServer(configuration))
    }

    @Test(arguments: transports)
    func `states and events are shown as they were written, whatever is written in them`(
        configuration: String,
        transport: String
    ) throws {
        let site = try site(configuration)
        try site.say("set", "news", #"{"text": "Добро пожаловать"}"#)
        let page = try FirePage(channels: ["news"], at: site)
        try page.see(#"{"text":"Добро пожаловать"}"#, in: "news")
        try site.say("set", "<i>канал</i>", "1")
        try page.subscribe(to: "<i>канал</i>")
        try page.see("1", in: "<i>канал</i>")
        let hostile = #"<img src=x onerror="document.title='taken'"> & <b>'bold'</b>"#
        for text in [hostile, "</li><script>document.title = 'taken'</script>", "Привет &amp; 👋", ""] {
            let json = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
            try site.say("emit", "news", json)
            try page.see(text, in: "news")
        }
        try site.say("emit", "news", "null", "--user", "42")
        try page.see("null", in: "news")
        try site.say("emit", "news", #"{"<b>": ["</b>", 1.5, true]}"#)
        try page.see(#"{"<b>":["</b>",1.5,true]}"#, in: "news")
        try page.visitor.wait(
            until: "document.title === 'shop' && !document.querySelector('#log img, #log b, i, #log script')"
        )
        #expect(try page.transport() == transport)
        #expect(try page.events().count == 8)
        #expect(try page.visitor.troubles() == [])
    }

    @Test(arguments: transports)
    func `a private channel is shown to who is let in, until he is let out`(
        configuration: String,
        transport: String
    ) throws {
        let site = try site(configuration)
        try site.say("set", "#orders", #""state""#)
        let page = try FirePage(channels: ["#orders", "news"], at: site)
        try page.see(
            notice: "#orders is a private channel, and you are not let in to it. 311 · Need auth"
        )
        try site.say("let-in", "#orders", "42")
        try page.visitor.click("#channels .refused .button")
        try page.see("state", in: "#orders")
        try page.visitor.wait(until: "!document.querySelector('.refused')")
        try site.say("emit", "#orders", #""one""#)
        try page.see("one", in: "#orders")
        try site.say("let-out", "#orders", "42")
        try site.say("emit", "#orders", #""two""#)
        try site.say("emit", "news", #""three""#)
        try page.see("three", in: "news")
        #expect(try page.events() == ["state", "one", "three"])
        #expect(try page.transport() == transport)
        #expect(try page.visitor.troubles() == [])
    }

    @Test func `a channel that was left shows nothing more, and one's own events are for one's own`() throws {
        let site = try site()
        try site.say("set", "news", #""state""#)
        let pages = [try FirePage("42", at: site), try FirePage("7", at: site)]
        for page in pages {
            try page.waitForEntry()
            try page.subscribe(to: "news")
            try page.see("state", in: "news")
            try page.subscribe(to: "news")
            try page.visitor.wait(until: "document.querySelector('#channels .count').innerText === '2'")
        }
        try site.say("emit", "news", #""for 7""#, "--user", "7")
        try pages[1].see("for 7", in: "news")
        try pages[1].visitor.click("#channels button:last-child")
        try pages[1].visitor.wait(until: "!document.querySelector('#channels li')")
        try site.say("set", "other", "1")
        try pages[1].subscribe(to: "other")
        try pages[1].see("1", in: "other")
        #expect(try site.say("info", "news").contains(#""countConnection": 1"#))
        try site.say("emit", "news", #""for all""#)
        try pages[0].see("for all", in: "news")
        try site.say("emit", "other", "2")
        try pages[1].see("2", in: "other")
        #expect(try pages[0].events() == ["state", "state", "for all"])
        #expect(try pages[1].events() == ["state", "state", "for 7", "1", "2"])
    }

    // MARK: Who does not come in

    /// Who comes how, and what they are told.
    struct Refusal: Sendable {
        var configuration = FireSite.configuration
        var name = "shop"
        var token = "a.b.c"
        let trouble: String
        let code: String
    }

    private static let badToken = "The token is not one of this name space, or its time is over."
    private static let refusals = [
        Refusal(trouble: badToken, code: "3404 · invalid JWT"),
        Refusal(configuration: withoutWebSocket, trouble: badToken, code: "3404 · invalid JWT"),
        Refusal(
            name: "other",
            trouble: "There is no name space of that name.",
            code: "3404 · site id not registered"
        ),
        Refusal(
            name: "",
            trouble: "The server wants the name of a name space.",
            code: "3002 · not found i - param, site id"
        ),
        Refusal(
            token: "",
            trouble: "The server wants a token.",
            code: "3002 · not found s - param, auth string"
        ),
    ]

    @Test(arguments: refusals)
    func `who is refused is told why, and nobody tries again before somebody does better`(refusal: Refusal)
        throws
    {
        let site = try site(refusal.configuration)
        try site.say("set", "news", "1")
        let page = try FirePage(channels: ["news"], at: site, token: refusal.token, name: refusal.name)
        try page.see(trouble: refusal.trouble, refusal.code)
        try page.visitor.wait(
            until:
                "document.getElementById('lost').hidden && document.getElementById('status').innerText === 'Not connected'"
        )
        for (field, value) in [("i", "shop"), ("s", try site.say("token", "42"))] {
            try page.visitor.wait(until: "document.getElementById('\(field)').select() === undefined")
            try page.visitor.type(value)
        }
        try page.visitor.press("Enter")
        try page.see("1", in: "news")
        #expect(try page.visitor.troubles() == [])
    }

    @Test func `who is put out is told why`() throws {
        let site = try site()
        let page = try FirePage(at: site)
        try page.waitForEntry()
        #expect(try site.server.command("call", "fire", "namespace.remove", "name=shop").code == 0)
        try page.see(trouble: "The name space was removed.", "1008 · the name space was removed")
        try page.visitor.click("#go")
        try page.see(trouble: "There is no name space of that name.", "3404 · site id not registered")
    }

    @Test func `where no server is, that is said`() throws {
        let site = try site()
        try site.server.crash()
        let page = try FirePage(at: site, token: "a.b.c", language: "ru-RU")
        let address = "ws://127.0.0.1:\(try site.server.address("/socket").port)/socket/websocket"
        try page.see(trouble: "Там нет сервера.", address)
    }

    // MARK: A server that goes away

    @Test(arguments: transports)
    func `who loses the server comes back alone, and is told what that means`(
        configuration: String,
        transport: String
    ) throws {
        let site = try site(configuration)
        try site.say("set", "news", #""state""#)
        let page = try FirePage(channels: ["news"], at: site)
        try page.see("state", in: "news")
        try site.server.crash()
        try page.visitor.wait(until: "!document.getElementById('lost').hidden")
        try site.server.restart()
        try page.see(
            notice: "Connected again. Events that were sent meanwhile are lost; states have come anew."
        )
        try page.visitor.wait(until: "document.getElementById('lost').hidden")
        try page.visitor.wait(until: "document.querySelectorAll('.row').length === 2")
        try site.say("emit", "news", #""here again""#)
        try page.see("here again", in: "news")
        #expect(try page.events() == ["state", "state", "here again"])
        #expect(try page.transport() == transport)
        #expect(try site.server.end() == 0)
        try page.visitor.wait(until: "!document.getElementById('lost').hidden")
    }

    // MARK: The page itself

    @Test func `on a phone nothing is wider than the screen, and every button has a name`() throws {
        let site = try site()
        let page = try FirePage(channels: ["news", String(repeating: "long", count: 50)], at: site)
        try page.visitor.resize(width: 360, height: 740, mobile: true, dark: true)
        try page.waitForEntry()
        try site.say("set", "news", #""\#(String(repeating: "long", count: 100))""#, "--emit")
        try page.subscribe(to: "news")
        try page.visitor.wait(until: "document.querySelector('.row')")
        try page.visitor.wait(
            until:
                "document.documentElement.scrollWidth === 360 && [...document.querySelectorAll('button')].every((button) => button.getBoundingClientRect().right <= 360 && (button.innerText.trim() || !button.offsetWidth))"
        )
    }

    @Test func `both examples' pages have the same transports`() throws {
        let parts = try ["fire", "gg-chat"].map { example in
            let page = "\(Products.root)/Docs/examples/\(example)/index.html"
            let text = try String(contentsOfFile: page, encoding: .utf8)
            let start = try #require(text.range(of: "  // ── Transports"))
            let end = try #require(text.range(of: "  // ── Where the server is"))
            return text[start.lowerBound..<end.lowerBound]
        }
        #expect(parts[0] == parts[1])
        #expect(parts[0].count > 2_000)
    }

    @Test func `the README's way from the shell to a browser goes as it is written`() throws {
        let server = try LiveServer(FireSite.configuration)
        let stream = try #require(server.addresses.first { $0.path.isEmpty })
        let text = try String(contentsOfFile: "\(FireSite.example)/README.md", encoding: .utf8)
        let block = text.components(separatedBy: "```sh\n")[2].components(separatedBy: "```")[0]
        let lines = block.split(separator: "\n").map(String.init)
        try #require(lines.count >= 6 && lines[0] == "cd Docs/examples/fire")
        let folder = server.patchbay.folder
        let environment = ["FIRE_ADDRESS=127.0.0.1:\(stream.port)"]
        let shell = try Program("sh", errors: folder.file("shell.log"), environment: environment)
        try shell.write("cd '\(Products.root)'")
        let address = try #require(lines.firstIndex { $0.hasPrefix("echo ") })
        for line in lines[...address] { try shell.write(line) }
        let said = try #require(try shell.readLine(), "\(folder.text("shell.log"))")
        let visitor = try Visitor()
        let socket = "ws://127.0.0.1:\(try server.address("/socket").port)/socket/websocket"
        try visitor.open("\(said)&at=\(socket)")
        try visitor.wait(until: "document.querySelector('#status.up')")
        for line in lines[(address + 1)...] { try shell.write(line) }
        let shown = "[...document.querySelectorAll('.row .data')].map((data) => data.innerText).join('|')"
        try visitor.wait(until: "\(shown) === '{\"text\":\"hello\"}|only you see this|open until six'")
        #expect(try shell.readLine()?.contains(#""countUser": 1, "#) == true)
        shell.endInput()
        #expect(try shell.waitForEnd().code == 0)
        #expect(folder.text("shell.log") == "")
    }
}
