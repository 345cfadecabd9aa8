import JSON
import PatchbayKit

/// A user, by a number above 0. On the wire mostly a string.
typealias UserID = Int64

/// A channel by its number, or a room by `r` and its number.
struct ChannelID: Hashable, Comparable {
    let number: Int64
    let isRoom: Bool

    /// `5` or `r5` as it is always written; nil for anything else, which is the id of nothing.
    init?(_ text: some Collection<UInt8>) {
        isRoom = text.first == UInt8(ascii: "r")
        guard let number = Int64(canonical: text.dropFirst(isRoom ? 1 : 0)) else { return nil }
        self.number = number
    }

    /// The id as text; also the name of the channel's room.
    var text: String { isRoom ? "r\(number)" : String(number) }

    static func < (one: ChannelID, other: ChannelID) -> Bool {
        (one.isRoom ? 1 : 0, one.number) < (other.isRoom ? 1 : 0, other.number)
    }
}

extension Int64 {
    /// A number above 0 in its only spelling: no sign, no zero in front; nil for anything else.
    init?(canonical text: some Collection<UInt8>) {
        guard let first = text.first, first != UInt8(ascii: "0") else { return nil }
        self.init(digits: text)
    }
}

/// How the types of values are written: as the protocol's document has them, or as the original server does.
enum Dialect {
    case document
    case original

    /// A member that names a channel where the original server writes a number.
    func channel(_ id: ChannelID, to writer: inout JSONWriter) {
        if self == .original, !id.isRoom {
            writer.member("channel_id", id.number)
        } else {
            writer.member("channel_id", id.text)
        }
    }

    /// A number that the document writes as a string.
    func number(_ name: String, _ number: Int64, to writer: inout JSONWriter) {
        if self == .original {
            writer.member(name, number)
        } else {
            writer.member(name, String(number))
        }
    }
}

/// The levels of rights that there are.
enum Rights {
    static let levels: [Int64] = [0, 10, 20, 30, 40, 50]
    static let streamer: Int64 = 20
    /// From here on a person may ban from all channels.
    static let global: Int64 = 30
    /// From here on a person moderates, and may hide.
    static let moderating: Int64 = 10
}
