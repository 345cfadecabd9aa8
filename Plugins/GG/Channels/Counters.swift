import JSON
import PatchbayKit

/// `channel_counters`: asked for, and told to the channel after changes of membership.
extension GGService {
    func getCounters(_ request: Request, _ client: Client) throws(Failure) {
        let channel = try channel(request.channel())
        send("channel_counters", to: client.connection) { writer in Self.write(channel, to: &writer) }
    }

    /// Somebody came or went: the channel hears of it when the interval is over, and of all else until then.
    func countersChanged(_ channel: Channel) {
        guard host.timerLeft("counters", key: channel.room) == nil else { return }
        host.startTimer("counters", key: channel.room, milliseconds: countersInterval)
    }

    func publishCounters(ofRoom room: [UInt8]) {
        guard let id = ChannelID(room), let channel = channels[id] else { return }
        publish("channel_counters", to: channel) { writer in Self.write(channel, to: &writer) }
    }

    /// The id is a string in both dialects.
    private static func write(_ channel: Channel, to writer: inout JSONWriter) {
        writer.member("channel_id", channel.id.text)
        writer.member("clients_in_channel", channel.clientCount)
        writer.member("users_in_channel", channel.userCount)
    }
}
