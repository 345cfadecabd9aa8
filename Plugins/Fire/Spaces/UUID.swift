import PatchbayKit

/// Random UUIDs.
enum UUID {
    /// The 36 characters of a new one of version 4 (RFC 9562 §5.4).
    static func make(_ secrets: Secrets) -> [UInt8] {
        var bytes = secrets.random(16)
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        var text = bytes.hexadecimal
        for place in [8, 13, 18, 23] { text.insert(UInt8(ascii: "-"), at: place) }
        return text
    }
}
