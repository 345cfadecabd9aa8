import JSON
import PatchbayKit

/// `/channel`, what is below it, and `/channels/online`.
extension GGService {
    func postChannel(_ body: APIBody) throws(AdministrationError) -> APIAnswer {
        let channel = ChannelRecords.Entry(
            id: try body.channel(),
            title: try body.text("channel_title"),
            key: try body.givenLabel("channel_key") ?? "",
            type: try body.givenLabel("channel_type") ?? "",
            owners: try body.givenUsers("owners") ?? []
        )
        try createChannel(channel)
        return .made { writer in Self.write(channel, to: &writer) }
    }

    func putChannel(_ id: ChannelID, _ body: APIBody) throws(AdministrationError) -> APIAnswer {
        let channel = try changeChannel(
            id,
            title: body.givenText("channel_title"),
            key: body.givenLabel("channel_key"),
            type: body.givenLabel("channel_type"),
            owners: body.givenUsers("owners")
        )
        return .done { writer in Self.write(channel, to: &writer) }
    }

    func deleteChannel(_ id: ChannelID) throws(AdministrationError) -> APIAnswer {
        try removeChannel(id)
        return .done { writer in writer.member("channel_id", id.text) }
    }

    private static func write(_ channel: ChannelRecords.Entry, to writer: inout JSONWriter) {
        writer.member("channel_id", channel.id.text)
        writer.member("channel_key", channel.key)
        writer.member("channel_type", channel.type)
        writer.member("channel_title", channel.title)
        writer.key("owners")
        writer.beginArray()
        for owner in channel.owners { writer.string(String(owner)) }
        writer.endArray()
    }

    func listOnline(_ query: String) throws(AdministrationError) -> APIAnswer {
        let start = try Self.number("start", in: query) ?? 0
        let count = try Self.number("count", in: query)
        return .done { writer in writeChannelsList(start: start, count: count, to: &writer) }
    }

    /// A whole number, 0 or above; nil where it is missing, or nothing follows its `=`.
    private static func number(_ name: String, in query: String) throws(AdministrationError) -> Int64? {
        let texts = query.split(separator: "&").filter { $0.prefix { $0 != "=" } == name }
        let text = texts.first?.dropFirst(name.count + 1) ?? ""
        guard texts.count < 2 else { throw .invalid(Failure.field(name).text) }
        if text.isEmpty { return nil }
        guard let number = Int64(digits: text.utf8) else { throw .invalid(Failure.field(name).text) }
        return number
    }
}
