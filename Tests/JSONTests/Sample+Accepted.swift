import JSON

extension Sample {
    static let accepted: [Sample] =
        acceptedScalars + acceptedStructures + acceptedNumbers + acceptedStrings + acceptedCharacters

    private static let acceptedScalars: [Sample] = [
        .accepted("true alone", "true", .bool),
        .accepted("false alone", "false", .bool),
        .accepted("null alone", "null", .null),
        .accepted("a number alone", "42", .number),
        .accepted("a string alone", #""asd""#, .string),
        .accepted("an empty string alone", #""""#, .string),
        .accepted("a blank string alone", #"" ""#, .string),
        .accepted("spaces before", "   1", .number),
        .accepted("spaces after", "1   ", .number),
        .accepted("every white space around", " \t\r\n[]\n\r\t ", .array),
        .accepted("a newline at the end", "null\n", .null),
    ]

    private static let acceptedStructures: [Sample] = [
        .accepted("an empty array", "[]", .array),
        .accepted("an empty array with space in it", "[ \n\t\r]", .array),
        .accepted("an empty object", "{}", .object),
        .accepted("an empty object with space in it", "{ \n\t\r}", .object),
        .accepted("an array of an empty string", #"[""]"#, .array),
        .accepted("an array of an empty array", "[[]   ]", .array),
        .accepted("an array of one object", "[{}]", .array),
        .accepted("an array of many kinds", #"[null, 1, "1", {}, [], true, false]"#, .array),
        .accepted("an array with several nulls", "[1,null,null,null,2]", .array),
        .accepted("an array with space before the end", "[1 ]", .array),
        .accepted("an array with space at the start", "[ 1]", .array),
        .accepted("newlines between elements", "[1\n,\n2\n]", .array),
        .accepted("an object with one member", #"{"a":1}"#, .object),
        .accepted("an object with space everywhere", " { \"a\" : 1 , \"b\" : 2 } ", .object),
        .accepted("an object with a repeated name", #"{"a":"b","a":"c"}"#, .object),
        .accepted("an object with a repeated member", #"{"a":"b","a":"b"}"#, .object),
        .accepted("an empty name", #"{"":0}"#, .object),
        .accepted("an escaped name", #"{"foo\u0000bar": 42}"#, .object),
        .accepted("a name of escapes alone", #"{"\u0061\n":true}"#, .object),
        .accepted("extreme numbers in an object", #"{"min":-1.0e+28,"max":1.0e+28}"#, .object),
        .accepted("an object with newlines", "{\n\"a\": \"b\"\n}", .object),
        .accepted("objects inside each other", #"{"a":{"b":{"c":{}}}}"#, .object),
        .accepted("arrays and objects in turn", #"[{"a":[{"b":[]}]}]"#, .array),
        .accepted("siblings after a nested value", #"{"a":[1,{"b":2}],"c":[{}],"d":3}"#, .object),
        .accepted("63 arrays", String(repeating: "[", count: 63) + String(repeating: "]", count: 63), .array),
        .accepted("64 arrays", String(repeating: "[", count: 64) + String(repeating: "]", count: 64), .array),
        .accepted(
            "64 objects",
            String(repeating: #"{"a":"#, count: 63) + "{}" + String(repeating: "}", count: 63),
            .object
        ),
        .accepted(
            "32 arrays of objects",
            String(repeating: #"[{"a":"#, count: 32) + "1" + String(repeating: "}]", count: 32),
            .array
        ),
        .accepted(
            "many siblings of little depth",
            "[" + String(repeating: "[],", count: 200) + "{}]",
            .array
        ),
    ]

    private static let acceptedNumbers: [Sample] = [
        .accepted("zero", "0", .number),
        .accepted("minus zero", "-0", .number),
        .accepted("minus zero with a fraction", "-0.0", .number),
        .accepted("a negative number", "-123", .number),
        .accepted("a digit", "-1", .number),
        .accepted("a fraction", "123.456789", .number),
        .accepted("a fraction of zeros", "1.000", .number),
        .accepted("a fraction after zero", "0.5", .number),
        .accepted("an exponent", "1e5", .number),
        .accepted("a big exponent letter", "1E22", .number),
        .accepted("an exponent with plus", "20e+1", .number),
        .accepted("an exponent with minus", "1E-2", .number),
        .accepted("an exponent of zeros", "1e00", .number),
        .accepted("an exponent with leading zeros", "1e-007", .number),
        .accepted("zero with an exponent", "0e1", .number),
        .accepted("zero with a signed exponent", "0e+1", .number),
        .accepted("a fraction and an exponent", "123.456e78", .number),
        .accepted("more digits than a Double holds", "0." + String(repeating: "0", count: 77) + "1", .number),
        .accepted("more than a Double can be", "1e400", .number),
        .accepted("less than a Double can be", "123e-10000000", .number),
        .accepted("more than an Int64 can be", "100000000000000000000", .number),
        .accepted("an exponent that overflows", "-1e+9999999999999999999999", .number),
        .accepted("a number right before a bracket", "[123]", .array),
        .accepted("a number before a newline", "[1\n]", .array),
    ]

    private static let acceptedStrings: [Sample] = [
        .accepted("every short escape", #""\"\\\/\b\f\n\r\t""#, .string),
        .accepted("an escaped backslash before u", #""\\u0000""#, .string),
        .accepted("an escaped backslash at the end", #""\\""#, .string),
        .accepted("an escaped quote alone", #""\"""#, .string),
        .accepted("an escaped null character", #""\u0000""#, .string),
        .accepted("an escaped control character", #""\u0012""#, .string),
        .accepted("big and small hex digits", #""\uaBcD\uFfef""#, .string),
        .accepted("an escaped surrogate pair", #""\uD801\udc37""#, .string),
        .accepted("two surrogate pairs", #""\ud83d\ude39\ud83d\udc8d""#, .string),
        .accepted("the lowest pair", #""\ud800\udc00""#, .string),
        .accepted("the highest pair", #""\uDBFF\uDFFF""#, .string),
        .accepted("code units beside the surrogates", #""\ud7ff\ue000""#, .string),
        .accepted("an escaped noncharacter", #""\uFFFF""#, .string),
        .accepted("an escaped zero width space", #""\u200B""#, .string),
        .accepted("escaped text of two bytes a character", #""\u0123\u0821""#, .string),
        .accepted("a comment inside a string", #"["a/*b*/c/*d//e"]"#, .array),
        .accepted("an unescaped slash", #""a/b""#, .string),
        .accepted("an apostrophe", #""it's""#, .string),
        .accepted("delete, which is no control character here", "\"\u{7f}\"", .string),
        .accepted(
            "a string around 8, 16 and 32 bytes",
            #"["1234567","12345678","1234567890abcdef"]"#,
            .array
        ),
        .accepted("brackets inside a string", #"["]}[{,:"]"#, .array),
    ]

    private static let acceptedCharacters: [Sample] = [
        .accepted("the first character of two bytes", "\"\u{80}\"", .string),
        .accepted("the last character of two bytes", "\"\u{7ff}\"", .string),
        .accepted("the first character of three bytes", "\"\u{800}\"", .string),
        .accepted("the last before the surrogates", "\"\u{d7ff}\"", .string),
        .accepted("the first after the surrogates", "\"\u{e000}\"", .string),
        .accepted("the last character of three bytes", "\"\u{ffff}\"", .string),
        .accepted("the first character of four bytes", "\"\u{10000}\"", .string),
        .accepted("the last character there is", "\"\u{10ffff}\"", .string),
        .accepted("a byte order mark inside a string", "\"\u{feff}\"", .string),
        .accepted("line and paragraph separators", "\"\u{2028}\u{2029}\"", .string),
        .accepted("a name beyond ASCII", "{\"ключ\":\"значение\"}", .object),
        .accepted("an emoji of several characters", "\"👩‍👩‍👧\"", .string),
        .accepted("characters of one to four bytes", "\"aé€😀z\"", .string),
    ]
}
