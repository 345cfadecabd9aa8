/// Version 1 of a PROXY header. §2.1
enum ProxyLine {
    /// Reads what follows `PROXY `, up to and with its LF.
    static func read(_ line: Span<UInt8>) throws(ProxyFailure) -> ProxyHeader {
        let end = line.count - 2
        guard end >= 0, line.firstIndex(of: 0x0d, in: line.indices) == end else { throw .badLine }
        var rest = 0..<end
        let family = word(line, &rest)
        // What follows UNKNOWN is ignored, as the specification wants it.
        if line.isExactly(family, "UNKNOWN".utf8.span) { return ProxyHeader(source: nil) }
        let isShort = line.isExactly(family, "TCP4".utf8.span)
        guard isShort || line.isExactly(family, "TCP6".utf8.span) else { throw .badFamily }
        let source = word(line, &rest), destination = word(line, &rest)
        let sourcePort = word(line, &rest), destinationPort = word(line, &rest)
        guard rest.upperBound == destinationPort.upperBound,
            let address = address(line.extracting(source), isShort: isShort),
            self.address(line.extracting(destination), isShort: isShort) != nil,
            let port = AddressText.number(line.extracting(sourcePort), atMost: 65_535),
            AddressText.number(line.extracting(destinationPort), atMost: 65_535) != nil
        else { throw .badLine }
        return ProxyHeader(
            source: ProxyHeader.Source(address: AddressText.unmapped(address), port: UInt16(port))
        )
    }

    private static func address(_ text: Span<UInt8>, isShort: Bool) -> [UInt8]? {
        isShort ? AddressText.version4(text) : AddressText.version6(text)
    }

    /// Takes the next word and the one space behind it.
    private static func word(_ line: Span<UInt8>, _ rest: inout Range<Int>) -> Range<Int> {
        let end = line.firstIndex(of: 0x20, in: rest) ?? rest.upperBound
        let word = rest.lowerBound..<end
        rest = min(end + 1, rest.upperBound)..<rest.upperBound
        return word
    }
}
