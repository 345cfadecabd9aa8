import PatchbayKit

/// Whom a User or the Admin is called: UTF-8 with its ASCII letters in lower case.
struct Nick: Hashable, Comparable {
    let bytes: [UInt8]

    init(_ text: some Sequence<UInt8>) {
        bytes = text.map(Self.lowerCased)
    }

    static func lowerCased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// In the order of their bytes.
    static func < (one: Nick, other: Nick) -> Bool { one.bytes.lexicographicallyPrecedes(other.bytes) }
}

extension Nick: CustomStringConvertible {
    var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// A connection that has logged in.
enum Client: Equatable {
    case admin
    case user(Nick)
}
