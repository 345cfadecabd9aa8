import PatchbayStage
import Testing

@Suite struct TranscriptMatchTests {
    @Test(arguments: [
        ("hello", "hello"), ("", ""), ("2 so far", "2 so far"), ("…", "anything at all"), ("…", ""),
        ("…", "{}"),
        ("a…", "a"), ("a…", "abc"), ("…c", "abc"), ("a…c", "ac"), ("a…b…c", "a-b-b-c"), ("…b…", "abc"),
        ("a…b…b…c", "abbc"), ("……", "x"), ("a, $x", "a, $x"), ("{\"a\":", "{\"a\":"), ("$5", "$5"),
        ("[1,2", "[1,2"), ("{a…}", "{abc}"),
    ])
    func `a text that is no JSON matches byte for byte, an ellipsis any bytes`(
        expected: String,
        actual: String
    ) {
        #expect(mismatch(expected, actual) == nil)
    }

    @Test(arguments: [
        ("hello", "hell"), ("hello", "hello "), ("Hello", "hello"), ("", "x"), ("a…", "ba"), ("…c", "cb"),
        ("ab…ba", "aba"), ("a…b…c", "acb"), ("a…x…c", "abc"), ("a…b…b…c", "abc"), ("é so", "e\u{301} so"),
        ("{a…}", "{abc"),
    ])
    func `a text that differs is shown whole`(expected: String, actual: String) {
        let difference = TranscriptMatch.Mismatch(
            path: "",
            expected: "\"\(expected)\"",
            found: "\"\(actual)\""
        )
        #expect(mismatch(expected, actual) == difference)
    }

    @Test(arguments: [
        ("1", "1"), ("1", " 1 "), ("2.0", "2.0"), ("2.0", "2"), ("100", "1e2"), ("-0", "0"), ("true", "true"),
        ("null", "null"),
        (#""a""#, #""\u0061""#), (#""\n""#, #""\u000a""#), (#"{"a":1,"b":2}"#, #"{ "b" : 2 , "a" : 1 }"#),
        (#"{ "a" : [ 1 , 2 ] }"#, #"{"a":[1,2]}"#), (#"{"\u0061":1}"#, #"{"a":1}"#), ("{}", "{}"),
        ("[]", "[ ]"),
        (#"{"a":…}"#, #"{"a":{"b":[1]}}"#), (#"{"a":…}"#, #"{"a":null}"#), (#"{"a":1,…}"#, #"{"a":1}"#),
        (#"{"a":1,…}"#, #"{"b":2,"a":1,"c":3}"#), (#"{…,"a":1}"#, #"{"b":2,"a":1}"#), ("{…}", "{}"),
        ("{…}", #"{"a":1}"#), ("[…]", "[]"), ("[…]", "[1,2]"), ("[1,…]", "[1]"), ("[1,…]", "[1,2,3]"),
        ("[…,2]", "[[],2]"), ("[…,…]", "[1]"), (#"{"a":{"b":1,…}}"#, #"{"a":{"c":2,"b":1}}"#),
        (#""abc…""#, #""abc""#), (#""abc…""#, #""abc\ndef""#), (#""…@…""#, #""a@b""#),
        (#""\"…\"""#, #""\"x\"""#),
        (#""\u2026""#, #""…""#), (#""$x""#, #""$x""#), (#"{"a":{…},…}"#, #"{"b":1,"a":{"c":2}}"#),
        ("9007199254740993", "9007199254740993"),
    ])
    func `JSON matches by structure`(expected: String, actual: String) {
        #expect(mismatch(expected, actual) == nil)
    }

    @Test(arguments: [
        ("1", "2", "", "1", "2"), ("1", #""1""#, "", "1", #""1""#), (#""5""#, "5", "", #""5""#, "5"),
        ("true", #""true""#, "", "true", #""true""#), ("null", "0", "", "null", "0"),
        ("1", "true", "", "1", "true"),
        ("9007199254740993", "9007199254740992", "", "9007199254740993", "9007199254740992"),
        ("1e400", "1e401", "", "1e400", "1e401"),
        (#""abc…""#, #""ab""#, "", #""abc…""#, #""ab""#), (#""\u2026""#, #""x""#, "", #""\u2026""#, #""x""#),
        ("{}", "[]", "", "{}", "[]"), ("[…]", "{}", "", "[…]", "{}"),
        (#"{"a":1}"#, #"{"a":2}"#, "a", "1", "2"),
        (#"{"a":{"b":[0,{"c":"x"}]}}"#, #"{"a":{"b":[0,{"c":1}]}}"#, "a.b[1].c", #""x""#, "1"),
        (#"{"a":1}"#, "{}", "a", "1", "no such member"), (#"{"a":…}"#, "{}", "a", "…", "no such member"),
        (#"{"a":1}"#, #"{"a":1,"b":[2]}"#, "b", "no such member", "[2]"),
        (#"{"a":{"b":1}}"#, #"{"a":{"b":1,"c":2}}"#, "a.c", "no such member", "2"),
        (#"{"a":1}"#, #"{"a":1,"a":1}"#, "a", "1", "it more than once"),
        ("[1,2]", "[1]", "[1]", "2", "the end of the array"),
        ("[1]", "[1,2]", "[1]", "the end of the array", "2"),
        ("[]", "[1]", "[0]", "the end of the array", "1"),
        ("[1,2,…]", "[1]", "[1]", "2", "the end of the array"),
        ("[[1],[2]]", "[[1],[3]]", "[1][0]", "2", "3"), ("1", "one", "", "1", #"no JSON: "one""#),
        (#"{"a":…}"#, #"{"a":oops}"#, "", #"{"a":…}"#, #"no JSON: "{"a":oops}""#),
    ])
    func `the first difference is told with its path`(
        expected: String,
        actual: String,
        path: String,
        wanted: String,
        found: String
    ) {
        let difference = TranscriptMatch.Mismatch(path: path, expected: wanted, found: found)
        #expect(mismatch(expected, actual) == difference)
    }

    @Test(arguments: [("a.b", "at a.b: expected 1, found 2"), ("", "expected 1, found 2")])
    func `a mismatch is a sentence`(path: String, sentence: String) {
        #expect(TranscriptMatch.Mismatch(path: path, expected: "1", found: "2").description == sentence)
    }

    @Test func `bytes that are no text are counted, not shown`() {
        var captures: [String: String] = [:]
        let mismatch = TranscriptMatch.mismatch(expected: "a b", actual: [0xff, 0xfe], captures: &captures)
        #expect(mismatch?.found == "2 bytes that are no UTF-8")
    }

    @Test(arguments: [
        (#"{"id":$id}"#, #"{"id":[1, "a"]}"#, ["id": #"[1, "a"]"#]),
        (#"{"id":$id,"to":$to,…}"#, #"{"x":0,"to":"b","id":1.0}"#, ["id": "1.0", "to": #""b""#]),
        ("[$a,$a]", "[1,1]", ["a": "1"]), ("$all", #"{"a":1}"#, ["all": #"{"a":1}"#]),
        ("$all", "a b", ["all": "a b"]),
        ("mess@$sid@hi", "mess@a-1_B@hi", ["sid": "a-1_B"]), ("got $x", "got a b", ["x": "a b"]),
        ("$a@$b@…", "1@2@3@4", ["a": "1", "b": "2"]), ("$a@$b", "1@2@3", ["a": "1", "b": "2@3"]),
        ("…@$b.", "0@1@2.", ["b": "1@2"]), ("$a-$a", "x-y-x-y", ["a": "x-y"]), ("$ä…", "$ä.", [:]),
        ("is {$a}", #"is {"é"}"#, ["a": #""é""#]), ("c@$a", "c@@", ["a": "@"]),
    ])
    func `a capture remembers the raw value`(expected: String, actual: String, captured: [String: String]) {
        var captures: [String: String] = [:]
        let mismatch = TranscriptMatch.mismatch(
            expected: expected,
            actual: Array(actual.utf8),
            captures: &captures
        )
        #expect(mismatch == nil)
        #expect(captures == captured)
    }

    @Test(arguments: [
        (#"{"a":$x}"#, #"{"a":8}"#, "a"), ("[$x]", #"["7"]"#, "[0]"), ("$x", "seven", ""), ("$x", "7.0", ""),
    ])
    func `a captured value must stay the same`(expected: String, actual: String, path: String) {
        var captures = ["x": "7"]
        let mismatch = TranscriptMatch.mismatch(
            expected: expected,
            actual: Array(actual.utf8),
            captures: &captures
        )
        #expect(mismatch?.path == path)
        #expect(mismatch?.expected == "$x, which is 7")
        #expect(captures == ["x": "7"])
    }

    @Test(arguments: [
        ("mess@$x@…", "mess@8@hi"), ("$x$y", "77"), ("$y$x.", "7."), ("$y-$y", "a-b"), ("a$y", "a"),
    ])
    func `in a text too, and a new one is of one byte at least`(expected: String, actual: String) {
        var captures = ["x": "7"]
        let mismatch = TranscriptMatch.mismatch(
            expected: expected,
            actual: Array(actual.utf8),
            captures: &captures
        )
        #expect((mismatch == nil) == (expected == "$x$y"))
        #expect(captures == (mismatch == nil ? ["x": "7", "y": "7"] : ["x": "7"]))
    }

    @Test(arguments: [
        (#"{$x:1}"#, #"{"a\"b":1}"#, nil),
        (#"{"c":$x,$x:[$x],…}"#, #"{"d":2,"a\u0022b":["a\"b"],"c":"a\"b"}"#, nil),
        (#"{$x:1}"#, #"{"a\"b":2}"#, "at a\"b: expected 1, found 2"),
        (#"{$x:1}"#, #"{"x":1}"#, "at a\"b: expected 1, found no such member"),
        (#"{$x:1}"#, #"{"a\"b":1,"x":1}"#, "at x: expected no such member, found 1"),
        (#"{"a":{$y:1}}"#, #"{"a":{"y":1}}"#, "at a: expected a member's name that was captured, found none"),
        (#"{$n:1}"#, #"{"7":1}"#, "expected a member's name that was captured, found none"),
    ])
    func `a captured string may be a member's name`(expected: String, actual: String, difference: String?) {
        var captures = ["x": #""a\"b""#, "n": "7"]
        let mismatch = TranscriptMatch.mismatch(
            expected: expected,
            actual: Array(actual.utf8),
            captures: &captures
        )
        #expect(mismatch?.description == difference)
    }

    @Test func `a message that does not match captures nothing`() {
        var captures: [String: String] = [:]
        let actual = Array(#"{"a":1,"b":2}"#.utf8)
        #expect(
            TranscriptMatch.mismatch(expected: #"{"a":$a,"b":3}"#, actual: actual, captures: &captures) != nil
        )
        #expect(captures.isEmpty)
    }

    @Test(arguments: [
        (#"{"id":$id}"#, #"{"id":"a b"}"#), ("$id", #""a b""#), ("$n,$n", "7,7"), ("get $n now", "get 7 now"),
        (#"{"a":"$n"}"#, #"{"a":"$n"}"#), (#"{"a":"\"$n","b":$n}"#, #"{"a":"\"$n","b":7}"#),
        ("$unknown", "$unknown"),
        ("$nn", "$nn"), ("$5 $", "$5 $"), ("", ""), (#"{"a":"\\","b":$n}"#, #"{"a":"\\","b":7}"#),
    ])
    func `what is sent is filled with captures outside quotes`(text: String, expected: String) {
        #expect(TranscriptMatch.filled(text, with: ["id": #""a b""#, "n": "7"]) == expected)
    }

    private func mismatch(_ expected: String, _ actual: String) -> TranscriptMatch.Mismatch? {
        var captures: [String: String] = [:]
        return TranscriptMatch.mismatch(expected: expected, actual: Array(actual.utf8), captures: &captures)
    }
}
