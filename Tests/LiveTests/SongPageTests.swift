import Foundation
import Testing

/// song-request's page for players, in the hands of people with browsers.
@Suite struct SongPageTests {
    private static let inQueue = "the song is in the queue"

    /// The Admin sends an operation and gets an answer to it.
    private func expect(
        _ operation: String,
        _ answer: String,
        _ admin: WebSocketClient,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try admin.ask(operation) == .text(answer), sourceLocation: location)
    }

    private func add(_ videos: [String], _ admin: WebSocketClient) throws {
        let answer = SongSite.answer(to: "sr.song.add", "ok", Self.inQueue, "6900")
        for video in videos { try expect(SongSite.adding(video), answer, admin) }
    }

    // MARK: The Admin's operations

    @Test func `every operation of the Admin is answered, and the queue is as he says`() throws {
        let site = try SongSite("anna"), admin = try site.logIn(SongSite.admin)
        let page = try PlayerPage(in: site)
        try page.see(songs: [])
        try add(["one", "two", "three"], admin)
        try page.see(songs: ["one", "two", "three"])
        try page.see(news: "carol asked for three.")
        let again = SongSite.answer(to: "sr.song.add", "ok", "the song is in the queue already", "6900")
        try expect(SongSite.adding("two", by: "dora"), again, admin)
        let empty = SongSite.answer(to: "sr.song.add", "err", "vid_id is empty", "6902")
        try expect(SongSite.adding(""), empty, admin)
        let removed = SongSite.answer(to: "sr.song.remove", "ok", "the song is removed", "6900")
        try expect(SongSite.removing("one"), removed, admin)
        try page.see(songs: ["two", "three"])
        try page.see(news: "The Admin removed one.")
        let missing = SongSite.answer(to: "sr.song.remove", "err", "the song is not in the queue", "6902")
        try expect(SongSite.removing("one"), missing, admin)
        let here = SongSite.answer(to: "serv.ping", "ok", "here", "6900")
        try expect(SongSite.message("serv.ping", "anna", "[]"), here, admin)
        let version = SongSite.message("serv.check_ver_answer", "anna", #"{"ver":"Patchbay player 1.0"}"#)
        try expect(SongSite.message("serv.check_ver", "anna"), version, admin)
        // An answer is not answered: the next thing that the Admin hears is the answer to the next thing.
        admin.send(SongSite.answer(to: "sr.song.remove", "ok", "<b>fine</b>", "6900"))
        try page.see(news: "The Admin answers: <b>fine</b>")
        try expect(SongSite.message("serv.ping", "anna"), here, admin)
        try page.see(songs: ["two", "three"])
        #expect(try page.visitor.troubles() == [])
    }

    @Test func `whatever is in a song is shown as text, and its link leads to the video`() throws {
        let site = try SongSite("anna"), admin = try site.logIn(SongSite.admin)
        let page = try PlayerPage(in: site)
        let hostile = [
            "<img src=x onerror=document.title='taken'>", "</li><script>document.title='taken'</script>",
            "javascript:alert(1)", "a&t=9#b/../c?d=\\\"e", "__proto__", "Привет 👋",
        ]
        let answer = SongSite.answer(to: "sr.song.add", "ok", Self.inQueue, "6900")
        for text in hostile { try expect(SongSite.adding(text, by: text), answer, admin) }
        try page.see(songs: hostile.map { $0.replacing("\\", with: "") })
        let links = try page.visitor.texts(
            "[...document.querySelectorAll('#queue a')].map((link) => link.href)"
        )
        #expect(links[2] == "https://www.youtube.com/watch?v=javascript%3Aalert%281%29")
        #expect(links[3] == "https://www.youtube.com/watch?v=a%26t%3D9%23b%2F..%2Fc%3Fd%3D%22e")
        try page.visitor.wait(
            until:
                "document.querySelectorAll('#queue .by')[0].innerText === \"asked for by <img src=x onerror=document.title='taken'>\""
        )
        try page.visitor.wait(
            until: "document.title === 'Song request' && !document.querySelector('main img, main script')"
        )
        let wrong = SongSite.answer(to: "sr.song.add", "err", "<i>", "6902")
        admin.send(wrong)
        try page.see(news: "The Admin answers: <i>")
        #expect(try page.visitor.troubles() == [])
    }

    // MARK: What a person does

    @Test func `a person removes songs by mouse and keyboard, and the Admin is told and answers`() throws {
        let site = try SongSite("anna"), admin = try site.logIn(SongSite.admin)
        let page = try PlayerPage(in: site)
        try add(["one", "two", "three"], admin)
        try page.visitor.click("#queue li:first-child button")
        #expect(try admin.receive() == .text(SongSite.removing("one")))
        try page.see(songs: ["two", "three"])
        try page.see(news: "one is removed.")
        admin.send(SongSite.answer(to: "sr.song.remove", "ok", "next one", "6900"))
        try page.see(news: "The Admin answers: next one")
        // The focus has gone on to the next.
        try page.visitor.press("Enter")
        #expect(try admin.receive() == .text(SongSite.removing("two")))
        try page.see(songs: ["three"])
        admin.close()
        #expect(try admin.closeCode() == 1000)
        while try site.call(["online"]).contains(#""admin":true"#) {}
        try page.visitor.press("Enter")
        try page.see(songs: [])
        try page.see(news: "Admin not connected (6907)")
        try page.visitor.wait(until: "document.activeElement.id === 'heading'")
        #expect(try page.visitor.troubles() == [])
    }

    @Test func `without a mouse a person comes in, and goes out`() throws {
        let site = try SongSite("anna")
        let page = try PlayerPage("Anna", at: site.server, mark: "?")
        try page.visitor.type("pin-of-anna")
        try page.visitor.press("Tab")
        try page.visitor.wait(until: "document.activeElement.id === 'go'")
        try page.visitor.press("Enter")
        try page.visitor.wait(
            until: "document.querySelector('#status.up') && document.activeElement.id === 'heading'"
        )
        #expect(try site.call(["online"]) == #"{"admin":false,"users":["anna"]}"# + "\n")
        try page.visitor.click("#leave")
        try page.visitor.wait(until: "document.activeElement.id === 'pin'")
        while try site.call(["online"]).contains("anna") {}
    }

    // MARK: Who does not come in

    @Test(arguments: [
        ("anna", "wrong", "incorrect password", "6905"), ("nobody", "pin-of-anna", "nick not found", "6904"),
    ])
    func `who is refused is told so in the server's words, and comes in when he does better`(
        nick: String,
        pin: String,
        sentence: String,
        code: String
    ) throws {
        let site = try SongSite("anna")
        let page = try PlayerPage(nick, at: site.server)
        try page.logIn(pin: pin)
        try page.see(trouble: "The server says: \(sentence)", code)
        try page.fill("nick", "anna")
        try page.logIn()
        try page.waitForEntry()
        #expect(try page.visitor.troubles() == [])
    }

    @Test func `where no server is, and what is no address, is said`() throws {
        let site = try SongSite("anna")
        try site.server.crash()
        let page = try PlayerPage(at: site.server)
        try page.logIn()
        try page.see(trouble: "There is no server there.", "1006")
        try page.fill("at", "no address://")
        try page.visitor.press("Enter")
        try page.see(trouble: "This is no address of a WebSocket.", "no address://")
    }

    // MARK: Who is in no longer

    /// Counts the connections that the page makes from now on, and has it try at once what it would try later.
    private static let counting = """
        (() => {
          window.made = 0;
          window.WebSocket = class extends WebSocket { constructor(...given) { super(...given); window.made += 1; } };
          return true;
        })()
        """
    private static let madeNone = "!window.made && dispatchEvent(new Event('online')) && !window.made"

    @Test func `who logs in elsewhere is let go here, and this page never comes back by itself`() throws {
        let site = try SongSite("anna"), admin = try site.logIn(SongSite.admin)
        let pages = [try PlayerPage(in: site), try PlayerPage(at: site.server)]
        try add(["one"], admin)
        try pages[0].visitor.wait(until: Self.counting)
        try pages[1].logIn()
        try pages[1].waitForEntry()
        let trouble = "Somebody has logged in under this nick elsewhere."
        try pages[0].see(trouble: trouble, "4000 replaced by a new login")
        try pages[0].visitor.wait(until: Self.madeNone)
        try pages[0].visitor.wait(until: "document.querySelector('#queue button').disabled")
        // It is the other page that hears the Admin; and nobody has told him that anybody has gone.
        try add(["two"], admin)
        try pages[1].see(songs: ["two"])
        try pages[0].see(songs: ["one"])
        // Until the person says so.
        try pages[0].logIn()
        try pages[0].waitForEntry()
        try pages[1].see(trouble: trouble, "4000 replaced by a new login")
    }

    @Test func `who is removed is told so, and the page waits`() throws {
        let site = try SongSite("anna")
        let page = try PlayerPage(in: site)
        try page.visitor.wait(until: Self.counting)
        try site.call(["user.remove", "nick=anna"])
        try page.see(trouble: "The server has put you out.", "1008 the user was removed")
        try page.visitor.wait(until: Self.madeNone)
        try page.logIn()
        try page.see(trouble: "The server says: nick not found", "6904")
    }

    @Test func `who loses the server comes back alone, after pauses that grow, with the same songs`() throws {
        let site = try SongSite("anna"), admin = try site.logIn(SongSite.admin)
        let page = try PlayerPage(in: site)
        try add(["one", "two"], admin)
        try site.server.crash()
        // The first is 1.2 s at most, the second 2.4 s, and the third at least 3.2 s.
        try page.visitor.wait(until: "document.getElementById('lost-text').innerText.match(/in [45] s/)")
        try page.visitor.wait(
            until: "[...document.querySelectorAll('#queue button')].every((b) => b.disabled)"
        )
        try page.see(songs: ["one", "two"])
        try site.server.restart()
        try page.visitor.click("#retry")
        try page.waitForEntry()
        try page.visitor.wait(until: "document.getElementById('lost').hidden")
        let back = try site.logIn(SongSite.admin)
        try add(["three"], back)
        try page.see(songs: ["one", "two", "three"])
        try page.visitor.reload()
        try page.logIn()
        try page.waitForEntry()
        try page.see(songs: ["one", "two", "three"])
        // A server that ends in good order is lost as well; and whoever comes back with an old pin is told so.
        #expect(try site.server.end() == 0)
        try page.visitor.wait(until: "!document.getElementById('lost').hidden")
        try site.server.restart()
        try site.call(["user.set", "nick=anna", "pass=another"])
        try page.visitor.wait(
            until:
                "(document.getElementById('retry').click(), document.getElementById('trouble-code').innerText)"
        )
        let said = try page.visitor.text("document.getElementById('trouble-text').innerText || 'in'")
        #expect(said == "The server says: incorrect password")
    }

    // MARK: The page itself

    @Test(arguments: [false, true])
    func `on a phone, in light and in dark, all can be read, named and reached`(dark: Bool) throws {
        let site = try SongSite("anna"), admin = try site.logIn(SongSite.admin)
        let page = try PlayerPage(at: site.server)
        try page.visitor.resize(width: 360, height: 740, mobile: true, dark: dark)
        try page.logIn(pin: "wrong")
        try page.see(trouble: "The server says: incorrect password", "6905")
        let fits =
            "document.documentElement.scrollWidth === 360 && [...document.querySelectorAll('button, input, a')].filter((one) => one.checkVisibility()).every((one) => one.getBoundingClientRect().right <= 360 && (one.tagName === 'A' || one.getBoundingClientRect().height >= 44))"
        try page.visitor.wait(until: fits)
        try page.visitor.wait(
            until:
                "[...document.querySelectorAll('input')].every((input) => input.labels[0].innerText.trim()) && document.documentElement.lang === 'en'"
        )
        #expect(try page.faint() == [])
        try page.logIn()
        try page.waitForEntry()
        try add([String(repeating: "long", count: 60), "short"], admin)
        try page.visitor.wait(until: "document.querySelectorAll('#queue li').length === 2")
        try page.visitor.wait(until: fits)
        #expect(try page.faint() == [])
        try page.visitor.wait(
            until: "document.querySelector('#queue li:last-child button').ariaLabel === 'Remove short'"
        )
        try site.server.crash()
        try page.visitor.wait(until: "!document.getElementById('lost').hidden")
        try page.visitor.wait(until: fits)
        #expect(try page.faint() == [])
    }

    @Test func `the page has nothing from elsewhere`() throws {
        let text = try String(contentsOfFile: PlayerPage.file, encoding: .utf8)
        let addresses = text.matches(of: /(?:https?|wss?):\/\/[a-z0-9.:]+/).map { String($0.0) }
        let known = ["http://www.w3.org", "https://www.youtube.com", "ws://127.0.0.1:8080"]
        #expect(Set(addresses).isSubset(of: known))
        #expect(text.contains("default-src 'none'"))
    }

    @Test func `the README's way from a bot to the page goes as it is written`() throws {
        let server = try LiveServer(SongSite.configuration.replacing("OPTIONS", with: ""))
        let manual = try Manual("song-request", at: server)
        let address = try server.address("/song-request").description
        let commands = manual.blocks("sh"), program = try #require(manual.blocks("python").first)
        try #require(commands.count == 3 && commands[1].count == 4 && commands[2].count == 2)
        #expect(program.count <= 10)
        try manual.write(program, to: "bot.py")
        let shell = try manual.shell("shell.log", ["SONG_ADDRESS=\(address)"])
        for line in commands[1] { try shell.write(line) }
        #expect(try shell.readLine() == #"{"nick":"anna"}"#)
        #expect(try shell.readLine() == #"{"nick":"songbot"}"#)
        let visitor = try Visitor()
        try visitor.open("\(try shell.readLine() ?? "nothing")&at=\(address)")
        try visitor.click("#pin")
        try visitor.type("1234")
        try visitor.press("Enter")
        try visitor.wait(until: "document.querySelector('#status.up')")
        for line in commands[2] { try shell.write(line) }
        shell.endInput()
        let (code, output) = try shell.waitForEnd()
        #expect(code == 0 && manual.troubles("shell.log") == "", "\(manual.troubles("shell.log"))")
        #expect(output.split(separator: "\n").map(String.init) == manual.blocks("").first)
        try visitor.wait(until: "document.querySelector('#queue a').innerText === 'dQw4w9WgXcQ'")
    }
}
