import Testing
import Wire

@Suite struct ForwardedForTests {
    /// The proxies of these tests are 10.x.x.x and fd00::/8.
    private func client(_ lines: [String]) throws -> [UInt8]? {
        let head = try #require(RequestSample.head(["Host: a"] + lines)?.head)
        return ForwardedFor.client(fields: head.fields) { $0.first == ($0.count == 4 ? 10 : 0xfd) }
    }

    @Test(
        arguments: [
            ([], nil), (["X-Forwarded-For:"], nil), (["X-Forwarded-For: , ,"], nil),
            (["X-Forwarded-For: 1.2.3.4"], "1.2.3.4"),
            (["x-forwarded-FOR: 1.2.3.4"], "1.2.3.4"),
            (["X-Forwarded-For: 9.9.9.9, 1.2.3.4"], "1.2.3.4"),
            (["X-Forwarded-For: 9.9.9.9, 1.2.3.4, 10.0.0.1"], "1.2.3.4"),
            (["X-Forwarded-For: 9.9.9.9,1.2.3.4 ,\t10.0.0.1,,fd00::1,"], "1.2.3.4"),
            (["X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 10.0.0.1"], "1.2.3.4"),
            (["X-Forwarded-For: 9.9.9.9", "Via: 8.8.8.8", "X-Forwarded-For: 1.2.3.4, 10.0.0.1"], "1.2.3.4"),
            (["X-Forwarded-For: 10.0.0.3, 10.0.0.2", "X-Forwarded-For: 10.0.0.1"], "10.0.0.3"),
            (["X-Forwarded-For: 2001:db8::1, 10.0.0.1"], "2001:db8::1"),
            (["X-Forwarded-For: [2001:db8::1], 10.0.0.1"], "2001:db8::1"),
            (["X-Forwarded-For: [2001:db8::1]:4711, 10.0.0.1:80"], "2001:db8::1"),
            (["X-Forwarded-For: 1.2.3.4:4711, [fd00::2]:80"], "1.2.3.4"),
            (["X-Forwarded-For: 1.2.3.4, ::ffff:10.0.0.1"], "1.2.3.4"),
            (["X-Forwarded-For: ::ffff:1.2.3.4"], "1.2.3.4"),
            (["X-Forwarded-For: 1.2.3.4, unknown"], nil),
            (["X-Forwarded-For: 1.2.3.4, unknown, 10.0.0.2, 10.0.0.1"], "10.0.0.2"),
            (["X-Forwarded-For: 1.2.3.4, 1.2.3, 10.0.0.1"], "10.0.0.1"),
            (["X-Forwarded-For: \"1.2.3.4\", 10.0.0.1"], "10.0.0.1"),
            (["X-Forwarded-For: 1.2.3.4 5.6.7.8, 10.0.0.1"], "10.0.0.1"),
            (["X-Forwarded-For: 1.2.3.4:x, 10.0.0.1"], "10.0.0.1"),
            (["X-Forwarded-For: fe80::1%eth0, 10.0.0.1"], "10.0.0.1"),
            (["X-Forwarded-For: unknown", "X-Forwarded-For: 10.0.0.1"], "10.0.0.1"),
        ] as [([String], String?)]
    )
    func `the client is the last address that no trusted proxy has`(lines: [String], expected: String?) throws
    {
        let bytes = expected.flatMap { AddressText.bytes($0[...]) }
        #expect(try client(lines) == bytes)
    }

    @Test func `nobody trusted, the nearest proxy's word is taken alone`() throws {
        let head = try #require(RequestSample.head(["Host: a", "X-Forwarded-For: 1.2.3.4, 10.0.0.1"])?.head)
        #expect(ForwardedFor.client(fields: head.fields) { _ in false } == [10, 0, 0, 1])
    }
}
