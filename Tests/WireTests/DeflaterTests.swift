import Testing

@testable import Wire

@Suite struct DeflaterTests {
    private static let messages =
        [0, 1, 2, 100, 249, 300, 5000, 32768, 70_000, 300_000].map {
            DeflateSample.text($0, seed: UInt64($0))
        } + [
            DeflateSample.noise(1), DeflateSample.noise(1000), DeflateSample.noise(100_000),
            [UInt8](repeating: 0, count: 200_000), Array("Hello".utf8), [], [], Array("Hello".utf8),
        ]

    @Test func `the examples of RFC 7692 come out`() {
        let hello = Array("Hello".utf8)
        let alone = Deflater(), inContext = Deflater(keepsContext: true)
        #expect(alone.deflate(hello) == DeflateSample.hello)
        #expect(alone.deflate(hello) == DeflateSample.hello)
        #expect(inContext.deflate(hello) == DeflateSample.hello)
        #expect(inContext.deflate(hello) == DeflateSample.helloAgain)
        #expect(alone.deflate([]) == DeflateSample.empty)
        #expect(inContext.deflate([]) == DeflateSample.empty)
        #expect(inContext.deflate([]) == DeflateSample.empty)
    }

    @Test(arguments: 8...15 as ClosedRange<UInt8>, [true, false])
    func `messages come back as they were, with every window`(windowBits: UInt8, keepsContext: Bool) {
        let deflater = Deflater(windowBits: windowBits, keepsContext: keepsContext)
        let inflater = Inflater(windowBits: windowBits, keepsContext: keepsContext)
        for message in Self.messages + Self.messages.reversed() {
            #expect(inflater.inflate(deflater.deflate(message)) == .success(message))
        }
    }

    @Test(arguments: [1, 6, 9] as [UInt8])
    func `every level comes back, and what repeats becomes short`(level: UInt8) {
        let deflater = Deflater(level: level), message = DeflateSample.text(20_000)
        let compressed = deflater.deflate(message)
        #expect(Inflater().inflate(compressed) == .success(message))
        #expect(compressed.count < message.count / 2)
    }

    @Test func `one without context serves connections in turn, one with it makes repetition short`() {
        let message = DeflateSample.text(300)
        let alone = Deflater(), inContext = Deflater(keepsContext: true)
        let first = alone.deflate(message)
        _ = alone.deflate(DeflateSample.text(300, seed: 2))
        #expect(alone.deflate(message) == first)
        #expect(inContext.deflate(message).count <= first.count + 8)
        #expect(inContext.deflate(message).count < 12)
    }

    @Test(arguments: [0, 1, 100, 16_383, 65_536, 1_000_000])
    func `what cannot be made shorter becomes hardly longer`(count: Int) {
        let compressed = Deflater().deflate(DeflateSample.noise(count))
        #expect(compressed.count <= count + count / 1000 + 12)
    }

    @Test(arguments: 8...9 as ClosedRange<UInt8>, [1, 6, 9] as [UInt8])
    func `with 8 bits no message refers further back than 256 bytes`(windowBits: UInt8, level: UInt8) {
        let deflater = Deflater(windowBits: windowBits, level: level, keepsContext: true)
        let stream = InflateStream(windowBits: 8)
        for seed in 0..<40 as Range<UInt64> {
            let message = DeflateSample.text(5000, seed: seed)
            #expect(decode(deflater.deflate(message) + DeflateSample.tail, stream) == message)
        }
    }

    @Test func `a larger window would be noticed`() {
        let deflater = Deflater(windowBits: 10)
        let compressed = deflater.deflate(DeflateSample.noise(300) + DeflateSample.noise(300))
        #expect(decode(compressed, InflateStream(windowBits: 8)) == nil)
        #expect(decode(compressed, InflateStream(windowBits: 9))?.count == 600)
    }

    /// Byte by byte, because zlib looks at the window only for what an earlier call gave.
    private func decode(_ compressed: [UInt8], _ stream: InflateStream) -> [UInt8]? {
        var message: [UInt8] = []
        for byte in compressed where stream.decode([byte].span, limit: .max, into: &message) != .taken {
            return nil
        }
        return message
    }
}
