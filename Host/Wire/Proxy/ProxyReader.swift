/// Reads the PROXY header that a connection from a proxy begins with: version 1, a line of text, or version 2, in
/// binary. HAProxy's proxy-protocol.txt §2. No I/O, no clock.
package struct ProxyReader {
    /// What the bytes held.
    package enum Event: Equatable {
        /// Everything given was taken.
        case needMore
        /// The header; the cursor stands behind it, where the connection itself begins.
        case header(ProxyHeader)
        /// The connection is to be closed; every later call says so again.
        case failed(ProxyFailure)
    }

    /// The longest header of version 1, its CRLF included. §2.1
    package static let longestLine = 107
    /// The longest header of version 2 that is accepted: its addresses take 232 bytes at most, the rest is for fields.
    package static let longest = 4096

    private static let start = Array("PROXY ".utf8)
    static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]

    private var kept: [UInt8] = []
    private var failure: ProxyFailure?

    /// A reader at the start of a connection.
    package init() {}

    /// Reads the header from `bytes[cursor...]` and moves `cursor` past what it used.
    package mutating func next(_ bytes: Span<UInt8>, from cursor: inout Int) -> Event {
        if let failure { return .failed(failure) }
        do throws(ProxyFailure) {
            while true {
                if let header = try header() {
                    kept = []
                    return .header(header)
                }
                let count = min(missing, bytes.count - cursor)
                guard count > 0 else { return .needMore }
                kept.append(copying: bytes.extracting(cursor..<cursor + count))
                cursor += count
            }
        } catch {
            kept = []
            failure = error
            return .failed(error)
        }
    }

    private var isBinary: Bool { kept.first == Self.signature[0] }

    /// How many bytes certainly belong to the header still: of a line, one after the other.
    private var missing: Int {
        guard isBinary else { return 1 }
        guard kept.count >= 16 else { return kept.count < 12 ? 1 : 16 - kept.count }
        return BinaryProxyHeader.count(kept) - kept.count
    }

    /// The header, if it is whole. Nil: so far it is right.
    private func header() throws(ProxyFailure) -> ProxyHeader? {
        guard let last = kept.last else { return nil }
        let expected = isBinary ? Self.signature : Self.start
        guard kept.count > expected.count else {
            guard expected.starts(with: kept) else { throw .notProxy }
            return nil
        }
        if isBinary { return try BinaryProxyHeader.read(kept, longest: Self.longest) }
        if last == 0x0a { return try ProxyLine.read(kept.span.extracting(Self.start.count...)) }
        guard kept.count < Self.longestLine else { throw .tooLong }
        return nil
    }
}
