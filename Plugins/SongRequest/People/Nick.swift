import PatchbayKit

/// Whom a User or the Admin is called: UTF-8 with its ASCII letters in lower case.
struct Nick: Hashable, Comparable {
    let bytes: [UInt8]

    init(_ text: some Sequence<UInt8>) {
        var bytes = Array(text)
        Self.lowerCase(&bytes)
        self.bytes = bytes
    }

    static func lowerCase(_ text: inout [UInt8]) {
        for index in text.indices where (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(text[index]) {
            text[index] |= 0x20
        }
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
