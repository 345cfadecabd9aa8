import JSON
import Testing

@Suite struct JSONValueReadTests {
    @Test(arguments: Sample.accepted + Sample.refused)
    func `a text is accepted by the letter of RFC 8259 or refused with reason and place`(sample: Sample) {
        let verdict = Result { () throws(JSONError) in try JSONValue.read(sample.bytes.span).kind }
        #expect(verdict == sample.verdict)
    }

    @Test(arguments: Sample.accepted.filter { $0.verdict != .success(.number) })
    func `a text cut at any byte is refused`(sample: Sample) throws {
        let end = try JSONValue.read(sample.bytes.span).range.upperBound
        for cut in 0..<end {
            #expect(throws: JSONError.self) { try JSONValue.read(sample.bytes.span.extracting(..<cut)) }
        }
    }

    @Test(arguments: Sample.accepted, [",", "]", "}", "x", "\0"])
    func `bytes left over are refused`(sample: Sample, rest: String) {
        let bytes = sample.bytes + Array(rest.utf8)
        #expect(throws: JSONError.self) { try JSONValue.read(bytes.span) }
    }

    @Test(arguments: Sample.accepted)
    func `the range leaves out the white space around`(sample: Sample) throws {
        let bytes = [0x20, 0x0a] + sample.bytes + [0x09, 0x0d]
        let bare = try JSONValue.read(sample.bytes.span).range
        #expect(try JSONValue.read(bytes.span).range == bare.lowerBound + 2..<bare.upperBound + 2)
    }

    @Test(arguments: Sample.accepted)
    func `what has been validated need not be read again`(sample: Sample) throws {
        let bytes = [0x20, 0x0a] + sample.bytes + [0x09, 0x0d]
        #expect(JSONValue(validated: bytes.span) == (try JSONValue.read(bytes.span)))
        #expect(JSONValue(validated: [0x20, 0x0a].span) == nil)
    }

    @Test(arguments: UInt8(0)...255)
    func `a byte alone is a value only when it is a digit`(byte: UInt8) {
        let isDigit = (0x30...0x39).contains(byte)
        #expect(((try? JSONValue.read([byte].span)) != nil) == isDigit)
    }

    @Test(arguments: UInt8(0)..<0x80)
    func `an ASCII character stands for itself unless it is a control character, quote or backslash`(
        byte: UInt8
    ) {
        let isPlain = byte >= 0x20 && byte != 0x22 && byte != 0x5c
        #expect(((try? JSONValue.read([0x22, byte, 0x22].span)) != nil) == isPlain)
    }

    @Test func `an error is a sentence with its place`() {
        let error = JSONError(reason: .tooDeep, offset: 64)
        #expect(error.description == "byte 64: objects and arrays are nested deeper than 64; flatten them")
    }
}
