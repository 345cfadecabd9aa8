import Foundation

/// A visitor of fire's page, who comes to it with a token.
struct FirePage {
    let visitor: Visitor

    /// - Parameters:
    ///   - token: of the user; nil: the site makes it.
    ///   - name: of the name space; nil: the site's.
    init(
        _ user: String = "42",
        channels: [String] = [],
        at site: FireSite,
        token: String? = nil,
        name: String? = nil,
        language: String = "en-US"
    ) throws {
        visitor = try Visitor(language: language)
        try visitor.resize(width: 1000, height: 640)
        var fragment = URLComponents()
        let server = "ws://127.0.0.1:\(try site.server.address("/socket").port)/socket/websocket"
        let members = [("at", server), ("i", name ?? site.name), ("s", try token ?? site.say("token", user))]
        fragment.queryItems = (members + channels.map { ("channel", $0) }).map(URLQueryItem.init)
        try visitor.open(
            "file://\(FireSite.example)/index.html#\(fragment.percentEncodedQuery ?? "")"
                .replacing("+", with: "%2B")
        )
    }

    func waitForEntry() throws { try visitor.wait(until: "document.querySelector('#status.up')") }

    func transport() throws -> String { try visitor.text("document.documentElement.dataset.transport") }

    func subscribe(to channel: String) throws {
        try visitor.click("#channel")
        try visitor.type(channel)
        try visitor.press("Enter")
    }

    /// Waits until the last event that is shown is this one.
    func see(_ text: String, in channel: String) throws {
        try visitor.wait(
            until:
                "((row) => row.querySelector('.name').innerText === \(quoted(channel)) && row.querySelector('.data').innerText === \(quoted(text)))([...document.querySelectorAll('.row')].at(-1))"
        )
    }

    /// Waits until a line says so.
    func see(notice: String) throws {
        try visitor.wait(
            until:
                "[...document.querySelectorAll('.notice')].some((notice) => notice.innerText === \(quoted(notice)))"
        )
    }

    /// Waits until the first sheet says what the matter is.
    func see(trouble: String, _ code: String) throws {
        try visitor.wait(
            until:
                "document.getElementById('enter').open && document.getElementById('trouble-text').innerText === \(quoted(trouble)) && document.getElementById('trouble-code').innerText === \(quoted(code))"
        )
    }

    /// Everything that is shown, in its order.
    func events() throws -> [String] {
        try visitor.texts("[...document.querySelectorAll('.row .data')].map((data) => data.innerText)")
    }

    /// As a literal of JavaScript.
    private func quoted(_ text: String) -> String {
        let bytes = (try? JSONEncoder().encode(text)) ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }
}
