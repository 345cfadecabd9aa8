import JSON
import Testing

@Suite struct JSONEnvelopeTests {
    @Test(arguments: [
        #"{"type":"a","data":1}"#, #"{"data":{"type":"inner","data":2},"type":"outer"}"#, #"{"type":"a"}"#,
        #"{"data":[]}"#, #"{"type":{},"data":[]}"#, #"{"type":[{"type":1}],"data":{"a":[[]]}}"#, "{}", "[]",
        "1",
        #"[{"type":"a","data":1}]"#, #"{"other":{"type":1,"data":2}}"#, #"{"type":1,"type":2,"data":3}"#,
        #"{"type":1,"data":2,"\u0074ype":3}"#, #"{"data":1,"data":2,"data":3}"#,
        #"{"typ":1,"types":2,"Type":3}"#,
        #" { "\u0074\u0079pe" : "x" , "dat\u0061" : null } "#,
        #"{"type":{"a":{"type":1}},"b":1,"data":true}"#,
        #"{"":1,"type":-1.5e3}"#, #"{"a":"type","b":"data"}"#,
    ])
    func `it finds in one pass what reading and looking up find`(text: String) throws {
        let bytes = Array(text.utf8)
        let envelope = try JSONEnvelope.read(
            bytes.span,
            first: Array("type".utf8),
            second: Array("data".utf8)
        )
        #expect(try envelope.root == JSONValue.read(bytes.span))
        #expect(envelope.first == envelope.root.member("type", in: bytes.span))
        #expect(envelope.second == envelope.root.member("data", in: bytes.span))
    }

    @Test(arguments: 0..<500)
    func `it finds in a generated text what reading and looking up find`(seed: Int) throws {
        var generator = TextGenerator(seed: seed)
        let bytes = Array("{\"x\":\(generator.text(depth: 4)),\"y\":\(generator.text(depth: 4))}".utf8)
        let envelope = try JSONEnvelope.read(bytes.span, first: Array("y".utf8), second: Array("x".utf8))
        #expect(envelope.first == envelope.root.member("y", in: bytes.span))
        #expect(envelope.second == envelope.root.member("x", in: bytes.span))
        #expect(envelope.first != .absent && envelope.second != .absent)
    }

    @Test(arguments: Sample.accepted + Sample.refused)
    func `it gives the reader's verdict`(sample: Sample) {
        let verdict = Result { () throws(JSONError) in
            try JSONEnvelope.read(sample.bytes.span, first: [0x61], second: []).root.kind
        }
        #expect(verdict == sample.verdict)
    }

    @Test func `an empty name is not looked for`() throws {
        let bytes = Array(#"{"":1}"#.utf8)
        let envelope = try JSONEnvelope.read(bytes.span, first: [], second: [])
        #expect(envelope.first == .absent && envelope.second == .absent)
    }

    @Test func `both names may be the same`() throws {
        let bytes = Array(#"{"a":1}"#.utf8)
        let envelope = try JSONEnvelope.read(bytes.span, first: [0x61], second: [0x61])
        #expect(envelope.first == envelope.second)
        #expect(envelope.first.value?.range == 5..<6)
    }
}
