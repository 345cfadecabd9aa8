import Testing
import Wire

/// Vectors along the categories of the Autobahn test suite: 1 to 7 and 9.
@Suite struct MessageReaderConformanceTests {
    @Test(arguments: [0, 125, 126, 127, 128, 65535, 65536], [0x81, 0x82] as [UInt8])
    func `1, 9: messages of all sizes`(length: Int, first: UInt8) {
        let payload = [UInt8](repeating: 0x2a, count: length)
        let expected: Seen = first == 0x81 ? .text(payload) : .binary(payload)
        #expect(Seen.reading(frame(first, payload)) == [expected])
        #expect(
            Seen.reading(frame(first, payload), cuts: Array(stride(from: 1, to: length, by: 997))) == [
                expected
            ]
        )
    }

    @Test(arguments: [[], Array("Hello".utf8), [0, 0xff, 0xfe, 0xfd], [UInt8](repeating: 0xfe, count: 125)])
    func `2: a ping gives its payload back, a pong is let be`(payload: [UInt8]) {
        let bytes = frame(0x8a, payload) + frame(0x89, payload) + frame(0x89, payload)
        #expect(Seen.readingEveryWay(bytes) == [.pong(payload), .ping(payload), .ping(payload)])
    }

    @Test func `2: pongs that nobody asked for change nothing`() {
        let bytes = (0..<20).flatMap { _ in frame(0x8a, "?") } + frame(0x89, "still here")
        let pongs = [Seen](repeating: .pong([0x3f]), count: 20)
        #expect(Seen.readingEveryWay(bytes) == pongs + [.ping(Array("still here".utf8))])
    }

    @Test(arguments: [0x89, 0x8a, 0x88] as [UInt8])
    func `2.5: a control frame of 126 bytes is refused`(first: UInt8) {
        let bytes = frame(first, [UInt8](repeating: 0xfe, count: 126))
        #expect(Seen.readingEveryWay(bytes) == [.failed(.longControlFrame)])
    }

    @Test(arguments: 1...7 as ClosedRange<UInt8>, [0x01, 0x02, 0x00, 0x08, 0x09, 0x0a] as [UInt8])
    func `3: any reserved bit is refused, after what came before`(bits: UInt8, opcode: UInt8) {
        let bytes = frame(0x81, "ok") + frame(0x80 | bits << 4 | opcode, "no") + frame(0x89, [])
        #expect(Seen.readingEveryWay(bytes) == [.text("ok"), .failed(.reservedBits)])
    }

    @Test(arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8], [[], Array("abc".utf8)] as [[UInt8]])
    func `4: a reserved opcode is refused`(opcode: UInt8, payload: [UInt8]) {
        let bytes = frame(0x81, "ok") + frame(0x80 | opcode, payload)
        #expect(Seen.readingEveryWay(bytes) == [.text("ok"), .failed(.unknownOpcode)])
    }

    @Test(
        arguments: [
            (frame(0x09, "a") + frame(0x80, "b"), [.failed(.fragmentedControlFrame)]),
            (frame(0x0a, "a") + frame(0x80, "b"), [.failed(.fragmentedControlFrame)]),
            (frame(0x01, "a") + frame(0x80, "b"), [.text("ab")]),
            (frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "b"), [.ping([0x70]), .text("ab")]),
            (frame(0x80, "a") + frame(0x81, "b"), [.failed(.continuationOfNothing)]),
            (frame(0x00, "a") + frame(0x81, "b"), [.failed(.continuationOfNothing)]),
            (frame(0x81, "a") + frame(0x80, "b"), [.text("a"), .failed(.continuationOfNothing)]),
            (frame(0x01, "a") + frame(0x81, "b"), [.failed(.messageInsideMessage)]),
            (frame(0x01, "a") + frame(0x02, "b"), [.failed(.messageInsideMessage)]),
            (frame(0x01, "") + frame(0x00, "") + frame(0x80, ""), [.text("")]),
            (frame(0x08, [3, 232]) + frame(0x80, "b"), [.failed(.fragmentedControlFrame)]),
            (frame(0x02, "a") + frame(0x81, "b"), [.failed(.messageInsideMessage)]),
            (frame(0x01, "a") + frame(0x83, "b"), [.failed(.unknownOpcode)]),
            (frame(0x01, "a") + frame(0xc0, "b"), [.failed(.reservedBits)]),
            (
                frame(0x01, "") + (0..<100).flatMap { _ in frame(0x00, "") } + frame(0x80, "end"),
                [.text("end")]
            ),
            (frame(0x01, "") + frame(0x00, "mid") + frame(0x80, ""), [.text("mid")]),
            (frame(0x02, "a") + frame(0x80, "b") + frame(0x81, "c"), [.binary([0x61, 0x62]), .text("c")]),
        ] as [([UInt8], [Seen])]
    )
    func `5: fragments`(bytes: [UInt8], expected: [Seen]) {
        #expect(Seen.readingEveryWay(bytes) == expected)
    }

    @Test(arguments: UTF8Sample.valid)
    func `6: valid text arrives, whole and in fragments of one byte`(text: [UInt8]) {
        #expect(Seen.readingEveryWay(frame(0x81, text)) == [.text(text)])
        let fragments = text.flatMap { frame(0x00, [$0]) }
        #expect(Seen.readingEveryWay(frame(0x01, []) + fragments + frame(0x80, [])) == [.text(text)])
    }

    @Test(arguments: UTF8Sample.invalid)
    func `6: invalid text is refused, whole and in fragments of one byte`(text: [UInt8]) {
        #expect(Seen.readingEveryWay(frame(0x81, text)) == [.failed(.textNotUTF8)])
        let fragments = text.flatMap { frame(0x00, [$0]) }
        #expect(
            Seen.readingEveryWay(frame(0x01, []) + fragments + frame(0x80, [])) == [.failed(.textNotUTF8)]
        )
    }

    @Test(arguments: [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
    ])
    func `7: a close code that may be sent is taken`(code: UInt16) {
        let bytes = frame(0x88, [UInt8(code >> 8), UInt8(code & 0xff)] + Array("bye".utf8))
        #expect(Seen.readingEveryWay(bytes) == [.close(CloseCode(rawValue: code), Array("bye".utf8))])
    }

    @Test(arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
    func `7: a close code that must not be sent is refused`(code: UInt16) {
        let bytes = frame(0x88, [UInt8(code >> 8), UInt8(code & 0xff)])
        #expect(Seen.readingEveryWay(bytes) == [.failed(.closeCodeNotAllowed)])
    }

    @Test(
        arguments: [
            ([], .close(nil, [])),
            ([0x03], .failed(.closeOfOneByte)),
            (
                [0x03, 0xe8] + [UInt8](repeating: 0x2a, count: 123),
                .close(.normal, [UInt8](repeating: 0x2a, count: 123))
            ),
            ([0x03, 0xe8, 0xce, 0xba, 0xff], .failed(.closeReasonNotUTF8)),
            ([0x03, 0xe8, 0xce], .failed(.closeReasonNotUTF8)),
        ] as [([UInt8], Seen)]
    )
    func `7: payloads of a close`(payload: [UInt8], expected: Seen) {
        #expect(Seen.readingEveryWay(frame(0x88, payload)) == [expected])
    }

    @Test(arguments: [64, 256, 1024, 4096, 16384, 65536])
    func `9: a message in fragments of any size`(size: Int) {
        let payload = (0..<1 << 17).map { UInt8(truncatingIfNeeded: $0) }
        var bytes = frame(0x02, [])
        for start in stride(from: 0, to: payload.count, by: size) {
            bytes += frame(0x00, Array(payload[start..<start + size]))
        }
        bytes += frame(0x80, [])
        #expect(Seen.reading(bytes, cuts: [1000, 50_000, 100_001], limit: 1 << 17) == [.binary(payload)])
    }

    /// The same frames, damaged at random places: whatever they have become, cuts change nothing.
    @Test(arguments: 0..<300)
    func `cuts change nothing, whatever the bytes`(seed: UInt64) {
        var random = SplitMix(seed)
        var bytes = frame(0x81, "κόσμε") + frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "ё")
        bytes += frame(0x82, [UInt8](repeating: 1, count: 130)) + frame(0x88, [3, 232, 65])
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        #expect(Seen.readingEveryWay(bytes, limit: 140) != nil)
    }
}
