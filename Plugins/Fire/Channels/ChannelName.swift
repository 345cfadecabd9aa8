/// A channel of a name space. Channels need not be made: whoever names one speaks of it.
struct ChannelName {
    let bytes: [UInt8]

    /// Nil: it is empty, or what the protocol's own events are called.
    init?(_ text: [UInt8]?) {
        guard let text, !text.isEmpty, !Self.reserved.contains(text) else { return nil }
        bytes = text
    }

    private static let reserved = ["error", "auth", "auth ok"].map { Array($0.utf8) }

    /// A user needs to be let in.
    var isPrivate: Bool { bytes.first == UInt8(ascii: "#") }

    /// Whoever subscribes gets his own state, and never the channel's.
    var isPersonal: Bool { bytes.first == UInt8(ascii: "@") }
}
