import JSON
import PatchbayKit

/// `send_message`, which everybody in the channel gets as `message`.
extension GGService {
    /// Who says something, and what clients show of how.
    struct Saying {
        let author: Participant
        let hidesIcon: Bool
        let isMobile: Bool
    }

    func sendMessage(_ request: Request, _ client: Client) throws(Failure) {
        let id = try request.channel()
        let text = try request.text("text")
        let hidesIcon = try request.flag("hideIcon")
        let isMobile = try request.flag("mobile")
        let author = try participant(id, client)
        let saying = Saying(author: author, hidesIcon: hidesIcon, isMobile: isMobile)
        let trimmed = Markup.trimmed(text)
        guard let first = trimmed.first else { throw .emptyMessage }
        guard first != UInt8(ascii: "/") else { return try obey(trimmed, saying, client) }
        try say(trimmed, saying)
    }

    /// Stores a text as the channel's next message and sends it to everybody there.
    func say(_ text: ArraySlice<UInt8>, _ saying: Saying) throws(Failure) {
        let author = saying.author
        let channel = author.channel
        try checkSlowMode(author)
        let post = Post(
            id: channel.lastNumber + 1,
            userID: author.person.id,
            name: author.person.nameText,
            rights: author.rights,
            groups: author.presence.groups,
            hidesIcon: saying.hidesIcon,
            isMobile: saying.isMobile,
            paidSmiles: author.presence.paidSmiles,
            time: host.wallMilliseconds,
            text: Self.quoted(Markup.escaped(text))
        )
        try keep(post, in: channel)
        author.presence.lastSent = post.time
        publish("message", to: channel) { writer in
            dialect.channel(channel.id, to: &writer)
            post.write(to: &writer, dialect)
        }
    }

    /// Stores the message, and lets go of the oldest where there are too many. All of it is done or nothing.
    private func keep(_ post: Post, in channel: Channel) throws(Failure) {
        let excess = max(0, channel.keptCount + 1 - historyLimit)
        try Failure.catching { () throws(StoreError) in
            try store.atomically { () throws(StoreError) in
                if excess > 0 { try messageRecords.removeOldest(excess, of: channel.id) }
                try messageRecords.add(post, to: channel.id)
                guard channel.settings.slowmod > 0 else { return }
                try slowModeRecords.set(post.time, of: post.userID, in: channel.id)
            }
        }
        channel.keptCount += 1 - excess
        channel.lastNumber = post.id
        channel.latestText = nil
    }

    /// A text as JSON string.
    static func quoted(_ text: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(capacity: text.count + 16)
        writer.string(utf8: text)
        return writer.bytes
    }
}
