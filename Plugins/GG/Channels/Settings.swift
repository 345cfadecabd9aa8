import JSON
import PatchbayKit

/// What moderators set with `/motd`, `/slowmod`, `/smiles` and `/peka`; the channel gets `setting`.
extension GGService {
    func setMotd(_ text: ArraySlice<UInt8>, _ author: Participant) throws(Failure) {
        try checkRights(author)
        var settings = author.channel.settings
        settings.motd = Markup.escaped(text)
        try keep(settings, author)
        publishSetting("motd", author) { writer in writer.member("value", utf8: settings.motd) }
    }

    func set(
        _ name: String,
        _ setting: WritableKeyPath<Channel.Settings, Int64>,
        _ text: ArraySlice<UInt8>,
        in allowed: ClosedRange<Int64>,
        _ author: Participant
    ) throws(Failure) {
        try checkRights(author)
        guard let value = Int64(digits: text), allowed.contains(value) else { throw .field("text") }
        var settings = author.channel.settings
        settings[keyPath: setting] = value
        try keep(settings, author)
        publishSetting(name, author) { writer in writer.member("value", value) }
    }

    private func checkRights(_ author: Participant) throws(Failure) {
        guard author.rights >= Rights.streamer else { throw .notEnoughRights }
    }

    private func keep(_ settings: Channel.Settings, _ author: Participant) throws(Failure) {
        try Failure.catching { () throws(StoreError) in
            try store.atomically { () throws(StoreError) in
                try channelRecords.set(settings, of: author.channel.id)
                try slowModeRecords.sweep(author.channel.id, now: host.wallMilliseconds)
            }
        }
        author.channel.settings = settings
    }

    private func publishSetting(_ name: String, _ author: Participant, _ value: (inout JSONWriter) -> Void) {
        publish("setting", to: author.channel) { writer in
            dialect.channel(author.channel.id, to: &writer)
            writer.member("name", name)
            value(&writer)
            author.moderator.write(to: &writer)
            writer.member("silent", 0)
        }
    }
}
