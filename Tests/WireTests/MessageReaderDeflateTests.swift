import Testing
import Wire

/// RFC 7692 §6: which frames may be marked, and what comes of it.
@Suite struct MessageReaderDeflateTests {
    private static let hello = DeflateSample.hello

    @Test(
        arguments: [
            (frame(0xc1, hello), [.text("Hello")]),
            (frame(0x41, Array(hello[..<3])) + frame(0x80, Array(hello[3...])), [.text("Hello")]),
            (
                frame(0xc2, hello) + frame(0xc1, DeflateSample.helloAgain),
                [.binary(Array("Hello".utf8)), .text("Hello")]
            ),
            (frame(0xc1, DeflateSample.stored), [.text("Hello")]),
            (frame(0xc1, DeflateSample.final), [.text("Hello")]),
            (frame(0xc1, DeflateSample.twoBlocks), [.text("Hello")]),
            (frame(0xc1, [0x00]), [.text("")]),
            (frame(0x41, hello + DeflateSample.tail) + frame(0x80, [0x00]), [.text("Hello")]),
            (frame(0x41, []) + frame(0x00, hello) + frame(0x80, []), [.text("Hello")]),
            (
                frame(0x81, "plain") + frame(0xc1, hello) + frame(0x82, [0xff]),
                [
                    .text("plain"), .text("Hello"), .binary([0xff]),
                ]
            ),
            (
                frame(0x01, "pl") + frame(0x80, "ain") + frame(0x41, hello) + frame(0x80, [])
                    + frame(0x81, "é"),
                [
                    .text("plain"), .text("Hello"), .text("é"),
                ]
            ),
            (
                frame(0x42, Array(hello[..<1])) + frame(0x89, "p") + frame(0x00, Array(hello[1..<5]))
                    + frame(0x8a, "q") + frame(0x80, Array(hello[5...])) + frame(0x88, []),
                [.ping([0x70]), .pong([0x71]), .binary(Array("Hello".utf8)), .close(nil, [])]
            ),
            (frame(0xc1, [0xff]), [.failed(.notDeflate)]),
            (frame(0xc1, []), [.failed(.notDeflate)]),
            (frame(0xc1, Deflater().deflate([0x61, 0xff])), [.failed(.textNotUTF8)]),
            (frame(0x41, Deflater().deflate([0x61, 0xff])) + frame(0x80, []), [.failed(.textNotUTF8)]),
        ] as [([UInt8], [Seen])]
    )
    func `compressed messages are read, however they come`(bytes: [UInt8], seen: [Seen]) {
        #expect(Seen.readingEveryWay(bytes, isDeflated: true) == seen)
    }

    @Test(
        arguments: [
            (frame(0xc0, hello), .reservedBits), (frame(0x40, hello), .reservedBits),
            (frame(0xc9, []), .reservedBits), (frame(0xca, []), .reservedBits),
            (frame(0xc8, []), .reservedBits),
            (frame(0xc3, []), .reservedBits), (frame(0xa1, hello), .reservedBits),
            (frame(0x91, hello), .reservedBits), (frame(0xe1, hello), .reservedBits),
            (frame(0xd2, hello), .reservedBits), (frame(0xf1, hello), .reservedBits),
            (frame(0x41, hello) + frame(0xc0, []), .reservedBits),
            (frame(0x01, "a") + frame(0xc0, hello), .reservedBits),
            (frame(0x41, hello) + frame(0xc9, []), .reservedBits),
            (frame(0x41, hello) + frame(0xc1, hello), .messageInsideMessage),
            (frame(0x01, "a") + frame(0xc1, hello), .messageInsideMessage),
            (frame(0x41, hello) + frame(0x81, "a"), .messageInsideMessage),
            ([0xc1, 0x05], .unmasked), ([0xc1, 0xfe, 0x00, 0x05], .lengthNotMinimal),
        ] as [([UInt8], WebSocketFailure)]
    )
    func `the mark in a wrong place, and other reserved bits, are refused`(
        bytes: [UInt8],
        failure: WebSocketFailure
    ) {
        #expect(Seen.readingEveryWay(bytes, isDeflated: true) == [.failed(failure)])
    }

    @Test(arguments: [0x41, 0xc1, 0x42, 0xc2] as [UInt8])
    func `without agreement the mark is refused`(first: UInt8) {
        #expect(Seen.readingEveryWay(frame(first, Self.hello)) == [.failed(.reservedBits)])
    }

    @Test func `a whole message is given where it lies, one in pieces is assembled`() {
        var reader = MessageReader(limit: 100, isDeflated: true), cursor = 0
        var bytes = frame(0xc1, Self.hello) + frame(0x42, Self.hello) + frame(0x80, [])
        var span = bytes.mutableSpan
        let first = reader.next(&span, from: &cursor)
        let second = reader.next(&span, from: &cursor)
        #expect(first == .deflated(.text, 6..<13))
        #expect(second == .assembledDeflated(.binary))
        #expect(reader.assembled == Self.hello)
        #expect(Array(bytes[6..<13]) == Self.hello)
    }

    @Test(arguments: [10, 1000, 100_000])
    func `a message at its limit that cannot be compressed is taken, one long beyond it is not`(limit: Int) {
        // Every byte in nine bits is the worst that an encoder does.
        let longest = limit + limit / 8 + 256
        let payload = [UInt8](repeating: 0, count: longest)
        var reader = MessageReader(limit: limit, isDeflated: true), bytes = frame(0xc2, payload), cursor = 0
        var span = bytes.mutableSpan
        let event = reader.next(&span, from: &cursor)
        #expect(event == .deflated(.binary, bytes.count - longest..<bytes.count))

        let tooLong = frame(0xc2, payload + [0]), fragments = frame(0x42, payload) + frame(0x80, [0])
        #expect(Seen.reading(tooLong, limit: limit, isDeflated: true) == [.failed(.messageTooBig)])
        #expect(Seen.reading(fragments, limit: limit, isDeflated: true) == [.failed(.messageTooBig)])
        let plain = frame(0x02, [UInt8](repeating: 0, count: limit)) + frame(0x80, [0])
        #expect(Seen.reading(plain, limit: limit, isDeflated: true) == [.failed(.messageTooBig)])
    }

    @Test func `noise at the limit, compressed, arrives`() {
        let message = DeflateSample.noise(5000)
        let bytes = frame(0xc2, Deflater().deflate(message))
        #expect(Seen.reading(bytes, cuts: [100], limit: 5000, isDeflated: true) == [.binary(message)])
        #expect(Seen.reading(bytes, cuts: [100], limit: 4999, isDeflated: true) == [.failed(.messageTooBig)])
    }

    @Test(arguments: [true, false])
    func `messages go both ways`(keepsContext: Bool) throws {
        let messages = (0..<20).map { DeflateSample.text($0 * 60, seed: 3) }
        let client = Deflater(keepsContext: keepsContext), server = Deflater(keepsContext: keepsContext)
        let inflater = Inflater(keepsContext: keepsContext)
        var up: [UInt8] = [], down: [UInt8] = [], cursor = 0, seen: [[UInt8]] = []
        for message in messages {
            ClientFrameWriter.append(
                .binary,
                isDeflated: true,
                client.deflate(message).span,
                mask: 0x1234_5678,
                to: &up
            )
            FrameWriter.append(.binary, isDeflated: true, server.deflate(message).span, to: &down)
        }
        #expect(Seen.reading(up, cuts: [50], isDeflated: true) == messages.map(Seen.binary))
        var reader = ServerFrameReader(limit: 1 << 16, isDeflated: true)
        while case .deflated(.binary, true, let range) = reader.next(down.span, from: &cursor) {
            seen.append(try inflater.inflate(Array(down[range])).get())
        }
        #expect(seen == messages)
        #expect(cursor == down.count)
    }
}
