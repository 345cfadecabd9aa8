/// Version 2 of a PROXY header. §2.2
enum BinaryProxyHeader {
    /// Signature, version and command, family, length.
    private static let fixed = 16
    private static let checksumType: UInt8 = 0x03  // PP2_TYPE_CRC32C, §2.2.3

    /// How long the whole header is, by its first 16 bytes.
    static func count(_ bytes: [UInt8]) -> Int { fixed + (Int(bytes[14]) << 8 | Int(bytes[15])) }

    /// Reads a header whose signature is right. Nil: there is more to come; what is wrong already is refused.
    static func read(_ bytes: [UInt8], longest: Int) throws(ProxyFailure) -> ProxyHeader? {
        guard bytes[12] >> 4 == 2 else { throw .badVersion }
        let command = bytes[12] & 0x0f
        guard command <= 1 else { throw .badCommand }
        guard bytes.count >= fixed else { return nil }
        guard count(bytes) <= longest else { throw .tooLong }
        // LOCAL: the family and all that follows is not looked at, as the specification wants it.
        guard command == 1 else { return whole(bytes) ? ProxyHeader(source: nil) : nil }
        let length = try lengthOfAddresses(family: bytes[13])
        guard count(bytes) >= fixed + length else { throw .shortAddresses }
        guard whole(bytes) else { return nil }
        guard bytes[13] != 0 else { return ProxyHeader(source: nil) }
        try checkFields(bytes, from: fixed + length)
        return ProxyHeader(source: source(bytes))
    }

    private static func whole(_ bytes: [UInt8]) -> Bool { bytes.count == count(bytes) }

    /// The families that the specification names; all others must be refused.
    private static func lengthOfAddresses(family: UInt8) throws(ProxyFailure) -> Int {
        switch family {
        case 0x00: 0
        case 0x11, 0x12: 12
        case 0x21, 0x22: 36
        case 0x31, 0x32: 216
        default: throw .badFamily
        }
    }

    private static func source(_ bytes: [UInt8]) -> ProxyHeader.Source {
        let width = bytes[13] >> 4 == 1 ? 4 : bytes[13] >> 4 == 2 ? 16 : 0
        guard width > 0 else { return ProxyHeader.Source(address: [], port: 0) }
        let address = AddressText.unmapped(Array(bytes[fixed..<fixed + width]))
        let port = fixed + 2 * width
        return ProxyHeader.Source(address: address, port: UInt16(bytes[port]) << 8 | UInt16(bytes[port + 1]))
    }

    /// Passes over the fields behind the addresses, each a type, a length in two bytes and a value. §2.2
    private static func checkFields(_ bytes: [UInt8], from start: Int) throws(ProxyFailure) {
        var offset = start
        var hasChecksum = false
        while offset < bytes.count {
            guard bytes.count - offset >= 3 else { throw .badField }
            let length = Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2])
            let value = offset + 3
            guard bytes.count - value >= length else { throw .badField }
            if bytes[offset] == checksumType {
                guard length == 4, !hasChecksum else { throw .badField }
                hasChecksum = true
                let expected = bytes[value..<value + 4].reduce(0) { $0 << 8 | UInt32($1) }
                guard expected == checksum(of: bytes, without: value..<value + 4) else {
                    throw .wrongChecksum
                }
            }
            offset = value + length
        }
    }

    /// CRC32c of the header, its own four bytes taken as zero. RFC 9260 appendix A
    private static func checksum(of bytes: [UInt8], without place: Range<Int>) -> UInt32 {
        var remainder = UInt32.max
        for index in bytes.indices {
            remainder ^= place.contains(index) ? 0 : UInt32(bytes[index])
            for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0x82f6_3b78 : 0) }
        }
        return ~remainder
    }
}
