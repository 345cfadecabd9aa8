import JSON
import Testing

@Suite struct JSONValueWalkTests {
    @Test(
        arguments: zip(
            ["a", "b", "c", "d", "", "é", "x\"y", "A", "missing", "aa", "inner"],
            ["1", "[2,{\"a\":3}]", "\"}\"", "{}", "null", "true", "4.50", nil, nil, nil, nil]
        )
    )
    func `a member is found by its unescaped name`(name: String, expected: String?) throws {
        let text = """
             { "\\u0061" : 1 , "b":[2,{"a":3}],"c":"}","d":{}, "":null,"\\u00e9":true,"x\\"y":4.50 , "e":{"inner":5} }
            """
        #expect(try found(name, in: text) == expected)
    }

    @Test(arguments: ["[1]", "\"a\"", "1", "true", "null", "{}", "[]"])
    func `a value without members has none`(text: String) throws {
        let bytes = Array(text.utf8)
        let lookup = try JSONValue.read(bytes.span).member("a", in: bytes.span)
        #expect(lookup == .absent)
        #expect(lookup.value == nil)
    }

    @Test(arguments: [
        #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":{},"\u0061":[]}"#, #"{"a":1,"a":2,"a":3}"#,
    ])
    func `a name that stands twice or more is repeated`(text: String) throws {
        let bytes = Array(text.utf8)
        let lookup = try JSONValue.read(bytes.span).member("a", in: bytes.span)
        #expect(lookup == .repeated)
        #expect(lookup.value == nil)
    }

    @Test(arguments: [
        #"{"a":1,"bb":[2],"c":{"a":3},"bb":4}"#, #"{"\u0061":1,"aa":2}"#, "{}", "[1]",
    ])
    func `several names looked up in one pass bring what each brings by itself`(text: String) throws {
        let names = ["bb", "a", "none", ""]
        let bytes = Array(text.utf8)
        let root = try JSONValue.read(bytes.span)
        let found = root.members(names.map { Array($0.utf8) }, in: bytes.span)
        for (index, name) in names.enumerated() {
            #expect(found[index] == root.member(name, in: bytes.span))
        }
    }

    @Test func `a name is looked up as text, as bytes and as a span alike`() throws {
        let bytes = Array(#"{"one":1,"two":2}"#.utf8)
        let name = Array("two".utf8)
        let root = try JSONValue.read(bytes.span)
        let lookup = root.member("two", in: bytes.span)
        #expect(lookup.value?.range == 15..<16)
        #expect(root.member(name, in: bytes.span) == lookup)
        #expect(root.member(name.span, in: bytes.span) == lookup)
    }

    @Test(
        arguments: zip(
            [#"{"a":1,"b" : [2] , "c":{"d":"}"}}"#, "[1,2]", "{}"],
            [[#""a" 1"#, #""b" [2]"#, #""c" {"d":"}"}"#], [], []]
        )
    )
    func `members come in the order of the text`(text: String, expected: [String]) throws {
        let bytes = Array(text.utf8)
        var members: [String] = []
        try JSONValue.read(bytes.span).forEachMember(in: bytes.span) { name, value in
            members.append(raw(name, in: bytes) + " " + raw(value, in: bytes))
            return true
        }
        #expect(members == expected)
    }

    @Test(
        arguments: zip(
            [
                #"[ 1 ,"]", [[2],3],{"a":[4]},true ,null,-1.5e3]"#, "[]", "[ ]", #"{"a":1}"#, "[[]]",
                #"["\\","\""]"#,
            ],
            [
                ["1", #""]""#, "[[2],3]", #"{"a":[4]}"#, "true", "null", "-1.5e3"], [], [], [], ["[]"],
                [#""\\""#, #""\"""#],
            ]
        )
    )
    func `elements come in the order of the text`(text: String, expected: [String]) throws {
        let bytes = Array(text.utf8)
        var elements: [String] = []
        try JSONValue.read(bytes.span).forEachElement(in: bytes.span) { element in
            elements.append(raw(element, in: bytes))
            return true
        }
        #expect(elements == expected)
    }

    @Test func `a walk ends when its body says so`() throws {
        let array = Array("[1,2,3]".utf8)
        let object = Array(#"{"a":1,"b":2}"#.utf8)
        var count = 0
        try JSONValue.read(array.span).forEachElement(in: array.span) { _ in
            count += 1
            return count < 2
        }
        try JSONValue.read(object.span).forEachMember(in: object.span) { _, _ in
            count += 10
            return false
        }
        #expect(count == 12)
    }

    @Test func `the deepest nesting can be walked`() throws {
        let bytes = Array((String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).utf8)
        var value = try JSONValue.read(bytes.span)
        for depth in 1..<64 {
            value.forEachElement(in: bytes.span) { element in
                value = element
                return true
            }
            #expect(value.range == depth..<128 - depth)
        }
    }

    private func found(_ name: String, in text: String) throws -> String? {
        let bytes = Array(text.utf8)
        return try JSONValue.read(bytes.span).member(name, in: bytes.span).value.map { raw($0, in: bytes) }
    }

    private func raw(_ value: JSONValue, in bytes: [UInt8]) -> String {
        String(decoding: bytes[value.range], as: UTF8.self)
    }
}
