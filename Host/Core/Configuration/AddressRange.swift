import Wire

/// An IP address, or all that begin as it does: `10.0.0.0/8`, `2001:db8::1`. `unix` is all peers of Unix sockets,
/// whose address is no bytes.
package struct AddressRange: Sendable, Equatable {
    package let bytes: [UInt8]  // none, 4 or 16, in network order; zero behind the prefix
    package let prefix: Int  // bits: 0…32 or 0…128

    /// Nil when the text is neither an address nor ADDRESS/BITS nor `unix`.
    package init?(_ text: String) {
        guard text != "unix" else {
            bytes = []
            prefix = 0
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = AddressText.bytes(parts[0]) else { return nil }
        let whole = bytes.count * 8
        prefix = parts.count == 1 ? whole : AddressText.number(parts[1], atMost: whole) ?? -1
        guard prefix >= 0 else { return nil }
        let prefix = prefix
        self.bytes = bytes.indices.map { bytes[$0] & Self.mask(of: $0, prefix: prefix) }
    }

    /// Whether an address of 4, 16 or no bytes is in the range. An IPv4 address mapped into IPv6 is that address.
    package func contains(_ address: [UInt8]) -> Bool {
        let address = bytes.count == 4 ? AddressText.unmapped(address) : address
        guard address.count == bytes.count else { return false }
        return bytes.indices.allSatisfy { address[$0] & Self.mask(of: $0, prefix: prefix) == bytes[$0] }
    }

    /// The bits of one byte that belong to the prefix.
    private static func mask(of index: Int, prefix: Int) -> UInt8 {
        let bits = min(max(prefix - index * 8, 0), 8)
        return UInt8(truncatingIfNeeded: 0xff00 >> bits)
    }
}
