import Testing
import Wire

@Suite struct AddressTextTests {
    private static let loopback: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]

    @Test(
        arguments: [
            ("1.2.3.4", [1, 2, 3, 4]), ("255.0.255.0", [255, 0, 255, 0]), ("::1", loopback),
            ("0:0:0:0:0:0:0:1", loopback),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
            ("1:2:3:4:5:6:7::", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]),
            ("::2:3:4:5:6:7:8", [0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
            ("abCD::1.2.3.4", [0xab, 0xcd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]),
            ("1:2:3:4:5:6:1.2.3.4", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 1, 2, 3, 4]),
        ] as [(String, [UInt8])]
    )
    func `an address is read`(text: String, bytes: [UInt8]) {
        #expect(AddressText.bytes(text[...]) == bytes)
    }

    @Test(arguments: [
        "", ".", "1.2.3", "1.2.3.", ".1.2.3", "1.2.3.4.", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.-4",
        "1.2.3.99999999999999999999", " 1.2.3.4", "1.2.3.4 ", "0x1.2.3.4", ":", ":::", "1:", ":1", "1::2::3",
        "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:", "1::2:", "12345::",
        "g::",
        "::1.2.3", "::1.2.3.4:1", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::1%eth0", "[::1]", "::１",
    ])
    func `what is no address is refused`(text: String) {
        #expect(AddressText.bytes(text[...]) == nil)
    }

    @Test(
        arguments: [
            ("1.2.3.4", [1, 2, 3, 4]), ("1.2.3.4:0", [1, 2, 3, 4]), ("1.2.3.4:65535", [1, 2, 3, 4]),
            ("::1", loopback), ("[::1]", loopback), ("[::1]:80", loopback),
        ] as [(String, [UInt8])]
    )
    func `an address may have a port behind it`(text: String, bytes: [UInt8]) {
        #expect(AddressText.bytes(beforePort: text.utf8.span) == bytes)
    }

    @Test(arguments: [
        "", "[", "[]", "[::1", "::1]", "[::1]80", "[::1]:", "[::1]:65536", "[1.2.3.4]", "1.2.3.4:",
        "1.2.3.4:80:80",
        "1.2.3.4:+80", "1.2.3.4:080", "[::1]:80]", ":80", "a:80",
    ])
    func `what has another form is refused`(text: String) {
        #expect(AddressText.bytes(beforePort: text.utf8.span) == nil)
    }

    @Test(
        arguments: [
            ("::ffff:1.2.3.4", "1.2.3.4"), ("::FFFF:102:304", "1.2.3.4"), ("1.2.3.4", "1.2.3.4"),
            ("::1.2.3.4", "::1.2.3.4"), ("::fffe:1.2.3.4", "::fffe:1.2.3.4"),
        ]
    )
    func `an IPv4 address mapped into IPv6 is that address`(text: String, same: String) throws {
        let address = try #require(AddressText.bytes(text[...]))
        #expect(AddressText.unmapped(address) == AddressText.bytes(same[...]))
    }

    @Test(
        arguments: [("0", 0), ("7", 7), ("255", 255), ("256", nil), ("00", nil), ("-1", nil), ("", nil)]
            as [(String, Int?)]
    )
    func `a number is digits and no more`(text: String, number: Int?) {
        #expect(AddressText.number(text[...], atMost: 255) == number)
    }
}
