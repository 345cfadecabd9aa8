import Testing
import Wire

@Suite struct CookieTests {
    @Test(
        arguments: [
            ([], []), (["Cookie: a=b"], ["a", "b"]), (["Cookie: a=b; c=d"], ["a", "b", "c", "d"]),
            (["Cookie: a=1; a=2"], ["a", "1", "a", "2"]),
            (["Cookie: a=1", "cookie: b=2"], ["a", "1", "b", "2"]),
            (["Cookie: a=b;c=d;\te=f "], ["a", "b", "c", "d", "e", "f"]),
            (["Cookie: a=\"b c\""], ["a", "\"b c\""]),
            (["Cookie: a="], ["a", ""]), (["Cookie: a=b=c=="], ["a", "b=c=="]),
            (["Cookie: a={\"b\":[1,2]}"], ["a", "{\"b\":[1,2]}"]),
            (["Cookie: a=é"], ["a", "é"]), (["Cookie:"], []), (["Cookie: a; =b; ;; c=d"], ["c", "d"]),
            (["Cookie: a b=c; d=e"], ["d", "e"]), (["Cookie: \"a\"=b; $Version=1"], ["$Version", "1"]),
            (["Cookie: a =b"], []), (["Cookie: a= b"], ["a", " b"]), (["Set-Cookie: a=b"], []),
        ] as [([String], [String])]
    )
    func `cookies are given in order, what is none is passed over`(lines: [String], pairs: [String]) throws {
        let fields = try #require(RequestSample.head(["Host: h"] + lines)?.head).fields
        var seen: [String] = []
        fields.forEachCookie { name, value in seen += [fields.text(name), fields.text(value)] }
        #expect(seen == pairs)
    }

    @Test(
        arguments: [
            ("JSESSIONID", "1"), ("jsessionid", "3"), ("x", "0"), ("y", nil), ("SESSION", nil),
        ] as [(String, String?)]
    )
    func `the first cookie of a name is found, upper and lower case being different`(
        name: String,
        value: String?
    ) throws {
        let line = "Cookie: x=0; JSESSIONID=1; JSESSIONID=2; jsessionid=3"
        let fields = try #require(RequestSample.head(["Host: h", line])?.head).fields
        #expect(fields.cookie(name).map(fields.text) == value)
    }
}
