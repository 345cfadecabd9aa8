import Testing

@testable import Core

@Suite struct GrammarTests {
    /// What a grammar finds, as text.
    private enum Found: Equatable {
        case message(type: String, payload: String)
        case malformed
    }

    private func read(_ kind: Grammar.Kind, _ bytes: [UInt8]) -> Found {
        var scratch = Array("what was unescaped before".utf8)
        func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
        switch Grammar(kind: kind).read(bytes.span, scratch: &scratch) {
        case .message(let type, let payload):
            return .message(type: text(bytes[type]), payload: text(bytes[payload]))
        case .escapedType(let payload):
            return .message(type: text(scratch[...]), payload: text(bytes[payload]))
        case .malformed: return .malformed
        }
    }

    @Test(arguments: ["", "a", "a b", "{\"type\":\"a\"}", "\u{0}"])
    func `a raw message has the empty type and is all payload`(text: String) {
        #expect(read(.raw, Array(text.utf8)) == .message(type: "", payload: text))
    }

    @Test(arguments: [
        ("", "", ""), ("add", "add", ""), ("add ", "add", ""), ("add 1", "add", "1"), (" 1", "", "1"),
        ("add 1 2", "add", "1 2"), ("add  1", "add", " 1"), ("é 👋", "é", "👋"), ("a\u{0}b c", "a\u{0}b", "c"),
    ])
    func `text is split at the first delimiter`(text: String, type: String, payload: String) {
        #expect(
            read(.delimiter(UInt8(ascii: " ")), Array(text.utf8)) == .message(type: type, payload: payload)
        )
    }

    @Test func `any byte may be the delimiter, also in what is no UTF-8`() {
        #expect(read(.delimiter(0xff), [97, 0xff, 98, 0xff]) == read(.delimiter(0), [97, 0, 98, 0xff]))
        #expect(read(.delimiter(0), [97, 0, 98]) == .message(type: "a", payload: "b"))
    }

    private let type = Grammar.Kind.json(member: Array("type".utf8), payload: [])
    private let withData = Grammar.Kind.json(member: Array("type".utf8), payload: Array("data".utf8))

    @Test(arguments: [
        (#"{"type":"join"}"#, "join"), (#" { "a" : [1] , "type" : "join" } "#, "join"),
        (#"{"type":""}"#, ""), (#"{"type":"é👋"}"#, "é👋"), (#"{"type":"\u006aoi\u006E"}"#, "join"),
        (#"{"type":"a\"b\\c\/d\n"}"#, "a\"b\\c/d\n"), (#"{"type":"\ud83d\udc4b"}"#, "👋"),
        (#"{"t\u0079pe":"join"}"#, "join"), (#"{"data":{"type":"other"},"type":"join"}"#, "join"),
        (#"{"Type":"other","type":"join"}"#, "join"), (#"{"type":"join","data":5,"data":6}"#, "join"),
    ])
    func `the type of JSON is its member, unescaped`(text: String, found: String) {
        #expect(read(type, Array(text.utf8)) == .message(type: found, payload: ""))
    }

    @Test(arguments: [
        "", " ", "join", "null", #""type""#, "[]", #"[{"type":"join"}]"#, "{}", #"{"Type":"join"}"#,
        #"{"type":5}"#, #"{"type":null}"#, #"{"type":["join"]}"#, #"{"type":"join","type":"join"}"#,
        #"{"type":"join","t\u0079pe":"join"}"#, #"{"type":"join",}"#, #"{"type":"join"} {}"#,
        #"{"type":"join""#, #"{'type':'join'}"#, #"{"type":"\ud800"}"#, #"{"type":"\x"}"#,
        "{\"type\":\"a\nb\"}", "\u{feff}{\"type\":\"join\"}", #"{"data":{"type":"join"}}"#,
        #"{"type":"join","a":01}"#,
    ])
    func `JSON that is broken or has no type is malformed`(text: String) {
        #expect(read(type, Array(text.utf8)) == .malformed)
    }

    @Test(arguments: [
        (#"{"type":"send","data":{"text":"a"}}"#, #"{"text":"a"}"#),
        (#"{"data": { "a" : [ ] } ,"type":"send"}"#, #"{ "a" : [ ] }"#),
        (#"{"type":"s\u0065nd","d\u0061ta":{}}"#, "{}"),
        (#"{"type":"send","data":{"data":{}}}"#, #"{"data":{}}"#),
    ])
    func `the payload of JSON is its member as it is written`(text: String, payload: String) {
        #expect(read(withData, Array(text.utf8)) == .message(type: "send", payload: payload))
    }

    @Test(arguments: [
        #"{"type":"send"}"#, #"{"type":"send","data":null}"#, #"{"type":"send","data":[]}"#,
        #"{"type":"send","data":"{}"}"#, #"{"type":"send","data":{},"data":{}}"#, #"{"data":{}}"#,
        #"{"type":"send","data":{]}"#, #"{"type":"send","data":{"a":1,}}"#,
    ])
    func `a payload that is asked for must be there as an object`(text: String) {
        #expect(read(withData, Array(text.utf8)) == .malformed)
    }

    @Test func `type and payload may be asked for as one member, which then is neither`() {
        let same = Grammar.Kind.json(member: Array("a".utf8), payload: Array("a".utf8))
        #expect(read(same, Array(#"{"a":"x"}"#.utf8)) == .malformed)
    }

    @Test func `JSON that is no UTF-8 is malformed`() {
        #expect(read(type, Array(#"{"type":""#.utf8) + [0xff] + Array(#""}"#.utf8)) == .malformed)
    }

    @Test(arguments: [(63, true), (64, false), (100_000, false)])
    func `JSON may be 64 deep`(inside: Int, isRead: Bool) {
        let text =
            #"{"type":"a","b":"# + String(repeating: "[", count: inside)
            + String(repeating: "]", count: inside) + "}"
        #expect(read(type, Array(text.utf8)) == (isRead ? .message(type: "a", payload: "") : .malformed))
    }
}
