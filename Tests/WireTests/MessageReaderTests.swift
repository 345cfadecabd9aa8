import Testing
import Wire

@Suite struct MessageReaderTests {
    // RFC 6455 §5.7: a masked "Hello".
    private let hello: [UInt8] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]

    @Test func `a whole message is given where it lies, unmasked`() {
        var reader = MessageReader(limit: 5), bytes = hello + [0x81], cursor = 0
        var span = bytes.mutableSpan
        let event = reader.next(&span, from: &cursor)
        let after = reader.next(&span, from: &cursor)
        #expect(event == .message(.text, 6..<11))
        #expect(after == .needMore)
        #expect(cursor == 11)
        #expect(Array(bytes[6..<11]) == Array("Hello".utf8))
    }

    @Test(arguments: 0..<11)
    func `bytes before and after a message stay as they are`(cut: Int) {
        let around: [UInt8] = [1, 2, 3]
        var reader = MessageReader(limit: 5), bytes = around + hello + hello[..<cut], cursor = 3
        var span = bytes.mutableSpan
        let event = reader.next(&span, from: &cursor)
        #expect(event == .message(.text, 9..<14))
        #expect(Array(bytes[..<3]) == around)
        #expect(Array(bytes[14...]) == Array(hello[..<cut]))
    }

    @Test(arguments: 1..<11)
    func `a message cut at any byte is read the same`(cut: Int) {
        #expect(Seen.reading(hello + hello, cuts: [cut]) == [.text("Hello"), .text("Hello")])
    }

    @Test(arguments: 6..<11)
    func `a message cut in its payload is assembled and leaves nothing to keep`(cut: Int) {
        var reader = MessageReader(limit: 5), cursor = 0
        var start = Array(hello[..<cut]), rest = Array(hello[cut...])
        var span = start.mutableSpan
        let waiting = reader.next(&span, from: &cursor)
        #expect(waiting == .needMore)
        #expect(cursor == cut)
        cursor = 0
        span = rest.mutableSpan
        let event = reader.next(&span, from: &cursor)
        #expect(event == .assembled(.text))
        #expect(reader.assembled == Array("Hello".utf8))
    }

    @Test func `fragments make one message, with control frames between them`() {
        let bytes =
            frame(0x01, "Hel") + frame(0x89, "a") + frame(0x00, "l") + frame(0x8a, "b") + frame(0x80, "o")
        #expect(Seen.readingEveryWay(bytes) == [.ping([0x61]), .pong([0x62]), .text("Hello")])
    }

    @Test(arguments: [0, 1, 124, 125, 126, 127, 128, 65535, 65536, 65537, 200_000])
    func `a message of any length form arrives as it was`(length: Int) {
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }
        #expect(Seen.reading(frame(0x82, payload), limit: length) == [.binary(payload)])
        #expect(
            Seen.reading(frame(0x82, payload), cuts: [15 % (length + 6)], limit: length) == [.binary(payload)]
        )
    }

    @Test(arguments: [
        frame(0x82, [1, 2, 3, 4, 5]),
        frame(0x02, [1, 2]) + frame(0x00, [3, 4]) + frame(0x80, [5]),
        frame(0x02, [1, 2, 3, 4]) + frame(0x00, [5]),
    ])
    func `over the limit, all fragments together, is refused at a header`(bytes: [UInt8]) {
        #expect(Seen.readingEveryWay(bytes, limit: 4) == [.failed(.messageTooBig)])
    }

    @Test func `exactly the limit is taken, and the next message counts anew`() {
        let bytes = frame(0x02, [1, 2]) + frame(0x80, [3, 4]) + frame(0x82, [5, 6, 7, 8])
        #expect(Seen.readingEveryWay(bytes, limit: 4) == [.binary([1, 2, 3, 4]), .binary([5, 6, 7, 8])])
    }

    @Test(
        arguments: [
            [0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
            [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4],
        ] as [[UInt8]]
    )
    func `an enormous length is refused before any payload comes`(bytes: [UInt8]) {
        #expect(Seen.readingEveryWay(bytes) == [.failed(.messageTooBig)])
    }

    @Test func `an enormous continuation is refused although a message has begun`() {
        let huge: [UInt8] = [0x80, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]
        #expect(Seen.readingEveryWay(frame(0x02, [1, 2]) + huge) == [.failed(.messageTooBig)])
    }

    @Test(
        arguments: [
            ([0x81, 0x05], .unmasked),
            ([0x82, 0x05], .unmasked),
            ([0x80, 0x01], .unmasked),
            ([0x89, 0x00], .unmasked),
            ([0x8a, 0x00], .unmasked),
            ([0x88, 0x02, 0x03, 0xe8], .unmasked),
            ([0x81, 0x7e, 0x00, 0x7e], .unmasked),
            ([0x81, 0xfe, 0x00, 0x05], .lengthNotMinimal),
            ([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 5], .lengthNotMinimal),
            ([0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], .lengthOver63Bits),
            ([0x82, 0xfe, 0x00, 0x7d], .lengthNotMinimal),
            ([0x82, 0xfe, 0x00, 0x00], .lengthNotMinimal),
            ([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff], .lengthNotMinimal),
            ([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 5], .lengthOver63Bits),
            ([0x89, 0xfe], .longControlFrame),
            ([0x8a, 0xff], .longControlFrame),
            ([0x88, 0xfe], .longControlFrame),
            ([0x09, 0x80], .fragmentedControlFrame),
        ] as [([UInt8], WebSocketFailure)]
    )
    func `a wrong header is refused as soon as it shows`(bytes: [UInt8], failure: WebSocketFailure) {
        #expect(Seen.readingEveryWay(bytes) == [.failed(failure)])
    }

    @Test func `a failure is for good`() {
        var reader = MessageReader(limit: 5), bytes = frame(0x83, "x") + hello, cursor = 0
        var span = bytes.mutableSpan
        let first = reader.next(&span, from: &cursor)
        cursor = 7
        let second = reader.next(&span, from: &cursor)
        #expect(first == .failed(.unknownOpcode))
        #expect(second == .failed(.unknownOpcode))
    }

    @Test func `what follows a close is dropped unread`() {
        let bytes = frame(0x88, [0x03, 0xe8]) + frame(0x81, "late") + frame(0x83, "wrong")
        #expect(Seen.readingEveryWay(bytes) == [.close(.normal, [])])
    }

    @Test func `what is dropped after a close is not kept either`() {
        var reader = MessageReader(limit: 5), cursor = 0
        var bytes = frame(0x88, []) + frame(0x81, "late")
        var span = bytes.mutableSpan
        _ = reader.next(&span, from: &cursor)
        let event = reader.next(&span, from: &cursor)
        #expect(event == .needMore)
        #expect(cursor == bytes.count)
    }

    @Test func `a close may come between fragments`() {
        #expect(Seen.readingEveryWay(frame(0x01, "a") + frame(0x88, [])) == [.close(nil, [])])
    }

    @Test func `text is refused at its first wrong byte, long before its frame ends`() {
        var reader = MessageReader(limit: 100), cursor = 0
        var bytes = Array(frame(0x81, [0x61, 0xff] + [UInt8](repeating: 0x61, count: 50))[..<8])
        var span = bytes.mutableSpan
        let event = reader.next(&span, from: &cursor)
        #expect(event == .failed(.textNotUTF8))
    }

    @Test func `text of a fragment is refused although more may follow`() {
        #expect(Seen.readingEveryWay(frame(0x01, "good") + frame(0x00, [0xff])) == [.failed(.textNotUTF8)])
    }

    @Test func `binary is not checked to be text`() {
        #expect(Seen.readingEveryWay(frame(0x82, [0xff, 0x80])) == [.binary([0xff, 0x80])])
        let fragments = frame(0x02, [0xff]) + frame(0x80, [0x80])
        #expect(Seen.readingEveryWay(fragments) == [.binary([0xff, 0x80])])
    }

    @Test func `the memory of a long message is given back at the next call`() {
        let long = [UInt8](repeating: 0x61, count: 100_000)
        var reader = MessageReader(limit: 100_000), cursor = 0
        var bytes = frame(0x01, long) + frame(0x80, [])
        var span = bytes.mutableSpan
        let event = reader.next(&span, from: &cursor)
        #expect(event == .assembled(.text))
        #expect(reader.assembled == long)
        _ = reader.next(&span, from: &cursor)
        #expect(reader.assembled.capacity < 65536)
    }

    @Test func `a hundred thousand empty fragments take no memory`() {
        var bytes = frame(0x01, []), reader = MessageReader(limit: 10), cursor = 0
        let empty = frame(0x00, [])
        for _ in 0..<100_000 { bytes += empty }
        var span = bytes.mutableSpan
        let event = reader.next(&span, from: &cursor)
        #expect(event == .needMore)
        #expect(cursor == bytes.count)
        #expect(reader.assembled.capacity == 0)
    }

    @Test func `an idle reader is small`() {
        #expect(MemoryLayout<MessageReader>.size <= 48)
    }
}
