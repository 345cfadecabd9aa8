import JSON
import PatchbayKit

/// `channels_list`: where users are.
extension GGService {
    private static let pageSize: Int64 = 50

    /// The channels with at least one user, most users first, then by number. Rooms are not listed.
    var listedChannels: [Channel] {
        channels.values
            .filter { !$0.id.isRoom && $0.userCount > 0 }
            .sorted { ($1.userCount, $0.id) < ($0.userCount, $1.id) }
    }

    func getChannelsList(_ request: Request, _ client: Client) throws(Failure) {
        let start = try position(request, "start") ?? 0
        let count = try position(request, "count")
        send("channels_list", to: client.connection) { writer in
            writeChannelsList(start: start, count: count, to: &writer)
        }
    }

    /// One page of the list.
    func writeChannelsList(start: Int64, count: Int64?, to writer: inout JSONWriter) {
        let count = min(count ?? Self.pageSize, Self.pageSize)
        writer.key("channels")
        writer.beginArray()
        for channel in listedChannels.dropFirst(Int(clamping: start)).prefix(Int(count)) {
            Self.write(channel, to: &writer)
        }
        writer.endArray()
    }

    private func position(_ request: Request, _ name: String) throws(Failure) -> Int64? {
        guard let number = try request.number(name) else { return nil }
        guard number >= 0 else { throw .field(name) }
        return number
    }

    /// The id is a string in both dialects.
    private static func write(_ channel: Channel, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("channel_id", channel.id.text)
        writer.member("channel_name", utf8: channel.name)
        writer.member("clients_in_channel", channel.clientCount)
        writer.member("users_in_channel", channel.userCount)
        writer.endObject()
    }
}
