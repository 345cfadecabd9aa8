import Testing
import Wire

@Suite struct ServerFrameReaderTests {
    private let bytes: [UInt8] = [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f]

    @Test(arguments: 0..<5)
    func `a frame cut at any byte waits, then reads the same`(cut: Int) {
        var reader = ServerFrameReader(limit: 3), cursor = 0
        let waiting = reader.next(bytes.span.extracting(first: cut), from: &cursor)
        let first = reader.next(bytes.span, from: &cursor)
        let second = reader.next(bytes.span, from: &cursor)
        #expect(waiting == .needMore)
        #expect(first == .frame(.text, isFinal: false, payload: 2..<5))
        #expect(second == .frame(.continuation, isFinal: true, payload: 7..<9))
    }

    @Test(
        arguments: [
            (3, [0x81, 0x83, 1, 2, 3, 4, 5, 6, 7], .masked), (3, [0x81, 0x04], .messageTooBig),
            (3, [0x91, 0x01], .reservedBits),
        ] as [(Int, [UInt8], WebSocketFailure)]
    )
    func `a wrong frame is refused for good`(limit: Int, bytes: [UInt8], failure: WebSocketFailure) {
        var reader = ServerFrameReader(limit: limit), cursor = 0
        let first = reader.next(bytes.span, from: &cursor)
        let second = reader.next(self.bytes.span, from: &cursor)
        #expect(first == .failed(failure))
        #expect(second == .failed(failure))
    }

    @Test(arguments: 0..<5)
    func `a compressed frame is told apart where deflate was agreed on`(cut: Int) {
        let bytes: [UInt8] = [0x41, 0x03, 1, 2, 3, 0x80, 0x01, 4, 0xc2, 0x01, 5]
        var reader = ServerFrameReader(limit: 3, isDeflated: true), cursor = 0
        let waiting = reader.next(bytes.span.extracting(first: cut), from: &cursor)
        let events = (0..<3).map { _ in reader.next(bytes.span, from: &cursor) }
        #expect(waiting == .needMore)
        #expect(
            events == [
                .deflated(.text, isFinal: false, payload: 2..<5),
                .frame(.continuation, isFinal: true, payload: 7..<8),
                .deflated(.binary, isFinal: true, payload: 10..<11),
            ]
        )
    }

    @Test(
        arguments: [(true, [0xc0, 0]), (true, [0xc9, 0]), (true, [0xe1, 0]), (false, [0xc1, 0])]
            as [(Bool, [UInt8])]
    )
    func `the mark in a wrong place is refused`(isDeflated: Bool, bytes: [UInt8]) {
        var reader = ServerFrameReader(limit: 3, isDeflated: isDeflated), cursor = 0
        let event = reader.next(bytes.span, from: &cursor)
        #expect(event == .failed(.reservedBits))
    }
}
