import JSON
import PatchbayKit

/// The demo: a web page of the chat, and a user for whoever comes with a nick.
struct Demo {
    let page: DemoPage
    let records: DemoRecords
    var pace = DemoPace()
    /// Whom the channel was given to last, and when, in monotonic milliseconds.
    var owner: (id: UserID, since: Int64)?

    init(_ store: Store, _ secrets: Secrets) throws(StoreError) {
        page = DemoPage(secrets)
        records = try DemoRecords(store)
        try records.addFirstChannel()
    }
}

extension GGService {
    static func registerDemo(_ setup: Setup<GGService>) {
        for path in ["", "/"] {
            setup.onRequest("GET", path, on: "demo") { gg, request in gg.showPage(request) }
        }
        setup.onRequest("POST", "/enter", on: "demo") { gg, request in gg.welcome(request) }
    }

    private func showPage(_ request: PatchbayKit.Request) {
        guard let page = demo?.page else {
            request.respond(404, "There is no demo here.\n")
            return
        }
        request.respond(
            200,
            page.bytes,
            contentType: "text/html; charset=utf-8",
            headers: [
                ("Cache-Control", "public, max-age=60"),
                ("Content-Security-Policy", page.policy),
                ("Referrer-Policy", "no-referrer"),
                ("X-Content-Type-Options", "nosniff"),
            ]
        )
    }

    /// Answers `{"nick":…}` with what the chat is entered with.
    private func welcome(_ request: PatchbayKit.Request) {
        var writer = JSONWriter()
        writer.beginObject()
        var status = 201
        do throws(DemoRefusal) {
            let visitor = try makeVisitor(request)
            writer.member("user_id", String(visitor.id))
            writer.member("token", visitor.token)
            if let channel = visitor.channel { writer.member("channel_id", channel.text) }
        } catch {
            if case .store(let sentence) = error { host.log(.error, "nobody could be made: \(sentence)") }
            status = error.status
            writer.member("error", error.sentence)
        }
        writer.endObject()
        request.respond(
            status,
            writer,
            contentType: "application/json",
            headers: [("Cache-Control", "no-store")]
        )
    }
}
