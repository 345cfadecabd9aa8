import Testing

/// The gg chat's web page, as the plugin serves it, in the hands of people with browsers.
@Suite struct ChatPageTests {
    static let configuration = """
        listen web { address 127.0.0.1:0; }
        service gg {
            plugin GG;
            option demo on;
            option counters_interval 100ms;
            limit rate 1000/s burst 1000;
            websocket web /chat/websocket;
            sockjs web /chat;
            http web /js/minified/global.js smiles;
            http web /demo demo;
        }
        """
    /// Nothing lets a WebSocket through.
    static let withoutWebSocket =
        configuration.replacing("websocket web /chat/websocket;", with: "sockjs_websocket off;")

    /// The first is the streamer.
    private func people(_ nicks: String..., at server: LiveServer) throws -> [ChatPage] {
        let pages = try nicks.map { try ChatPage($0, at: server) }
        for page in pages {
            for nick in nicks { try page.see(person: nick) }
        }
        return pages
    }

    private func expectNoTroubles(_ pages: [ChatPage], _ location: SourceLocation = #_sourceLocation) throws {
        for page in pages { #expect(try page.visitor.troubles() == [], sourceLocation: location) }
    }

    @Test(arguments: [(configuration, "websocket"), (withoutWebSocket, "polling")])
    func `two see each other, and read what was written as it was written`(
        configuration: String,
        transport: String
    ) throws {
        let server = try LiveServer(configuration)
        let pages = try people("Anna", "Борис", at: server)
        let hostile = [
            #"<img src=x onerror="document.title='taken'"> & <b>'bold'</b>"#,
            "&lt;script&gt; &amp;amp; &#39;",
            "</p><script>document.title = 'taken'</script>", ":constructor: :__proto__: ::: :a",
            "javascript:alert(1) http://a/\"><i>", "/me <u>",
        ]
        for text in hostile.dropLast() {
            try pages[0].say(text)
            try pages[1].see(text)
        }
        try pages[1].say(hostile[5])
        try pages[0].see("* Борис <u>")
        try pages[0].say("so :smile: it is")
        for page in pages {
            try page.visitor.wait(until: "document.querySelector('.text .smile[aria-label=smile] circle')")
            #expect(try page.transport() == transport)
            try page.visitor.wait(
                until:
                    "document.title === 'Patchbay' && !document.querySelector('.text img, .text b, .text i, .text u')"
            )
        }
        try expectNoTroubles(pages)
    }

    @Test func `smiles are those of the server's file, and everybody has those that they may use`() throws {
        let server = try LiveServer(Self.configuration)
        for smile in [
            ["name=modular"], ["name=patch", "premium=1"], ["name=fire", "channel_id=1", "donat=1"],
        ] {
            let (program, errors) = try server.patchbay.begin(
                ["call", "gg", "smile.add"] + smile + ["-c", server.patchbay.file]
            )
            #expect(try server.patchbay.finish(program, errors).code == 0)
        }
        let pages = try people("Anna", "Boris", at: server)
        for page in pages { try page.say(":modular: :patch: :fire: :nothing:heart:") }
        let drawn = { (row: Int) in
            "[...document.querySelectorAll('.row')[\(row)].querySelectorAll('.text .code, .text .smile')].map((smile) => smile.ariaLabel || smile.innerText).join()"
        }
        for page in pages {
            // The first is the streamer, who may use all.
            try page.visitor.wait(until: "\(drawn(0)) === ':modular:,:patch:,fire,heart'")
            try page.visitor.wait(until: "\(drawn(1)) === ':modular:,heart'")
        }
        try pages[1].visitor.click("#smiles")
        try pages[1].visitor.wait(
            until:
                "document.querySelector('#picker [title=\":fire:\"]').disabled && document.querySelector('#picker [title=\":patch:\"]').disabled"
        )
        try pages[1].visitor.click("#picker [title=':modular:']")
        try pages[1].visitor.wait(until: "document.getElementById('text').value === ':modular: '")
        try expectNoTroubles(pages)
    }

    @Test func `nicks, reasons and questions are text, too`() throws {
        let server = try LiveServer(Self.configuration)
        let pages = try people("<b>Anna</b>", "<i>Boris</i>", at: server)
        try pages[0].meet("<i>Boris</i>")
        try pages[0].fill("#reason", "<u>")
        try pages[0].visitor.click("#do-warn")
        try pages[1].see(notice: "<b>Anna</b> warned <i>Boris</i>: <u>")
        try pages[1].visitor.wait(
            until: "document.querySelector('.toast').innerText === 'You were warned. <u>'"
        )
        try ask("<s>?", ["<b>1", "<b>2"], pages[0])
        try pages[1].visitor.wait(until: "document.querySelector('#poll h2').innerText === '<s>?'")
        try pages[1].visitor.wait(until: "!document.querySelector('b:not(#channel-name), i, u, s')")
        try expectNoTroubles(pages)
    }

    private func ask(_ question: String, _ answers: [String], _ page: ChatPage) throws {
        try page.visitor.click("#make-poll")
        try page.fill("#question", question)
        for (index, answer) in answers.enumerated() {
            try page.fill("#options input:nth-of-type(\(index + 1))", answer)
        }
        try page.visitor.press("Enter")
    }

    @Test func `a poll is made, voted in, and its results are drawn`() throws {
        let server = try LiveServer(Self.configuration)
        let pages = try people("Anna", "Boris", "Vera", at: server)
        try ask("Tea?", ["Yes", "No", "Coffee"], pages[0])
        for (page, answer) in zip(pages, [2, 2, 1]) {
            try page.visitor.click("#poll label:nth-of-type(\(answer))")
            try page.visitor.click("#vote")
            try page.visitor.wait(until: "document.querySelector('#poll .result')")
        }
        // Who looks at the results sees later votes, too.
        for page in pages {
            let results =
                "[...document.querySelectorAll('.result .part')].map((part) => part.innerText).join()"
            try page.visitor.wait(until: "\(results) === '33 % · 1,67 % · 2,0 % · 0'")
            try page.visitor.wait(until: "document.querySelector('.result .fill').style.width === '33%'")
        }
        try expectNoTroubles(pages)
    }

    @Test func `a moderator removes a message and bans its author, who is told so until the ban is lifted`()
        throws
    {
        let server = try LiveServer(Self.configuration)
        let pages = try people("Anna", "Boris", at: server)
        #expect(try pages[1].visitor.text("String(document.getElementById('make-poll').hidden)") == "true")
        try pages[1].say("bad words")
        try pages[0].see("bad words")
        try pages[0].visitor.click(".strike")
        for page in pages { try page.see("Removed by Anna") }
        #expect(try pages[1].visitor.text("String(document.querySelectorAll('.strike').length)") == "0")
        try pages[0].meet("Boris")
        try pages[0].fill("#reason", "bad words")
        try pages[0].visitor.click("#do-ban")
        for page in pages { try page.see(notice: "Anna banned Boris for 10 min: bad words") }
        try pages[1].visitor.wait(
            until:
                "document.getElementById('text').disabled && /^You are banned until .+ bad words$/.test(document.getElementById('hint').innerText)"
        )
        try pages[0].meet("Boris")
        try pages[0].visitor.click("#do-lift")
        try pages[1].visitor.wait(until: "!document.getElementById('text').disabled")
        try pages[1].say("good words")
        try pages[0].see("good words")
        try pages[0].meet("Boris")
        try pages[0].visitor.click("#do-moder")
        try pages[1].visitor.wait(until: "document.querySelector('.strike')")
        try expectNoTroubles(pages)
    }

    @Test func `a private message is seen by the two whom it concerns`() throws {
        let server = try LiveServer(Self.configuration)
        let pages = try people("Anna", "Boris", "Vera", at: server)
        try pages[0].meet("Vera")
        try pages[0].visitor.click("#do-private")
        try pages[0].say("between us")
        try pages[0].see("between us", row: ".private")
        try pages[2].see("between us", row: ".private")
        try pages[0].visitor.press("Escape")
        try pages[0].say("to all")
        for page in pages { try page.see("to all", row: ".row:not(.private)") }
        #expect(try pages[1].texts() == ["to all"])
        try expectNoTroubles(pages)
    }

    @Test func `what an ignored user says is hidden, until they are ignored no longer`() throws {
        let server = try LiveServer(Self.configuration)
        let pages = try people("Anna", "Boris", at: server)
        try pages[1].say("before")
        try pages[0].see("before")
        try pages[0].meet("Boris")
        try pages[0].visitor.click("#do-ignore")
        try pages[0].see("before", row: ".ignored")
        try pages[1].say("after")
        try pages[0].visitor.wait(until: "document.querySelectorAll('.row.ignored').length === 2")
        try pages[0].visitor.wait(until: "document.querySelector('.row.ignored').offsetHeight === 0")
        try pages[0].meet("Boris")
        try pages[0].visitor.click("#do-ignore")
        try pages[0].see("after")
        try expectNoTroubles(pages)
    }

    @Test func `the streamer's settings are in force at once`() throws {
        let server = try LiveServer(Self.configuration)
        let pages = try people("Anna", "Boris", at: server)
        try pages[0].visitor.click("#change")
        try pages[0].fill("#set-motd", "<Welcome> & \"hello\"")
        try pages[0].visitor.click("#set-slowmod")
        try pages[0].visitor.wait(until: "document.getElementById('set-slowmod').select() === undefined")
        try pages[0].visitor.type("60")
        try pages[0].visitor.click("#set-smiles")
        try pages[0].visitor.press("Enter")
        try pages[1].visitor.wait(
            until: "document.getElementById('motd-text').innerText === '<Welcome> & \"hello\"'"
        )
        try pages[1].visitor.wait(until: "document.getElementById('smiles').disabled")
        try pages[1].say("no :smile:")
        try pages[0].see("no :smile:")
        try pages[1].visitor.wait(
            until:
                "document.getElementById('send').disabled && Number(document.getElementById('wait').innerText) > 50"
        )
        try expectNoTroubles(pages)
    }

    @Test func `who loses the server comes back alone, with all that was missed and nothing twice`() throws {
        let server = try LiveServer(Self.configuration)
        let pages = try people("Anna", "Boris", at: server)
        try pages[0].say("one")
        for page in pages { try page.see("one") }
        try server.crash()
        for page in pages { try page.visitor.wait(until: "!document.getElementById('lost').hidden") }
        try server.restart()
        try pages[0].visitor.wait(until: "document.getElementById('lost').hidden")
        try pages[0].say("two")
        for page in pages {
            try page.see("two")
            try page.visitor.wait(until: "document.getElementById('lost').hidden")
        }
        try pages[1].say("three")
        for page in pages {
            try page.see("three")
            #expect(try page.texts() == ["one", "two", "three"])
        }
    }

    @Test func `a page that is loaded again is the same person in the same channel`() throws {
        let server = try LiveServer(Self.configuration)
        let page = try ChatPage("Anna", at: server, language: "ru-RU")
        try page.say("раз")
        try page.see("раз")
        try page.visitor.reload()
        try page.see(person: "Anna")
        try page.see("раз")
        try page.visitor.wait(
            until:
                "document.documentElement.lang === 'ru' && document.getElementById('people-title').innerText === '1 пользователь'"
        )
    }

    @Test func `the page is a file, too, and older messages come page by page`() throws {
        let server = try LiveServer(Self.configuration)
        let channel = try GGChannel(server, users: 1)
        let client = try channel.join(user: 1)
        for number in 1...120 {
            client.send(channel.saying("\(number)"))
            try client.expect("message")
        }
        let page = try ChatPage(user: 1, token: "t1", channel: 5, at: server)
        try page.see("120")
        #expect(try page.texts() == (71...120).map(String.init))
        for first in [21, 1] {
            try page.visitor.wait(until: "!document.getElementById('earlier').click()")
            try page.see("\(first)")
            #expect(try page.texts() == (first...120).map(String.init))
        }
        try page.visitor.wait(until: "document.getElementById('earlier').hidden")
        try expectNoTroubles([page])
    }

    @Test func `an error is told in words, and what was written comes back`() throws {
        let server = try LiveServer(Self.configuration)
        let page = try ChatPage("Anna", at: server)
        try page.say("/dance")
        let toast = try page.visitor.text("document.querySelector('.toast')?.innerText")
        #expect(toast == "There is no such command.\n109 · Unknown command")
        try page.visitor.wait(until: "document.getElementById('text').value === '/dance'")
        try expectNoTroubles([page])
    }

    @Test func `on a phone nothing is wider than the screen, and the list of users is behind a button`()
        throws
    {
        let server = try LiveServer(Self.configuration)
        let page = try ChatPage("Anna", at: server)
        try page.visitor.resize(width: 360, height: 740, mobile: true, dark: true)
        try page.say(String(repeating: "long", count: 100))
        try page.visitor.wait(until: "document.querySelector('.row')")
        try page.visitor.wait(
            until:
                "document.documentElement.scrollWidth === 360 && document.getElementById('people').offsetWidth === 0"
        )
        try page.visitor.wait(
            until:
                "['send', 'show-people', 'where'].every((id) => { const { left, right } = document.getElementById(id).getBoundingClientRect(); return left >= 0 && right <= 360; })"
        )
        try page.visitor.click("#show-people")
        try page.visitor.click(".person")
        try page.visitor.wait(until: "document.getElementById('person').open")
        try expectNoTroubles([page])
    }

    @Test func `the keyboard alone is enough`() throws {
        let server = try LiveServer(Self.configuration)
        let pages = try people("Anna", "Boris", at: server)
        let keys = pages[0].visitor
        try pages[1].say("one")
        try pages[1].say("two")
        try pages[0].see("two")
        // From the field back over the people's list and the poll's, to the messages.
        try keys.wait(until: "!document.getElementById('live').focus()")
        for key in ["ArrowUp", "ArrowUp", "ArrowRight", "Enter"] { try keys.press(key) }
        for page in pages { try page.see("Removed by Anna") }
        #expect(try pages[1].texts() == ["Removed by Anna", "two"])
        try keys.press("Escape")
        try keys.wait(until: "document.activeElement.id === 'text'")
        try keys.wait(until: "!document.getElementById('smiles').focus()")
        for key in ["Enter", "ArrowRight", "Enter"] { try keys.press(key) }
        try keys.wait(until: "document.getElementById('text').value === ':laugh: '")
        try keys.press("Enter")
        try pages[1].visitor.wait(until: "document.querySelector('.text .smile[aria-label=laugh]')")
        let unnamed = """
            [...document.querySelectorAll('button, input, textarea, select')].filter((field) => field.offsetWidth \
            && !(field.innerText.trim() || field.ariaLabel || field.labels?.length)).map((field) => field.id).join()
            """
        try keys.wait(until: "\(unnamed) === ''")
        try expectNoTroubles(pages)
    }

    @Test func `a ban that was not told shows when something is refused`() throws {
        let server = try LiveServer(Self.configuration)
        let pages = try people("Anna", "Boris", at: server)
        try pages[0].meet("Boris")
        try pages[0].visitor.click("#show-ban")
        try pages[0].fill("#reason", "quietly")
        try pages[0].visitor.click("#do-ban")
        try pages[0].see(notice: "Anna banned Boris for 10 min: quietly")
        try pages[1].say("hello?")
        try pages[1].visitor.wait(until: "document.getElementById('hint').innerText.endsWith('quietly')")
        #expect(try pages[1].texts() == [])
        try expectNoTroubles(pages)
    }

    @Test func `a channel is chosen from the list or by its number, and one that is not there is told`()
        throws
    {
        let server = try LiveServer(Self.configuration)
        let channel = try GGChannel(server, users: 1)
        let client = try channel.join(user: 1)
        let page = try ChatPage("Anna", at: server)
        try page.say("elsewhere")
        try page.see("elsewhere")
        try page.visitor.click("#where")
        // When the list comes, what is below it moves.
        try page.visitor.wait(until: "document.querySelectorAll('#channels-list button').length === 2")
        try page.fill("#channel-id", "77")
        try page.visitor.press("Enter")
        try page.visitor.wait(
            until:
                "document.getElementById('channels-trouble').innerText.startsWith('There is no such channel.')"
        )
        try page.visitor.click("#channels-list button:nth-of-type(2)")
        try page.visitor.wait(until: "document.getElementById('channel-name').innerText === 'Five'")
        try page.see(person: "User1")
        client.send(channel.saying("hello"))
        try page.see("hello")
        #expect(try page.texts() == ["hello"])
        // The channel that was left has nobody any more.
        try page.visitor.click("#where")
        try page.visitor.wait(
            until:
                "[...document.querySelectorAll('#channels-list button')].map((channel) => channel.innerText.split('\\n')[0]).join() === 'Five'"
        )
        try expectNoTroubles([page])
    }

    @Test func `a guest reads along, and who comes with a wrong token is told so`() throws {
        let server = try LiveServer(Self.configuration)
        let anna = try ChatPage("Anna", at: server)
        try anna.say("hello")
        try anna.see("hello")
        let guest = try Visitor()
        try guest.open("http://127.0.0.1:\(server.address("/demo").port)/demo")
        try guest.click("#by-token")
        try guest.click("#user-id")
        try guest.type("1000000000")
        try guest.click("#token")
        try guest.type("wrong")
        try guest.press("Enter")
        try guest.wait(
            until:
                "document.getElementById('enter-trouble').innerText === 'The server did not take the user id and the token.'"
        )
        try guest.click("#by-guest")
        try guest.click("#enter-go")
        try guest.click("#channels-list button")
        try guest.wait(until: "document.querySelector('.row .text').innerText === 'hello'")
        try guest.wait(
            until:
                "document.getElementById('text').disabled && document.getElementById('hint').innerText.startsWith('Guests only read.')"
        )
        #expect(try guest.troubles() == [])
    }
}
