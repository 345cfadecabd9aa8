import JSON
import PatchbayKit

/// `get_channel_history`: the latest messages, or those after one.
extension GGService {
    private static let pageSize = 50

    func getHistory(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        let from = try start(request)
        let channel = try visit(id, client).channel
        let messages = try messages(after: from, in: channel)
        send("channel_history", to: client.connection) { writer in
            dialect.channel(channel.id, to: &writer)
            writer.member("messages", raw: messages)
        }
    }

    /// The number of the message after which to begin. Nil: the latest are asked for.
    private func start(_ request: Request) throws(Failure) -> Int64? {
        guard let text = try request.identifier("from") else { return nil }
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text[...]
        guard digits.isDigits else { throw .field("from") }
        // No message has a number beyond the range.
        return isNegative ? 0 : Int64(digits: digits) ?? .max
    }

    private func messages(after number: Int64?, in channel: Channel) throws(Failure) -> [UInt8] {
        guard let number else { return try latest(of: channel) }
        return try page(after: number, of: channel)
    }

    /// The latest messages, which are what most ask for; kept as written until one more comes.
    private func latest(of channel: Channel) throws(Failure) -> [UInt8] {
        if let text = channel.latestText { return text }
        let text = try list { body throws(StoreError) in
            try messageRecords.latest(min(Self.pageSize, Int(historyLimit)), of: channel.id, body)
        }
        channel.latestText = text
        return text
    }

    private func page(after number: Int64, of channel: Channel) throws(Failure) -> [UInt8] {
        try list { body throws(StoreError) in
            try messageRecords.after(number, Self.pageSize, of: channel.id, body)
        }
    }

    private func list(_ each: ((Post) -> Void) throws(StoreError) -> Void) throws(Failure) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        try Failure.catching { () throws(StoreError) in
            try each { post in
                writer.beginObject()
                post.write(to: &writer, dialect)
                writer.endObject()
            }
        }
        writer.endArray()
        return writer.bytes
    }
}
