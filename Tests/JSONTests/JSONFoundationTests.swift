import Foundation
import JSON
import Testing

@Suite struct JSONFoundationTests {
    /// Where Foundation's decoder is wider or narrower than RFC 8259, or has another limit.
    private static let exceptions: Set<String> = [
        "a byte order mark before a value",  // it guesses the encoding
        "UTF-16",
        "UTF-16, big end first",
        "a null byte after the value",  // it takes null bytes after the value for padding
        "a trailing comma",  // it allows one
        "a trailing comma in an object",
        "more than a Double can be",  // it refuses what overflows
        "an exponent that overflows",
        "65 arrays",  // its limit is 512
    ]

    @Test(arguments: Sample.accepted + Sample.refused)
    func `Foundation's decoder gives the same verdict but for its known exceptions`(sample: Sample) {
        let agrees = (decoded(sample.bytes) != nil) == ((try? JSONValue.read(sample.bytes.span)) != nil)
        #expect(agrees != Self.exceptions.contains(sample.title))
    }

    @Test(arguments: 0..<1_000)
    func `both read the same out of a generated text`(seed: Int) throws {
        var generator = TextGenerator(seed: seed)
        let bytes = Array(generator.text(depth: 6).utf8)
        let root = try JSONValue.read(bytes.span)
        let tree = Tree(root, in: bytes.span)
        #expect(tree != nil)
        #expect(tree == decoded(bytes))
    }

    @Test(arguments: 0..<4_000)
    func `both refuse or read the same out of a damaged text`(seed: Int) {
        var generator = TextGenerator(seed: seed)
        let bytes = generator.damaged(generator.text(depth: 3))
        guard !hasException(bytes) else { return }
        guard let root = try? JSONValue.read(bytes.span) else {
            #expect(decoded(bytes) == nil, "\(String(decoding: bytes, as: UTF8.self))")
            return
        }
        guard let tree = Tree(root, in: bytes.span) else { return }
        #expect(tree == decoded(bytes), "\(String(decoding: bytes, as: UTF8.self))")
    }

    private func decoded(_ bytes: [UInt8]) -> Tree? {
        let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        return value.flatMap { Tree($0) }
    }

    /// A comma before a closing bracket; the generator makes none of the other exceptions.
    private func hasException(_ bytes: [UInt8]) -> Bool {
        let solid = bytes.filter { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        return zip(solid, solid.dropFirst()).contains { $0 == 0x2c && ($1 == 0x5d || $1 == 0x7d) }
    }
}
