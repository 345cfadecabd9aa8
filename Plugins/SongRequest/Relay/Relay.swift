import JSON
import PatchbayKit

/// A message on its way to the other side: as it was sent, but for the `User_nick`.
struct Relay {
    /// What is sent on; kept from message to message for its room.
    private(set) var bytes: [UInt8] = []
    /// Who sends it, or is to get it.
    var nick: [UInt8] = []
    private var writer = JSONWriter()

    /// Puts the nick where the message has one already, or before all else.
    ///
    /// - Parameters:
    ///   - message: an object that has members.
    ///   - place: of the value of `User_nick`; empty: the message has none.
    mutating func write(_ message: [UInt8], _ place: Range<Int>) {
        writer.removeAll()
        writer.string(utf8: nick)
        bytes.removeAll(keepingCapacity: true)
        if place.isEmpty {
            let inside = message.prefix { $0 != UInt8(ascii: "{") }.count + 1
            bytes += message[..<inside]
            bytes += Self.member
            bytes += writer.bytes
            bytes.append(UInt8(ascii: ","))
            bytes += message[inside...]
        } else {
            bytes += message[..<place.lowerBound]
            bytes += writer.bytes
            bytes += message[place.upperBound...]
        }
    }

    private static let member = Array(#""User_nick":"#.utf8)
}
