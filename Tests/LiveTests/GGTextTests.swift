import JSON
import Testing

/// Whatever people write, a page that shows it as it comes shows text and nothing else.
@Suite struct GGTextTests {
    /// A text on its way: as a message, about oneself, to oneself, or as the message of the day.
    private enum Way: CaseIterable {
        case message, action, privately, motd

        func request(_ text: String) -> String {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("type")
            writer.string(self == .privately ? "send_private_message" : "send_message")
            writer.key("data")
            writer.beginObject()
            writer.key("channel_id")
            writer.string("5")
            writer.key("user_id")
            writer.string("1")
            writer.key("text")
            switch self {
            case .message, .privately: writer.string(text)
            case .action: writer.string("/me \(text)")
            case .motd: writer.string("/motd \(text)")
            }
            writer.endObject()
            writer.endObject()
            return String(decoding: writer.bytes, as: UTF8.self)
        }

        /// What came of the text, without what the server put before it.
        func text(in answer: String) throws -> [UInt8] {
            let object = try JSONValue.read(answer.utf8.span)
            let data = object.member("data", in: answer.utf8.span).value
            let found = data?.member(self == .motd ? "value" : "text", in: answer.utf8.span).value
            let text = try #require(found.flatMap { GGTextTests.text($0, in: answer) }, "\(answer)")
            guard self == .action else { return text }
            let author = "* User1 "
            #expect(text.starts(with: author.utf8))
            return Array(text.dropFirst(author.utf8.count))
        }

        var answer: String {
            switch self {
            case .message, .action: "message"
            case .privately: "private_message"
            case .motd: "setting"
            }
        }
    }

    @Test
    func `of 10,000 hostile texts none comes out with a bracket or a bare quote, and all come out whole`()
        throws
    {
        let channel = try GGChannel(LiveServer(GGChannel.configuration), users: 1)
        let client = try channel.join(user: 1)
        _ = try channel.server.command("call", "gg", "rights.grant", "user_id=1", "rights=20")
        try client.expect("update_rights")
        var source = HostileTexts()
        var lastMessages: [String] = []
        for _ in 0..<100 {
            let texts = (0..<100).map { (Way.allCases[$0 % Way.allCases.count], source.next()) }
            for (way, text) in texts { client.send(way.request(text)) }
            for (way, text) in texts {
                let found = try way.text(in: client.expect(way.answer))
                check(found, is: text)
                if way.answer == "message" { lastMessages.append(way == .action ? "* User1 \(text)" : text) }
            }
        }
        client.send(GGChannel.history)
        let history = try client.expect("channel_history")
        let object = try JSONValue.read(history.utf8.span)
        let data = object.member("data", in: history.utf8.span).value
        let messages = try #require(data?.member("messages", in: history.utf8.span).value)
        var texts: [[UInt8]] = []
        messages.forEachElement(in: history.utf8.span) { message in
            let found = message.member("text", in: history.utf8.span).value
            texts.append(found.flatMap { Self.text($0, in: history) } ?? [])
            return true
        }
        #expect(texts.count == 50)
        for (found, text) in zip(texts, lastMessages.suffix(50)) { check(found, is: text) }
    }

    private static func text(_ value: JSONValue, in answer: String) -> [UInt8]? {
        var text: [UInt8] = []
        return value.appendUnescaped(in: answer.utf8.span, to: &text) ? text : nil
    }

    private func check(_ found: [UInt8], is text: String) {
        #expect(!found.contains { "<>\"'".utf8.contains($0) }, "\(found)")
        #expect(Self.unescaped(found) == Array(text.utf8))
    }

    /// What a browser makes of the five entities, each read once. A bare ampersand would be lost.
    private static func unescaped(_ text: [UInt8]) -> [UInt8] {
        let entities = ["amp;": "&", "lt;": "<", "gt;": ">", "quot;": "\"", "#39;": "'"]
        let parts = text.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(Array(parts[0])) { result, part in
            guard let found = entities.first(where: { part.starts(with: $0.key.utf8) }) else {
                return result + part
            }
            return result + found.value.utf8 + part.dropFirst(found.key.utf8.count)
        }
    }
}

/// Texts that somebody would try; always the same ones.
private struct HostileTexts {
    private var state: UInt64 = 0x9e37_79b9_7f4a_7c15

    private static let pieces = [
        "<", ">", "&", "\"", "'", "\\", "/", "`", "=", ";", "<script>", "</script>",
        "<img src=x onerror=alert(1)>",
        "&lt;", "&amp;", "&amp;lt;", "&quot;", "&#39;", "&#x3c;", "&", "&&", "]]>", "<!--", "-->",
        "javascript:",
        "\u{0}", "\u{1}", "\u{8}", "\u{b}", "\u{1f}", "\u{7f}", "\n", "\r\n", "\t", " ", "\u{85}", "\u{a0}",
        "\u{2028}", "\u{2029}", "\u{3000}", "\u{feff}", "\u{200b}", "\u{202e}", "\u{301}", "ё", "е\u{308}",
        "я",
        "<\u{338}", ">\u{338}", "\"\u{301}", "&\u{20dd}", "\u{ff1c}", "😀", "👨‍👩‍👧", "\u{10ffff}", "\u{fffd}", "a",
        "1",
        "\\u003c", "%3Cscript%3E", "+ADw-", "';--", "{\"type\":\"error\"}", "/me", "r5",
    ]

    /// Without white space at the ends, which is taken away, and without a slash at the beginning.
    mutating func next() -> String {
        let length = 1 + number(below: 30)
        let text = (0..<length).map { _ in Self.pieces[number(below: Self.pieces.count)] }.joined()
        var scalars = Substring(text).unicodeScalars
        while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        return scalars.isEmpty || scalars.first == "/" ? "<\(String(scalars))>" : String(scalars)
    }

    /// xorshift64
    private mutating func number(below limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }
}
