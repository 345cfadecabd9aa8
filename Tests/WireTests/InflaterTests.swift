import Testing
import Wire

@Suite struct InflaterTests {
    private let hello = Array("Hello".utf8)

    @Test(
        arguments: [
            DeflateSample.hello, DeflateSample.stored, DeflateSample.final, DeflateSample.twoBlocks,
            DeflateSample.hello + DeflateSample.tail + DeflateSample.empty,
        ],
        [true, false]
    )
    func `the examples of RFC 7692 say Hello, again and again`(compressed: [UInt8], keepsContext: Bool) {
        let inflater = Inflater(keepsContext: keepsContext)
        #expect(inflater.inflate(compressed, as: .text) == .success(hello))
        #expect(inflater.inflate(compressed, as: .text) == .success(hello))
        #expect(inflater.inflate(DeflateSample.empty, as: .text) == .success([]))
        #expect(inflater.inflate(compressed, limit: 5) == .success(hello))
    }

    @Test(arguments: [
        DeflateSample.hello, DeflateSample.stored, DeflateSample.final, DeflateSample.twoBlocks,
    ])
    func `with context a message may refer to the one before, also past the end of a stream`(first: [UInt8]) {
        let inflater = Inflater(keepsContext: true)
        #expect(inflater.inflate(first) == .success(hello))
        #expect(inflater.inflate(DeflateSample.helloAgain) == .success(hello))
        #expect(inflater.inflate(DeflateSample.empty) == .success([]))
        #expect(inflater.inflate(DeflateSample.helloAgain) == .success(hello))
    }

    @Test func `without context it may not`() {
        let inflater = Inflater()
        #expect(inflater.inflate(DeflateSample.hello) == .success(hello))
        #expect(inflater.inflate(DeflateSample.helloAgain) == .failure(.notDeflate))
        #expect(inflater.inflate(DeflateSample.hello) == .success(hello))
    }

    @Test func `streams may end inside a message, and at its end without an empty block`() {
        let ended = Array(DeflateSample.final.dropLast())
        let inflater = Inflater()
        #expect(inflater.inflate(ended) == .success(hello))
        #expect(inflater.inflate(ended + ended + DeflateSample.hello) == .success(hello + hello + hello))
        #expect(inflater.inflate(ended + DeflateSample.helloAgain) == .success(hello + hello))
    }

    @Test func `that a message ended its stream says nothing of the next one`() {
        let inflater = Inflater(keepsContext: true)
        #expect(inflater.inflate(Array(DeflateSample.final.dropLast())) == .success(hello))
        #expect(inflater.inflate([]) == .failure(.notDeflate))
    }

    @Test(
        arguments: [
            [], [0x07], [0xff], [0xf2], [0x00, 0x05, 0x00, 0xfa], [0x00, 0x05, 0x00, 0x00, 0x00],
            Array(DeflateSample.hello.dropLast()), DeflateSample.hello + DeflateSample.tail,
            DeflateSample.hello + [0x00, 0x00], Array(DeflateSample.stored.dropLast(2)),
            [0x78, 0x9c] + DeflateSample.hello, DeflateSample.hello + [0xff, 0xff],
        ] as [[UInt8]],
        [true, false]
    )
    func `what is no DEFLATE, or is cut, is refused, and the next message is read`(
        compressed: [UInt8],
        keepsContext: Bool
    ) {
        let inflater = Inflater(keepsContext: keepsContext)
        #expect(inflater.inflate(compressed) == .failure(.notDeflate))
        #expect(inflater.inflate(DeflateSample.hello) == .success(hello))
        #expect(inflater.inflate(compressed) == .failure(.notDeflate))
    }

    @Test(arguments: UTF8Sample.valid)
    func `a text is UTF-8`(text: [UInt8]) {
        #expect(Inflater().inflate(Deflater().deflate(text), as: .text) == .success(text))
    }

    @Test(arguments: UTF8Sample.invalid)
    func `a text that is not is refused, as binary it is taken`(text: [UInt8]) {
        let compressed = Deflater().deflate(text)
        #expect(Inflater().inflate(compressed, as: .text) == .failure(.textNotUTF8))
        #expect(Inflater().inflate(compressed, as: .binary) == .success(text))
    }

    @Test(arguments: [0, 1, 1023, 1024, 1025, 4096, 65535, 65536, 100_000])
    func `exactly the limit is taken, a byte more is not`(count: Int) {
        let inflater = Inflater()
        for message in [
            DeflateSample.text(count), DeflateSample.noise(count), [UInt8](repeating: 0, count: count),
        ] {
            let compressed = Deflater().deflate(message)
            #expect(inflater.inflate(compressed, limit: count) == .success(message))
            #expect(inflater.inflate(compressed, limit: .max) == .success(message))
            guard count > 0 else { continue }
            #expect(inflater.inflate(compressed, limit: count - 1) == .failure(.messageTooBig))
        }
    }

    @Test(arguments: [true, false])
    func `a gigabyte of zeros in a megabyte takes no more memory than the limit`(keepsContext: Bool) {
        let piece = Deflater(level: 9).deflate([UInt8](repeating: 0, count: 1 << 20)) + DeflateSample.tail
        let bomb = (0..<1024).flatMap { _ in piece }
        var message: [UInt8] = []
        let outcome = Inflater(keepsContext: keepsContext).inflate(
            bomb.span,
            as: .binary,
            limit: 1 << 16,
            into: &message
        )
        #expect(bomb.count < 1_200_000)
        #expect(outcome == .failed(.messageTooBig))
        #expect(message.capacity <= 1 << 18)
    }

    @Test func `a hundred thousand ended streams without content are nothing`() {
        let compressed = (0..<100_000).flatMap { _ in [0x03, 0x00] as [UInt8] }
        #expect(Inflater().inflate(compressed, limit: 0) == .success([]))
    }
}
