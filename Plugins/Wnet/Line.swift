import PatchbayKit

/// A message being written: fields with `@` between them. Its room is kept from message to message.
struct Line {
    static let separator = UInt8(ascii: "@")

    private(set) var bytes: [UInt8] = []

    mutating func begin(_ type: String) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: type.utf8)
    }

    mutating func append(_ field: some Collection<UInt8>) {
        bytes.append(Self.separator)
        bytes.append(contentsOf: field)
    }
}
