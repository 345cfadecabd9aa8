import Testing
import Wire

@Suite struct URLEncodingTests {
    @Test(
        arguments: [
            ("", ""), ("a/b", "a/b"), ("a+b", "a+b"), ("%41%7a%7A", "Azz"), ("%d0%BF", "п"),
            ("%2F%00", "/\u{0}"),
            ("%2541", "%41"), ("%", nil), ("a%4", nil), ("%4g", nil), ("%g4", nil), ("%%41", nil),
            ("%+1", nil),
        ] as [(String, String?)]
    )
    func `a path is decoded, or wrong`(text: String, decoded: String?) {
        // What stands beside the range is not looked at.
        let bytes = Array("4\(text)41".utf8)
        let result = URLEncoding.decode(bytes.span, 1..<bytes.count - 2)
        #expect(result == decoded.map { Array($0.utf8) })
    }

    @Test(
        arguments: [
            ("", []), ("a=b", ["a", "b"]), ("a=b&c=d", ["a", "b", "c", "d"]), ("a", ["a", ""]),
            ("a=", ["a", ""]),
            ("=b", ["", "b"]), ("=", ["", ""]), ("&&a=b&", ["a", "b"]), ("a=b=c", ["a", "b=c"]),
            ("a+b=+c", ["a b", " c"]), ("%2b=%26%3d", ["+", "&="]), ("a=%", ["a", "%"]),
            ("a=%4", ["a", "%4"]),
            ("a=%zz+%41", ["a", "%zz A"]), ("a=1&a=2", ["a", "1", "a", "2"]),
            ("d=%5B%22x%22%5D", ["d", "[\"x\"]"]),
            ("a=é", ["a", "é"]), ("a;b=c", ["a;b", "c"]),
        ] as [(String, [String])]
    )
    func `a form is pairs, decoded as browsers do it`(text: String, pairs: [String]) {
        let bytes = Array("#\(text)#".utf8)
        var seen: [String] = []
        URLEncoding.forEachPair(bytes.span, 1..<bytes.count - 1) { name, value in
            seen += [String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)]
        }
        #expect(seen == pairs)
    }

    @Test func `the first pair of a name is found`() {
        let form = "aa=0&a=1&a=2&%62=3".utf8.span
        #expect(URLEncoding.first("a", form, 0..<form.count) == Array("1".utf8))
        #expect(URLEncoding.first("b", form, 0..<form.count) == Array("3".utf8))
        #expect(URLEncoding.first("c", form, 0..<form.count) == nil)
    }
}
