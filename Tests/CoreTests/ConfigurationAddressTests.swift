import Core
import Testing

@Suite struct ConfigurationAddressTests {
    @Test(
        arguments: [
            ("1.2.3.4", [1, 2, 3, 4], 32), ("0.0.0.0/0", [0, 0, 0, 0], 0),
            ("10.255.3.4/9", [10, 128, 0, 0], 9),
            ("::", Array(repeating: 0, count: 16), 128),
            ("2001:db8::/32", [32, 1, 13, 184] + Array(repeating: 0, count: 12), 32),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8], 128),
            ("::ffff:1.2.3.4", Array(repeating: 0, count: 10) + [255, 255, 1, 2, 3, 4], 128),
            ("1::", [0, 1] + Array(repeating: 0, count: 14), 128),
            ("unix", [], 0),
            ("::FFFF", Array(repeating: 0, count: 14) + [255, 255], 128),
        ] as [(String, [UInt8], Int)]
    )
    func `an address or range is read`(text: String, bytes: [UInt8], prefix: Int) throws {
        let range = try #require(AddressRange(text))
        #expect(range.bytes == bytes)
        #expect(range.prefix == prefix)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.+4",
        "::/129", ":", "unix/0", "unix:", "Unix",
        ":::", "1:", ":1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::",
        ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "::-1", "::1.2.3", "::1.2.3.4:1",
        "g::", "::+1",
        "1.2.3.4::", "::1%eth0", "localhost", "/8", "::1/08",
    ])
    func `what is no address is refused`(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(
        arguments: [
            ("10.0.0.0/8", [10, 9, 8, 7], true), ("10.0.0.0/8", [11, 0, 0, 0], false),
            ("0.0.0.0/0", [1, 2, 3, 4], true),
            ("1.2.3.4", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4], true),
            ("1.2.3.4", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], false),
            ("::/0", [1, 2, 3, 4], false), ("::/0", [], false), ("0.0.0.0/0", [], false),
            ("unix", [], true), ("unix", [1, 2, 3, 4], false),
            ("unix", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4], false),
            ("fd00::/9", [253, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], true),
            ("fd00::/9", [253, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], false),
        ] as [(String, [UInt8], Bool)]
    )
    func `a range contains what begins as it does`(range: String, address: [UInt8], isInside: Bool) {
        #expect(AddressRange(range)?.contains(address) == isInside)
    }

    @Test(arguments: [
        ("https://example.com", "https://example.com"), ("HTTPS://Example.COM:443", "https://example.com"),
        ("wss://example.com:8443", "https://example.com:8443"), ("ws://localhost:80", "http://localhost"),
        ("http://a:443", "http://a:443"), ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:1", "http://[::1]:1"),
        ("https://[::1]", "https://[::1]"), ("http://a_b.c", "http://a_b.c"),
    ])
    func `an origin has one normal form`(text: String, normal: String) {
        #expect(OriginText.normal(text) == normal)
    }

    @Test(arguments: [
        "", "example.com", "https://", "https://a/", "https://a/b", "ftp://a", "https:a", "https://a:",
        "https://a:0", "https://a:65536",
        "https://u@a", "https://a..b", "https://*.a", "https://щ", "http://[1]", "http://[::1", "null", "*",
        "https://a:1:2", "http://]:",
    ])
    func `what is no origin is refused`(text: String) {
        #expect(OriginText.normal(text) == nil)
    }
}
