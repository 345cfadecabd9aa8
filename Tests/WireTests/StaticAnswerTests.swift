import CZlib
import Testing
import Wire

@Suite struct StaticAnswerTests {
    private static let page = Array(String(repeating: "<p>Hello</p>\n", count: 100).utf8)
    /// 1 January 2020, 0:00.
    private static let modified = 1_577_836_800
    private static let answer = StaticAnswer(
        page,
        contentType: "text/html",
        cacheControl: "max-age=60",
        modified: modified,
        fields: [ResponseField("X", "y")]
    )

    private func answer(
        _ lines: [String],
        method: String = "GET",
        of answer: StaticAnswer = StaticAnswerTests.answer
    ) throws -> Response {
        let head = try #require(RequestSample.head(["Host: h"] + lines, first: "\(method) / HTTP/1.1")?.head)
        return answer.answer(head)
    }

    private func tag(_ lines: [String] = []) throws -> String {
        try #require(try answer(lines).value("ETag"))
    }

    @Test func `a body comes with its tag, date, lifetime, and what it depends on`() throws {
        let response = try answer([])
        #expect(response.status == .ok)
        #expect(response.body == Self.page)
        #expect(response.contentType == "text/html")
        let names = response.fields.map(\.name)
        #expect(names == ["Cache-Control", "X", "Vary", "Last-Modified", "ETag"])
        #expect(response.value("Cache-Control") == "max-age=60")
        #expect(response.value("Vary") == "Accept-Encoding")
        #expect(response.value("Last-Modified") == "Wed, 01 Jan 2020 00:00:00 GMT")
        #expect(response.keepsAlive)
    }

    @Test func `a tag is strong, of the bytes, and the same for the same`() throws {
        let tag = try tag()
        #expect(tag.wholeMatch(of: /"[0-9a-f]{32}"/) != nil)
        let same = StaticAnswer(Self.page, contentType: "a/b", cacheControl: "no-cache")
        let other = StaticAnswer(Self.page + [0], contentType: "a/b", cacheControl: "no-cache")
        #expect(try answer([], of: same).value("ETag") == tag)
        #expect(try answer([], of: other).value("ETag") != tag)
    }

    @Test func `gzip is smaller, has its own tag, and gives the body back`() throws {
        let response = try answer(["Accept-Encoding: gzip"])
        #expect(response.value("Content-Encoding") == "gzip")
        #expect(response.body.count < Self.page.count / 5)
        #expect(inflated(response.body, room: Self.page.count) == Self.page)
        #expect(try response.value("ETag") != tag())
        #expect(response.value("Vary") == "Accept-Encoding")
    }

    @Test(
        arguments: [
            ([], false), (["Accept-Encoding:"], false), (["Accept-Encoding: gzip"], true),
            (["Accept-Encoding: GZip"], true), (["Accept-Encoding: x-gzip"], true),
            (["Accept-Encoding: gzip, deflate, br, zstd"], true), (["Accept-Encoding: br"], false),
            (["Accept-Encoding: br", "Accept-Encoding: gzip"], true), (["Accept-Encoding: *"], true),
            (["Accept-Encoding: *;q=0"], nil), (["Accept-Encoding: *;q=0, gzip"], true),
            (["Accept-Encoding: *;q=0, identity"], false), (["Accept-Encoding: *, gzip;q=0"], false),
            (["Accept-Encoding: gzip;q=0"], false), (["Accept-Encoding: gzip;q=0.000"], false),
            (["Accept-Encoding: gzip;q=0.001"], true), (["Accept-Encoding: gzip ; q=1.000"], true),
            (["Accept-Encoding: gzip;Q=1"], true), (["Accept-Encoding: gzip;q=1."], true),
            (["Accept-Encoding: gzip;q=0.5, identity;q=1"], false),
            (["Accept-Encoding: gzip;q=0.5, identity;q=0.4"], true),
            (["Accept-Encoding: identity;q=0.5, *;q=0.5"], true),
            (["Accept-Encoding: identity, *;q=0.5"], false),
            (["Accept-Encoding: identity;q=0"], nil), (["Accept-Encoding: identity;q=0, gzip;q=0"], nil),
            (["Accept-Encoding: identity;q=0, gzip;q=0.1"], true),
            (["Accept-Encoding: identity;q=0.0, br"], nil),
            // Weights outside the grammar are not there.
            (["Accept-Encoding: gzip;q=2"], false), (["Accept-Encoding: gzip;q=1.001"], false),
            (["Accept-Encoding: gzip;q=0.1234"], false), (["Accept-Encoding: gzip;q="], false),
            (["Accept-Encoding: gzip;q"], false), (["Accept-Encoding: gzip;"], false),
            (["Accept-Encoding: gzip;q=-1"], false), (["Accept-Encoding: gzip;q=0,5"], false),
            (["Accept-Encoding: gzip;x=1"], false), (["Accept-Encoding: gzip;q=1;x"], false),
            (["Accept-Encoding: gzipx, xgzip"], false), (["Accept-Encoding: identity;q=x"], false),
        ] as [([String], Bool?)]
    )
    func `the client's weights decide; nil is 406`(lines: [String], isGzip: Bool?) throws {
        let response = try answer(lines)
        #expect(response.status == (isGzip == nil ? .notAcceptable : .ok))
        #expect((response.value("Content-Encoding") == "gzip") == (isGzip ?? false))
        #expect((response.body == Self.page) == (isGzip == false))
    }

    @Test(arguments: [0, 1, 256])
    func `a short body is not compressed, and depends on nothing`(count: Int) throws {
        let body = [UInt8](repeating: 0x61, count: count)
        let short = StaticAnswer(body, contentType: "a/b", cacheControl: "no-cache")
        let response = try answer(["Accept-Encoding: gzip"], of: short)
        #expect(response.body == body)
        #expect(response.fields.map(\.name) == ["Cache-Control", "ETag"])
    }

    @Test func `257 bytes are compressed`() throws {
        let long = StaticAnswer(
            [UInt8](repeating: 0x61, count: 257),
            contentType: "a/b",
            cacheControl: "no-cache"
        )
        let response = try answer(["Accept-Encoding: gzip"], of: long)
        #expect(response.value("Content-Encoding") == "gzip")
    }

    /// The noise does not compress, so the letters after it are about what is saved.
    @Test(arguments: [(100, false), (50_000, true)])
    func `what gzip makes less than a tenth smaller stays as it is`(letters: Int, isGzip: Bool) throws {
        var random = SplitMix(1)
        let noise = (0..<10_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let body = noise + [UInt8](repeating: 0x61, count: letters)
        let response = try answer(
            ["Accept-Encoding: gzip"],
            of: StaticAnswer(body, contentType: "a/b", cacheControl: "no-cache")
        )
        #expect((response.value("Content-Encoding") == "gzip") == isGzip)
    }

    @Test(arguments: [
        ("If-None-Match: TAG", true), ("If-None-Match: W/TAG", true), ("If-None-Match: *", true),
        ("If-None-Match: \"a\", TAG", true), ("If-None-Match: \"a\" , W/TAG,\"b\"", true),
        ("If-None-Match: \"a\"|If-None-Match: TAG", true), ("If-None-Match: \"a,b\", TAG", true),
        ("If-None-Match: \"a\"", false), ("If-None-Match:", false), ("If-None-Match: w/TAG", false),
        ("If-None-Match: *, \"a\"", false), ("If-None-Match: *|If-None-Match: \"a\"", false),
        ("If-None-Match: W/", false), ("If-None-Match: xTAG", false),
        ("If-None-Match: OTHER", false), ("If-None-Match: \"W/TAG\"", false),
        // Tags come before dates.
        ("If-None-Match: \"a\"|If-Modified-Since: Wed, 01 Jan 2020 00:00:00 GMT", false),
        ("If-None-Match: TAG|If-Modified-Since: Tue, 31 Dec 2019 23:59:59 GMT", true),
        ("If-Modified-Since: Wed, 01 Jan 2020 00:00:00 GMT", true),
        ("If-Modified-Since: Wed, 01 Jan 2020 00:00:01 GMT", true),
        ("If-Modified-Since: Tue, 31 Dec 2019 23:59:59 GMT", false),
        ("If-Modified-Since: Wednesday, 01-Jan-20 00:00:00 GMT", true),
        ("If-Modified-Since: Wed Jan  1 00:00:00 2020", true), ("If-Modified-Since: today", false),
        ("If-Modified-Since: Thu, 01 Jan 2020 00:00:00 GMT", false),
    ])
    func `what the client has is not sent again`(lines: String, isUnchanged: Bool) throws {
        let (tag, other) = (try tag(), try tag(["Accept-Encoding: gzip"]))
        let lines = lines.replacing("TAG", with: tag).replacing("OTHER", with: other).split(separator: "|")
        let response = try answer(lines.map(String.init))
        #expect(response.status == (isUnchanged ? .notModified : .ok))
        guard isUnchanged else { return }
        #expect(response.body.isEmpty)
        let names = response.fields.map(\.name)
        #expect(names == ["Cache-Control", "X", "Vary", "Last-Modified", "ETag"])
    }

    @Test func `gzip is what the client has if it has gzip`() throws {
        let tag = try tag(["Accept-Encoding: gzip"])
        let response = try answer(["Accept-Encoding: gzip", "If-None-Match: \(tag)"])
        #expect(response.status == .notModified)
        #expect(response.value("ETag") == tag)
    }

    @Test func `without a date, conditions about dates are passed over`() throws {
        let undated = StaticAnswer(Self.page, contentType: "a/b", cacheControl: "no-cache")
        let since = "If-Modified-Since: Wed, 01 Jan 2070 00:00:00 GMT"
        let before = "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"
        #expect(try answer([since, before], of: undated).status == .ok)
    }

    @Test(
        arguments: [
            ("If-Match: TAG", .ok), ("If-Match: *", .ok), ("If-Match: \"a\"", .preconditionFailed),
            ("If-Match: W/TAG", .preconditionFailed),
            ("If-Match: TAG|If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", .ok),
            ("If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", .preconditionFailed),
            ("If-Unmodified-Since: Wed, 01 Jan 2020 00:00:00 GMT", .ok),
            ("If-Match: \"a\"|If-None-Match: TAG", .preconditionFailed),
        ] as [(String, HTTPStatus)]
    )
    func `another version than the one wanted is not sent`(lines: String, status: HTTPStatus) throws {
        let tag = try tag()
        let lines = lines.replacing("TAG", with: tag).split(separator: "|").map(String.init)
        #expect(try answer(lines).status == status)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
    func `it can only be read`(method: String) throws {
        let response = try answer([], method: method)
        #expect(response.status == .methodNotAllowed)
        #expect(response.value("Allow") == "GET, HEAD")
        #expect(response.keepsAlive)
    }

    @Test(arguments: [[], ["Accept-Encoding: gzip"], ["If-None-Match: *"]])
    func `HEAD is answered like GET`(lines: [String]) throws {
        #expect(try answer(lines, method: "HEAD") == answer(lines))
    }

    private func inflated(_ bytes: [UInt8], room: Int) -> [UInt8] {
        var stream = unsafe z_stream(), input = bytes
        guard
            unsafe inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return [] }
        defer { unsafe inflateEnd(&stream) }
        return unsafe [UInt8](unsafeUninitializedCapacity: room + 1) { target, count in
            unsafe input.withUnsafeBufferPointer { source in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(target.count)
                let result = unsafe inflate(&stream, Z_FINISH)
                count = unsafe result == Z_STREAM_END ? Int(stream.total_out) : 0
            }
        }
    }
}

extension Response {
    fileprivate func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}
