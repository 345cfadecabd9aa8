extension ConfigurationReader {
    /// How each limit is written, by name.
    private static let limitForms = [
        "connections": "N", "connections_per_address": "N", "connections_per_principal": "N",
        "rate": "R/s burst B", "queries": "R/s burst B", "bytes": "SIZE/s", "auth_failures": "N/m",
        "message": "SIZE", "outbox": "SIZE",
        "queue": "SIZE", "login": "TIME", "idle": "TIME", "head": "SIZE", "head_time": "TIME",
        "handshake": "TIME", "body_time": "TIME", "compress": "SIZE", "sockjs_response": "SIZE",
    ]

    /// Limits that hold before a connection's service is known.
    private static let general: Set = ["head", "head_time", "handshake"]

    /// Limits that the word `none` lifts, in a service also where the top level sets one.
    private static let liftable: Set = [
        "connections", "connections_per_address", "connections_per_principal", "rate", "queries",
        "bytes",
        "auth_failures",
    ]

    private static let mostCount: Int64 = 10_000_000
    private static let mostBytes: Int64 = 1 << 30
    private static let mostTime: Int64 = 24 * 3_600_000  // milliseconds

    /// Reads `limit NAME VALUE;`.
    mutating func readLimit(
        _ directive: ConfigurationDirective,
        in block: ConfigurationBlock,
        into limits: inout Limits,
        _ seen: inout Seen
    ) {
        guard let words = values(directive, in: block, count: 1...) else { return }
        let name = words[0].text
        guard let form = Self.limitForms[name] else { return reportUnknownLimit(words[0]) }
        guard block == .file || !Self.general.contains(name) else {
            let message = "limit \(name) holds before the service of a connection is known"
            return errors.add(.unknownLimit, at: words[0].position, message, "it belongs at top level")
        }
        guard isFirst(directive, as: "limit \(name)", &seen) else { return }
        let isRate = form == "R/s burst B" && words.count == 4 && words[2].text == "burst"
        guard words.count == 2 || isRate else {
            let message = "limit \(name) has the wrong values"
            return errors.add(.wrongValues, at: directive.position, message, "write: limit \(name) \(form);")
        }
        if words[1].text == "none", words.count == 2, Self.liftable.contains(name) {
            return lift(name, from: &limits)
        }
        switch form {
        case "N": readCount(name, words[1], into: &limits)
        case "SIZE": readSize(name, words[1], into: &limits)
        case "TIME": readTime(name, words[1], into: &limits)
        default: readRate(name, words, form, into: &limits)
        }
    }

    private mutating func reportUnknownLimit(_ word: ConfigurationWord) {
        let names = Self.limitForms.keys.sorted()
        errors.add(
            .unknownLimit,
            at: word.position,
            "unknown limit \(word.quoted)",
            Suggestion.question(nearest: word.text, among: names)
                ?? "known are \(names.joined(separator: ", "))"
        )
    }

    private func lift(_ name: String, from limits: inout Limits) {
        switch name {
        case "connections": limits.connections = nil
        case "connections_per_address": limits.connectionsPerAddress = nil
        case "connections_per_principal": limits.connectionsPerPrincipal = nil
        case "rate": limits.rate = nil
        case "queries": limits.queries = nil
        case "bytes": limits.bytesPerSecond = nil
        default: limits.authFailuresPerMinute = nil
        }
    }

    private mutating func readCount(_ name: String, _ word: ConfigurationWord, into limits: inout Limits) {
        guard let count = number(.integer, word, for: "limit \(name)", in: 1...Self.mostCount) else { return }
        switch name {
        case "connections": limits.connections = count
        case "connections_per_address": limits.connectionsPerAddress = count
        default: limits.connectionsPerPrincipal = count
        }
    }

    private mutating func readSize(_ name: String, _ word: ConfigurationWord, into limits: inout Limits) {
        guard let size = number(.size, word, for: "limit \(name)", in: sizes(of: name)) else { return }
        switch name {
        case "message": limits.message = size
        case "outbox": limits.outbox = size
        case "queue": limits.queue = size
        case "compress": limits.compress = size
        case "sockjs_response": limits.sockJSResponse = size
        default: limits.head = size
        }
    }

    private func sizes(of name: String) -> ClosedRange<Int64> {
        switch name {
        // A head of less would refuse every browser; of more than a megabyte, nobody sends.
        case "head": 1_024...1 << 20
        case "compress": 0...Self.mostBytes
        default: 1...Self.mostBytes
        }
    }

    private mutating func readTime(_ name: String, _ word: ConfigurationWord, into limits: inout Limits) {
        guard let time = duration(word, for: "limit \(name)", in: 1...Self.mostTime) else { return }
        switch name {
        case "login": limits.login = time
        case "idle": limits.idle = time
        case "body_time": limits.bodyTime = time
        case "handshake": limits.handshake = time
        default: limits.headTime = time
        }
    }

    private func mostRate(of name: String) -> Int64 {
        switch name {
        case "bytes": Self.mostBytes
        // Each failure of the last minute is kept by its time.
        case "auth_failures": 1_000
        default: Self.mostCount
        }
    }

    private mutating func readRate(
        _ name: String,
        _ words: [ConfigurationWord],
        _ form: String,
        into limits: inout Limits
    ) {
        let unit = name == "auth_failures" ? "/m" : "/s"
        guard words[1].text.hasSuffix(unit) else {
            let message = "\(words[1].quoted) for limit \(name) does not end in \(unit)"
            return errors.add(.badUnit, at: words[1].position, message, "write: limit \(name) \(form);")
        }
        let amount = words[1].part(words[1].text.dropLast(2))
        let most = mostRate(of: name)
        let quantity: Quantity = name == "bytes" ? .size : .integer
        let count = number(quantity, amount, for: "limit \(name)", in: 1...most)
        let burst =
            words.count == 4
            ? number(.integer, words[3], for: "the burst of limit \(name)", in: 1...most) : count
        guard let count, let burst else { return }
        switch name {
        case "rate": limits.rate = Limits.Rate(perSecond: count, burst: burst)
        case "queries": limits.queries = Limits.Rate(perSecond: count, burst: burst)
        case "bytes": limits.bytesPerSecond = count
        default: limits.authFailuresPerMinute = count
        }
    }
}
