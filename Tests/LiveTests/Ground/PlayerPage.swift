import Foundation

/// A visitor of song-request's page.
struct PlayerPage {
    static let file = "\(Products.root)/Docs/examples/song-request/index.html"

    let visitor: Visitor

    /// Opens the page, which knows the server and the nick.
    init(_ nick: String = "anna", at server: LiveServer, mark: String = "#") throws {
        visitor = try Visitor()
        try visitor.resize(width: 900, height: 700)
        let address = try server.address("/song-request").description
        try visitor.open("file://\(PlayerPage.file)\(mark)at=\(address)&nick=\(nick)")
    }

    /// Opens the page, logs in with the pin and waits until it is in.
    init(in site: SongSite) throws {
        try self.init(at: site.server)
        try logIn()
        try waitForEntry()
    }

    func logIn(pin: String = "pin-of-anna") throws {
        try visitor.wait(until: "!document.getElementById('go').disabled")
        try fill("pin", pin)
        try visitor.press("Enter")
    }

    /// Writes over what stands in a field.
    func fill(_ field: String, _ text: String) throws {
        try visitor.click("#\(field)")
        try visitor.wait(until: "document.getElementById('\(field)').select() === undefined")
        try visitor.type(text)
    }

    func waitForEntry() throws {
        try visitor.wait(until: "document.querySelector('#status.up').innerText === 'Connected as anna'")
    }

    /// Waits until these are the songs, the first of them marked as playing and no other.
    func see(songs: [String]) throws {
        let shown = "[...document.querySelectorAll('#queue a')].map((link) => link.innerText)"
        let playing =
            "[...document.querySelectorAll('[aria-current] .now')].map((now) => now.innerText).join()"
        let marked = songs.isEmpty ? "" : "Now playing"
        try visitor.wait(
            until:
                "JSON.stringify(\(shown)) === \(quoted(quoted(songs))) && \(playing) === '\(marked)' && (!\(songs.count) || document.querySelector('#queue li').matches('[aria-current]'))"
        )
    }

    /// Waits until the newest line says so.
    func see(news: String) throws {
        try visitor.wait(until: "document.getElementById('news').innerText === \(quoted(news))")
    }

    /// Waits until it says what the matter is, and waits for the person.
    func see(trouble: String, _ code: String) throws {
        try visitor.wait(
            until:
                "document.getElementById('trouble').innerText.trim().split(/\\s*\\n/).join('|') === \(quoted("\(trouble)|\(code)")) && document.getElementById('lost').hidden && document.getElementById('status').innerText === 'Not connected' && !document.getElementById('go').disabled"
        )
    }

    /// What cannot be read for too little contrast (WCAG 2.1, AA: 4.5 to 1).
    func faint() throws -> [String] {
        let light =
            "((color) => { const [r, g, b] = color.match(/[\\d.]+/g).map((v) => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b + .05; })"
        let ground =
            "((element) => { while (getComputedStyle(element).backgroundColor === 'rgba(0, 0, 0, 0)') element = element.parentElement; return getComputedStyle(element).backgroundColor; })"
        let texts =
            "[...document.querySelectorAll('body *')].filter((element) => element.checkVisibility() && !element.closest(':disabled, script') && (element.value || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())))"
        return try visitor.texts(
            "\(texts).filter((element) => { const [a, b] = [\(light)(getComputedStyle(element).color), \(light)(\(ground)(element))]; return Math.max(a, b) / Math.min(a, b) < 4.5; }).map((element) => element.outerHTML)"
        )
    }

    /// As a literal of JavaScript.
    private func quoted(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: (try? encoder.encode(value)) ?? Data(), as: UTF8.self)
    }
}
