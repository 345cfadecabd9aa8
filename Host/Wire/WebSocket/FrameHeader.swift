/// The 2 to 14 bytes before a frame's payload. RFC 6455 §5.2.
package struct FrameHeader: Equatable {
    /// Who sent the frame: a client masks, a server must not. RFC 6455 §5.1.
    enum Sender { case client, server }

    enum Reading: Equatable {
        case needMore
        case header(FrameHeader, payload: Int)  // where the payload begins
        case failed(WebSocketFailure)
    }

    /// What the frame is.
    package let opcode: Opcode
    /// Whether the message ends with this frame.
    package let isFinal: Bool
    /// The payload's bytes.
    package let length: Int
    /// Zero in a server's frame.
    let mask: Mask

    /// The longest header that a server writes: no mask.
    package static let longest = 10

    /// Reads the header at `offset`. Fails as soon as its first two bytes, or its length, are wrong.
    static func read(_ bytes: Span<UInt8>, at offset: Int, from sender: Sender) -> Reading {
        guard bytes.count - offset >= 2 else { return .needMore }
        let first = bytes[offset], second = bytes[offset + 1]
        guard first & 0x70 == 0 else { return .failed(.reservedBits) }
        return read(bytes, at: offset, from: sender, first, second)
    }

    /// The same for the first frame of a compressed message, which RSV1 marks; `read` refuses it. RFC 7692 §6.
    static func readDeflated(_ bytes: Span<UInt8>, at offset: Int, from sender: Sender) -> Reading {
        guard bytes.count - offset >= 2 else { return .needMore }
        let first = bytes[offset] ^ 0x40
        guard first & 0x7f == Opcode.text.rawValue || first & 0x7f == Opcode.binary.rawValue else {
            return .failed(.reservedBits)
        }
        return read(bytes, at: offset, from: sender, first, bytes[offset + 1])
    }

    // Inlined so that it costs `read` nothing that there are two of them.
    @inline(__always)
    private static func read(
        _ bytes: Span<UInt8>,
        at offset: Int,
        from sender: Sender,
        _ first: UInt8,
        _ second: UInt8
    ) -> Reading {
        guard let opcode = Opcode(rawValue: first & 0x0f) else { return .failed(.unknownOpcode) }
        guard (second & 0x80 != 0) == (sender == .client) else {
            return .failed(sender == .client ? .unmasked : .masked)
        }
        let isFinal = first & 0x80 != 0
        if opcode.isControl {
            guard isFinal else { return .failed(.fragmentedControlFrame) }
            guard second & 0x7f <= 125 else { return .failed(.longControlFrame) }
        }
        var next = offset + 2
        guard let length = length(bytes, code: second & 0x7f, at: &next) else { return .needMore }
        if let failure = failure(ofLength: length, code: second & 0x7f) { return .failed(failure) }
        var mask = Mask(key: 0)
        if sender == .client {
            guard bytes.count - next >= 4 else { return .needMore }
            mask = Mask(bytes, at: next)
            next += 4
        }
        let header = FrameHeader(opcode: opcode, isFinal: isFinal, length: Int(length), mask: mask)
        return .header(header, payload: next)
    }

    private static func length(_ bytes: Span<UInt8>, code: UInt8, at offset: inout Int) -> UInt64? {
        guard code >= 126 else { return UInt64(code) }
        let width = code == 126 ? 2 : 8
        guard bytes.count - offset >= width else { return nil }
        var length: UInt64 = 0
        for position in offset..<offset + width { length = length << 8 | UInt64(bytes[position]) }
        offset += width
        return length
    }

    private static func failure(ofLength length: UInt64, code: UInt8) -> WebSocketFailure? {
        if code == 126, length < 126 { return .lengthNotMinimal }
        if code == 127, length < 0x1_0000 { return .lengthNotMinimal }
        return length > UInt64(Int64.max) ? .lengthOver63Bits : nil
    }

    /// A server's header for a payload of `length` bytes; the first `count` bytes of the array are it.
    /// For a caller with memory of its own; see `FrameWriter` for arrays.
    package static func encode(
        opcode: Opcode,
        isFinal: Bool = true,
        length: Int
    ) -> (bytes: InlineArray<10, UInt8>, count: Int) {
        var bytes = InlineArray<10, UInt8>(repeating: 0)
        bytes[0] = opcode.rawValue | (isFinal ? 0x80 : 0)
        if length < 126 {
            bytes[1] = UInt8(truncatingIfNeeded: length)
            return (bytes, 2)
        }
        let width = length < 0x1_0000 ? 2 : 8
        bytes[1] = width == 2 ? 126 : 127
        for position in 0..<width {
            bytes[2 + position] = UInt8(truncatingIfNeeded: length >> ((width - 1 - position) * 8))
        }
        return (bytes, 2 + width)
    }

    /// The same for a frame that may begin a message that a `Deflater` has compressed.
    package static func encode(
        opcode: Opcode,
        isFinal: Bool = true,
        isDeflated: Bool,
        length: Int
    ) -> (bytes: InlineArray<10, UInt8>, count: Int) {
        var header = encode(opcode: opcode, isFinal: isFinal, length: length)
        if isDeflated { header.bytes[0] |= 0x40 }
        return header
    }
}
