import Testing
import Wire

@Suite struct ProxyReaderTests {
    private typealias Event = ProxyReader.Event

    /// The first event that is not `.needMore`, by bytes that come in pieces; and how many bytes were used.
    private func read(_ bytes: [UInt8], cuts: [Int]) -> (event: Event, used: Int) {
        var reader = ProxyReader(), cursor = 0
        for end in cuts + [bytes.count] {
            let event = reader.next(bytes.span.extracting(first: end), from: &cursor)
            if event != .needMore { return (event, cursor) }
        }
        return (.needMore, cursor)
    }

    /// The same, nil when ways to cut the bytes differ. What follows a header must be left where it is.
    private func readEveryWay(_ bytes: [UInt8], followed: [UInt8] = Array("GET /".utf8)) -> Event? {
        let all = bytes + followed
        let whole = read(all, cuts: [])
        if case .header = whole.event, whole.used != bytes.count { return nil }
        guard read(all, cuts: Array(all.indices)).event == whole.event else { return nil }
        for cut in all.indices where read(all, cuts: [cut]).event != whole.event { return nil }
        guard case .header = whole.event else { return whole.event }
        for cut in bytes.indices where read(Array(bytes[..<cut]), cuts: []).event != .needMore { return nil }
        return whole.event
    }

    private func line(_ text: String) -> Event? { readEveryWay(Array(text.utf8)) }

    private func address(_ text: String) throws -> [UInt8] { try #require(AddressText.bytes(text[...])) }

    @Test(
        arguments: [
            ("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1", 56324),
            ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255", 65535),
            ("PROXY TCP6 2001:db8::1 ::1 0 1\r\n", "2001:db8::1", 0),
            (
                "PROXY TCP6 ffff:f:f:f:f:f:f:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
                "ffff:f:f:f:f:f:f:ffff", 65535
            ),
            ("PROXY TCP6 ::ffff:1.2.3.4 ::1 5 1\r\n", "1.2.3.4", 5),
        ] as [(String, String, UInt16)]
    )
    func `a line names the client`(text: String, client: String, port: UInt16) throws {
        let event = try #require(line(text))
        guard case .header(let header) = event else { throw Missing() }
        #expect(try header.source?.address == address(client))
        #expect(header.source?.port == port)
    }

    private struct Missing: Error {}

    @Test(arguments: [
        "PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 whatever 1  2\r\n",
        "PROXY UNKNOWN " + String(repeating: "f", count: 91) + "\r\n",
    ])
    func `a proxy may not know its client`(text: String) throws {
        guard case .header(let header) = line(text) else { throw Missing() }
        #expect(header.source == nil)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n", ProxyFailure.notProxy), ("proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n", .notProxy),
        ("PROXY\r\n", .notProxy), ("PROXY\tTCP4 1.2.3.4 1.2.3.4 1 1\r\n", .notProxy),
        ("\r\n\r\n\0\r\nQUIX\n", .notProxy), ("\u{16}\u{3}\u{1}", .notProxy),
        ("PROXY \r\n", .badFamily), ("PROXY TCP5 1.2.3.4 1.2.3.4 1 1\r\n", .badFamily),
        ("PROXY  TCP4 1.2.3.4 1.2.3.4 1 1\r\n", .badFamily), ("PROXY UNKNOWNS\r\n", .badFamily),
        ("PROXY tcp4 1.2.3.4 1.2.3.4 1 1\r\n", .badFamily),
        ("PROXY TCP4\r\n", .badLine), ("PROXY TCP4 1.2.3.4\r\n", .badLine),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", .badLine), ("PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n", .badLine),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 1 1 \r\n", .badLine), ("PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n", .badLine),
        ("PROXY TCP4  1.2.3.4 1.2.3.4 1 1\r\n", .badLine), ("PROXY TCP4 ::1 ::1 1 1\r\n", .badLine),
        ("PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n", .badLine), ("PROXY TCP4 1.2.3.04 1.2.3.4 1 1\r\n", .badLine),
        ("PROXY TCP4 1.2.3.4 1.2.3.400 1 1\r\n", .badLine),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n", .badLine),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", .badLine),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n", .badLine),
        ("PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n", .badLine), ("PROXY UNKNOWN\n", .badLine),
        ("PROXY UNKNOWN a\rb\r\n", .badLine), ("PROXY \n", .badLine),
        ("PROXY UNKNOWN " + String(repeating: "f", count: 92) + "\r\n", .tooLong),
        ("PROXY UNKNOWN " + String(repeating: "f", count: 200), .tooLong),
    ])
    func `a wrong line is refused`(text: String, failure: ProxyFailure) {
        #expect(line(text) == .failed(failure))
    }

    @Test(arguments: ["", "P", "PROXY", "PROXY ", "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r", "\r\n\r\n\0\r\nQUIT\n"])
    func `what is right so far waits for more`(text: String) {
        #expect(readEveryWay(Array(text.utf8), followed: []) == .needMore)
    }

    private static let signature: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]

    /// A header of version 2 with what stands behind its 16 bytes.
    private static func binary(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 0xff)] + rest
    }

    private static let four: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x01, 0x01, 0xbb]
    private static let six: [UInt8] =
        [0x20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
        + [UInt8](repeating: 1, count: 16) + [0, 80, 0, 81]
    private static let mapped: [UInt8] =
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4] + [UInt8](repeating: 1, count: 16)
        + [0, 80, 0, 81]
    private static let unix = [UInt8](repeating: 0x61, count: 216)

    @Test(
        arguments: [
            (binary(0x21, 0x11, four), [1, 2, 3, 4], 0x1001),
            (binary(0x21, 0x12, four), [1, 2, 3, 4], 0x1001),
            (binary(0x21, 0x11, four + [0xee, 0, 2, 1, 2, 4, 0, 0]), [1, 2, 3, 4], 0x1001),
            (binary(0x21, 0x21, six), Array(six[..<16]), 80),
            (binary(0x21, 0x22, six + [1, 0, 1, 9]), Array(six[..<16]), 80),
            (binary(0x21, 0x21, mapped), [1, 2, 3, 4], 80),
            (binary(0x21, 0x31, unix), [], 0),
            (binary(0x21, 0x32, unix + [1, 0, 0]), [], 0),
        ] as [([UInt8], [UInt8], UInt16)]
    )
    func `a binary header names the client`(bytes: [UInt8], address: [UInt8], port: UInt16) throws {
        guard case .header(let header) = readEveryWay(bytes) else { throw Missing() }
        #expect(header.source?.address == address)
        #expect(header.source?.port == port)
    }

    @Test(
        arguments: [
            binary(0x20, 0x00, []), binary(0x20, 0x11, four), binary(0x20, 0xff, [1, 2, 3]),
            binary(0x21, 0x00, []), binary(0x21, 0x00, [1, 2, 3]),
        ]
    )
    func `a proxy may speak for itself, or not know`(bytes: [UInt8]) throws {
        guard case .header(let header) = readEveryWay(bytes) else { throw Missing() }
        #expect(header.source == nil)
    }

    @Test(
        arguments: [
            (binary(0x11, 0x11, four), .badVersion), (binary(0x31, 0x11, four), .badVersion),
            (binary(0x22, 0x11, four), .badCommand), (binary(0x2f, 0x11, four), .badCommand),
            (binary(0x21, 0x10, four), .badFamily), (binary(0x21, 0x01, four), .badFamily),
            (binary(0x21, 0x13, four), .badFamily), (binary(0x21, 0x41, unix), .badFamily),
            (binary(0x21, 0x11, Array(four.dropLast())), .shortAddresses),
            (binary(0x21, 0x21, Array(six.dropLast())), .shortAddresses),
            (binary(0x21, 0x31, Array(unix.dropLast())), .shortAddresses),
            (binary(0x21, 0x11, four + [1]), .badField), (binary(0x21, 0x11, four + [1, 0]), .badField),
            (binary(0x21, 0x11, four + [1, 0, 1]), .badField),
            (binary(0x21, 0x11, four + [1, 0, 0, 1, 0xff, 0xff, 0]), .badField),
            (binary(0x21, 0x11, four + [3, 0, 3, 1, 2, 3]), .badField),
            (binary(0x21, 0x11, four + [3, 0, 4, 1, 2, 3, 4]), .wrongChecksum),
            (binary(0x21, 0x11, [UInt8](repeating: 0, count: 4081)), .tooLong),
            (binary(0x20, 0x00, [UInt8](repeating: 0, count: 65535)), .tooLong),
        ] as [([UInt8], ProxyFailure)]
    )
    func `a wrong binary header is refused`(bytes: [UInt8], failure: ProxyFailure) {
        // 16 bytes are enough to cut at, and the long ones would take too many ways.
        let bytes = bytes.count > 300 ? Array(bytes[..<300]) : bytes
        #expect(readEveryWay(bytes, followed: []) == .failed(failure))
    }

    @Test func `the longest binary header is taken`() throws {
        let padding = [0x04, 0x0f, 0xe1] + [UInt8](repeating: 0, count: 4096 - 16 - 12 - 3)
        let bytes = Self.binary(0x21, 0x11, Self.four + padding)
        try #require(bytes.count == 4096)
        #expect(read(bytes, cuts: [100, 4095]).used == 4096)
        guard case .header = read(bytes, cuts: []).event else { throw Missing() }
    }

    /// CRC32c, by polynomial division over the whole message, most significant bit of each reflected byte first.
    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        var bits = bytes.flatMap { byte -> [Bool] in (0..<8).map { byte >> $0 & 1 == 1 } }
        bits += [Bool](repeating: false, count: 32)
        for index in 0..<32 { bits[index].toggle() }
        for index in 0..<bits.count - 32 where bits[index] {
            for place in 0...32 where UInt64(0x1_1edc_6f41) >> (32 - place) & 1 == 1 {
                bits[index + place].toggle()
            }
        }
        return ~bits.suffix(32).enumerated().reduce(0) { $0 | ($1.element ? 1 << UInt32($1.offset) : 0) }
    }

    @Test func `the checksum of these tests is CRC32c`() {
        #expect(checksum(Array("123456789".utf8)) == 0xe306_9283)
    }

    @Test(arguments: [[], [0xea, 0, 1, 7]] as [[UInt8]])
    func `a checksum that is right is taken, and no other`(before: [UInt8]) throws {
        var bytes = Self.binary(0x21, 0x11, Self.four + before + [3, 0, 4, 0, 0, 0, 0, 4, 0, 1, 9])
        let sum = checksum(bytes)
        let start = bytes.count - 8
        bytes.replaceSubrange(
            start..<start + 4,
            with: (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - $0 * 8)) }
        )
        guard case .header = readEveryWay(bytes) else { throw Missing() }
        bytes[16] ^= 1
        #expect(readEveryWay(bytes) == .failed(.wrongChecksum))
    }

    @Test func `a second checksum is refused`() {
        var bytes = Self.binary(0x21, 0x11, Self.four + [3, 0, 4, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0])
        let sum = checksum(bytes)
        bytes.replaceSubrange(31..<35, with: (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - $0 * 8)) })
        #expect(readEveryWay(bytes) == .failed(.badField))
    }

    @Test func `a failure is for good`() {
        var reader = ProxyReader(), cursor = 0
        let wrong = Array("GET".utf8), right = Array("PROXY UNKNOWN\r\n".utf8)
        #expect(reader.next(wrong.span, from: &cursor) == .failed(.notProxy))
        cursor = 0
        #expect(reader.next(right.span, from: &cursor) == .failed(.notProxy))
    }

    @Test(arguments: [
        ProxyFailure.notProxy, .badLine, .tooLong, .badVersion, .badCommand, .badFamily, .shortAddresses,
        .badField, .wrongChecksum,
    ])
    func `a failure says what was wrong in ASCII`(failure: ProxyFailure) {
        #expect(failure.sentence.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        #expect(!failure.sentence.hasSuffix("."))
    }
}
