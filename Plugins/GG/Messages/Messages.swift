import JSON
import PatchbayKit

/// `send_message`, which everybody in the channel gets as `message`.
extension GGService {
    func sendMessage(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        let text = try request.text("text")
        let hidesIcon = try request.flag("hideIcon")
        let isMobile = try request.flag("mobile")
        let channel = try channel(id)
        guard client.person != nil else { throw .authorizationRequired }
        guard let presence = try visit(channel.id, client).presence else { throw .authorizationRequired }
        let trimmed = Markup.trimmed(text)
        guard let first = trimmed.first else { throw .emptyMessage }
        guard first != UInt8(ascii: "/") else { throw .unknownCommand }
        let post = Post(
            id: channel.lastNumber + 1,
            userID: presence.person.id,
            name: presence.person.nameText,
            rights: presence.rights,
            groups: presence.groups,
            hidesIcon: hidesIcon,
            isMobile: isMobile,
            paidSmiles: Self.emptyArray,
            time: host.wallMilliseconds,
            text: Self.quoted(Markup.escaped(trimmed))
        )
        try keep(post, in: channel)
        publish("message", to: channel) { writer in
            dialect.channel(channel.id, to: &writer)
            post.write(to: &writer, dialect)
        }
    }

    /// Stores the message, and lets go of the oldest where there are too many.
    private func keep(_ post: Post, in channel: Channel) throws(Failure) {
        try Failure.catching { () throws(StoreError) in
            let excess = channel.keptCount + 1 - historyLimit
            if excess > 0 {
                try messageRecords.removeOldest(excess, of: channel.id)
                channel.keptCount -= excess
            }
            // Last, so that a message whose sender is told of a failure is not there.
            try messageRecords.add(post, to: channel.id)
            channel.keptCount += 1
        }
        channel.lastNumber = post.id
        channel.latestText = nil
    }

    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(capacity: text.count + 16)
        writer.string(utf8: text)
        return writer.bytes
    }
}
