import Wire

/// Answers of services that say that they are public: they get a tag and a gzip, which are made once.
struct StaticCache {
    struct Entry {
        let response: Response
        let answer: StaticAnswer
        var lastUse: UInt64
    }

    private static let mostEntries = 32
    private static let longestBody = 4 << 20  // bytes
    private static let mostBytes = 8 << 20  // of all bodies together

    /// Found by what they hold: a query that changes nothing must not have it compressed again.
    private(set) var entries: [Entry] = []
    private var uses: UInt64 = 0

    /// What a request is answered instead. Nil: the response is not for everybody, or not worth it.
    mutating func answer(_ response: Response, to head: RequestHead) -> Response? {
        guard response.status == .ok, head.isMethod("GET") || head.isMethod("HEAD"),
            response.body.count <= Self.longestBody, let cacheControl = Self.publicControl(response)
        else { return nil }
        uses += 1
        if let place = entries.firstIndex(where: { $0.response == response }) {
            entries[place].lastUse = uses
            return entries[place].answer.answer(head)
        }
        let answer = StaticAnswer(
            response.body,
            contentType: response.contentType,
            cacheControl: cacheControl,
            fields: response.fields.filter { $0.name.lowercased() != "cache-control" }
        )
        let entry = Entry(response: response, answer: answer, lastUse: uses)
        makeRoom(for: response.body.count)
        entries.append(entry)
        return answer.answer(head)
    }

    /// Lets go of those that were asked for longest ago, until one more fits.
    private mutating func makeRoom(for count: Int) {
        var bytes = entries.reduce(count) { $0 + $1.response.body.count }
        while entries.count == Self.mostEntries || bytes > Self.mostBytes {
            guard let oldest = entries.indices.min(by: { entries[$0].lastUse < entries[$1].lastUse }) else {
                return
            }
            bytes -= entries.remove(at: oldest).response.body.count
        }
    }

    /// The value of a Cache-Control that says `public`, where the service has not made a tag or a coding itself.
    private static func publicControl(_ response: Response) -> String? {
        var value: String?
        for field in response.fields {
            switch field.name.lowercased() {
            case "etag", "content-encoding", "set-cookie": return nil
            case "cache-control": value = field.value
            default: break
            }
        }
        guard let value else { return nil }
        let words = value.lowercased().split { $0 == "," || $0 == " " }
        return words.contains("public") && !words.contains("no-store") ? value : nil
    }
}
