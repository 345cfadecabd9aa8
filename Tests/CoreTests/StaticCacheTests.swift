import Testing
import Wire

@testable import Core

/// Public answers of services, which are tagged and compressed once.
@Suite struct StaticCacheTests {
    private let head: RequestHead

    init() throws {
        var reader = RequestHeadReader(limit: 4096)
        let request = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var cursor = 0
        guard case .head(let head) = reader.next(request.span, from: &cursor) else {
            throw Missing()
        }
        self.head = head
    }

    private struct Missing: Error {}

    private func response(_ byte: UInt8, _ count: Int) -> Response {
        Response(
            .ok,
            body: [UInt8](repeating: byte, count: count),
            fields: [ResponseField("Cache-Control", "public")],
            keepsAlive: true
        )
    }

    @Test(arguments: [(4 << 20, true), (4 << 20 + 1, false)])
    func `bodies of up to 4 MiB get a tag`(count: Int, isKept: Bool) {
        var cache = StaticCache()
        let answer = cache.answer(response(0x61, count), to: head)
        #expect((answer != nil) == isKept && cache.entries.count == (isKept ? 1 : 0))
    }

    @Test func `32 answers are kept, and those that were asked for longest ago go`() {
        var cache = StaticCache()
        for byte in UInt8(0)..<32 { _ = cache.answer(response(byte, 10), to: head) }
        _ = cache.answer(response(0, 10), to: head)
        _ = cache.answer(response(32, 10), to: head)
        #expect(cache.entries.map { $0.response.body[0] }.sorted() == [0] + Array(2...32))
    }

    @Test func `8 MiB are kept`() {
        var cache = StaticCache()
        for byte in UInt8(0)..<8 { _ = cache.answer(response(byte, 1 << 20), to: head) }
        #expect(cache.entries.count == 8)
        _ = cache.answer(response(8, 3 << 20), to: head)
        #expect(cache.entries.map { $0.response.body[0] } == Array(3...8))
    }
}
