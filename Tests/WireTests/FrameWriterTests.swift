import Testing
import Wire

@Suite struct FrameWriterTests {
    // RFC 6455 §5.7.
    @Test(
        arguments: [
            (.text, true, Array("Hello".utf8), [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]),
            (.text, false, Array("Hel".utf8), [0x01, 0x03, 0x48, 0x65, 0x6c]),
            (.continuation, true, Array("lo".utf8), [0x80, 0x02, 0x6c, 0x6f]),
            (.ping, true, Array("Hello".utf8), [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]),
        ] as [(Opcode, Bool, [UInt8], [UInt8])]
    )
    func `the server's examples of RFC 6455 come out`(
        opcode: Opcode,
        isFinal: Bool,
        payload: [UInt8],
        frame: [UInt8]
    ) {
        var buffer: [UInt8] = []
        FrameWriter.append(opcode, isFinal: isFinal, payload.span, to: &buffer)
        #expect(buffer == frame)
    }

    @Test func `the client's examples of RFC 6455 come out`() {
        var buffer: [UInt8] = []
        ClientFrameWriter.append(.text, "Hello".utf8.span, mask: 0x3d21_fa37, to: &buffer)
        ClientFrameWriter.append(.pong, "Hello".utf8.span, mask: 0x3d21_fa37, to: &buffer)
        let payload: [UInt8] = [0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        #expect(buffer == [0x81, 0x85] + payload + [0x8a, 0x85] + payload)
    }

    @Test(
        arguments: [
            (0, [0x82, 0]), (125, [0x82, 125]), (126, [0x82, 126, 0, 126]), (256, [0x82, 126, 1, 0]),
            (65535, [0x82, 126, 0xff, 0xff]), (65536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
            (Int.max, [0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ] as [(Int, [UInt8])]
    )
    func `a length takes the shortest form`(length: Int, header: [UInt8]) {
        var buffer: [UInt8] = [7]
        FrameWriter.appendHeader(.binary, length: length, to: &buffer)
        #expect(buffer == [7] + header)
    }

    // RFC 7692 §7.2.3.1.
    @Test func `the first frame of a compressed message is marked`() {
        var buffer: [UInt8] = []
        let hello = DeflateSample.hello, first = Array(hello[..<3]), second = Array(hello[3...])
        FrameWriter.append(.text, isDeflated: true, hello.span, to: &buffer)
        FrameWriter.append(.text, isFinal: false, isDeflated: true, first.span, to: &buffer)
        FrameWriter.append(.continuation, second.span, to: &buffer)
        let fragments: [UInt8] = [0x41, 0x03, 0xf2, 0x48, 0xcd, 0x80, 0x04, 0xc9, 0xc9, 0x07, 0x00]
        #expect(buffer == [0xc1, 0x07] + hello + fragments)
    }

    @Test func `a control frame is cut at 125 bytes`() {
        var buffer: [UInt8] = []
        FrameWriter.append(.pong, [UInt8](repeating: 1, count: 200).span, to: &buffer)
        #expect(buffer == [0x8a, 125] + [UInt8](repeating: 1, count: 125))
    }

    @Test(
        arguments: [
            (nil, "", [0x88, 0]),
            (CloseCode(rawValue: 1006), "lost", [0x88, 0]),
            (.normal, "", [0x88, 2, 0x03, 0xe8]),
            (.goingAway, "bye", [0x88, 5, 0x03, 0xe9, 0x62, 0x79, 0x65]),
        ] as [(CloseCode?, String, [UInt8])]
    )
    func `a close carries its code and reason, or nothing`(code: CloseCode?, reason: String, frame: [UInt8]) {
        var buffer: [UInt8] = []
        FrameWriter.appendClose(code, reason: reason, to: &buffer)
        #expect(buffer == frame)
    }

    @Test(arguments: [(122, 122), (123, 123), (124, 123)])
    func `a long reason is cut at 123 bytes`(count: Int, kept: Int) {
        var buffer: [UInt8] = []
        FrameWriter.appendClose(.normal, reason: String(repeating: "a", count: count), to: &buffer)
        #expect(buffer.count == 4 + kept)
        #expect(Int(buffer[1]) == 2 + kept)
    }

    @Test(arguments: [("é", 122), ("€", 123), ("🎉", 120)])
    func `a long reason is cut between code points`(letter: String, kept: Int) {
        var buffer: [UInt8] = []
        FrameWriter.appendClose(.normal, reason: String(repeating: letter, count: 100), to: &buffer)
        #expect(buffer.count == 4 + kept)
        #expect(String(validating: buffer[4...], as: UTF8.self) != nil)
    }
}
