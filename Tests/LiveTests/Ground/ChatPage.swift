/// A visitor of the gg chat's page.
struct ChatPage {
    let visitor: Visitor

    /// Comes with a nick to the page that the server serves, and waits for the channel.
    init(_ nick: String, at server: LiveServer, language: String = "en-US") throws {
        visitor = try Visitor(language: language)
        try visitor.resize(width: 1280, height: 800)
        try visitor.open("http://127.0.0.1:\(server.address("/demo").port)/demo")
        try visitor.click("#nick")
        try visitor.type(nick)
        try visitor.press("Enter")
        try waitForChannel()
    }

    /// Comes to the page as a file, with a user's number and token.
    init(user: Int, token: String, channel: Int, at server: LiveServer) throws {
        visitor = try Visitor()
        let address = try server.address("/chat/websocket").description
        let page = "file://\(Products.root)/Docs/examples/gg-chat/index.html"
        try visitor.open("\(page)?at=\(address)&channel=\(channel)")
        try visitor.click("#user-id")
        try visitor.type(String(user))
        try visitor.click("#token")
        try visitor.type(token)
        try visitor.press("Enter")
        try waitForChannel()
    }

    private func waitForChannel() throws {
        try visitor.wait(
            until: "!document.querySelector('dialog[open]') && document.querySelector('.person')"
        )
    }

    /// How it talks to the server: `websocket` or `polling`.
    func transport() throws -> String { try visitor.text("document.documentElement.dataset.transport") }

    func say(_ text: String) throws {
        try visitor.click("#text")
        try visitor.type(text)
        try visitor.press("Enter")
    }

    /// Waits until a message with this text stands there, or a text with the other marks of `row`.
    func see(_ text: String, row: String = ".row:not(.ignored)") throws {
        try visitor.wait(
            until:
                "[...document.querySelectorAll('\(row) .text')].some((text) => text.innerText === \(quoted(text)))"
        )
    }

    /// Waits until somebody stands in the list of users.
    func see(person: String) throws {
        try visitor.wait(
            until:
                "[...document.querySelectorAll('.person .name')].some((name) => name.innerText === \(quoted(person)))"
        )
    }

    /// Waits until a line of the channel's own news has this text.
    func see(notice: String) throws {
        try visitor.wait(
            until:
                "[...document.querySelectorAll('.notice')].some((notice) => notice.innerText === \(quoted(notice)))"
        )
    }

    /// Everything that was said and is shown, in its order.
    func texts() throws -> [String] {
        try visitor.texts("[...document.querySelectorAll('.row .text')].map((text) => text.innerText)")
    }

    /// Opens what there is to do with somebody.
    func meet(_ person: String) throws {
        try see(person: person)
        let id = try visitor.text(
            "[...document.querySelectorAll('.person')].find((person) => person.querySelector('.name').innerText === \(quoted(person))).dataset.user"
        )
        try visitor.click(".person[data-user='\(id)']")
        try visitor.wait(until: "document.getElementById('person').open")
    }

    func fill(_ selector: String, _ text: String) throws {
        try visitor.click(selector)
        try visitor.type(text)
    }

    /// As a literal of JavaScript.
    private func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
