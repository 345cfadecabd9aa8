/// Whom a request comes from, as the proxies before this server say it: `X-Forwarded-For`.
///
/// Each proxy adds the address of its peer at the end, so only what trusted ones added is known to be true.
package enum ForwardedFor {
    /// The client's address, 4 or 16 bytes. Nil: the fields say none, and it is the connection's own peer.
    ///
    /// All fields of the name count as one list. It is walked from its end, where the nearest proxy wrote, past
    /// trusted addresses to the first that is not trusted. What is no address ends the walk with the one behind it.
    /// - Parameter isTrusted: whether an address is a proxy's whose word counts. IPv4 comes as 4 bytes, mapped or not.
    package static func client(fields: HeadFields, isTrusted: ([UInt8]) -> Bool) -> [UInt8]? {
        var client: [UInt8]?
        for index in (0..<fields.count).reversed() where fields.equals(fields[index].name, "x-forwarded-for")
        {
            var rest = fields[index].value
            while let member = fields.bytes.lastMember(of: &rest) {
                let text = fields.bytes.span.extracting(member)
                guard let address = AddressText.bytes(beforePort: text).map(AddressText.unmapped) else {
                    return client
                }
                guard isTrusted(address) else { return address }
                client = address
            }
        }
        return client
    }
}

extension [UInt8] {
    /// Takes the last member off a comma-separated list; empty ones are passed over. RFC 9110 §5.6.1.
    fileprivate func lastMember(of rest: inout Range<Int>) -> Range<Int>? {
        while !rest.isEmpty {
            let comma = self[rest].lastIndex(of: UInt8(ascii: ","))
            let member = span.trimmed((comma.map { $0 + 1 } ?? rest.lowerBound)..<rest.upperBound)
            rest = rest.lowerBound..<(comma ?? rest.lowerBound)
            if !member.isEmpty { return member }
        }
        return nil
    }
}
