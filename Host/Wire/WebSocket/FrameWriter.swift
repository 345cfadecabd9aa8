/// Appends a server's frames to a buffer: never masked, never fragmented unless asked. RFC 6455 §5.2.
package enum FrameWriter {
    /// Appends a header of 2, 4 or 10 bytes; the caller appends `length` bytes of payload.
    ///
    /// - Parameter isDeflated: the frame begins a message that a `Deflater` has compressed.
    package static func appendHeader(
        _ opcode: Opcode,
        isFinal: Bool = true,
        isDeflated: Bool = false,
        length: Int,
        to buffer: inout [UInt8]
    ) {
        let header = FrameHeader.encode(
            opcode: opcode,
            isFinal: isFinal,
            isDeflated: isDeflated,
            length: length
        )
        buffer.append(copying: header.bytes.span.extracting(first: header.count))
    }

    /// Appends a whole frame. For control frames at most 125 bytes of payload: more is cut off.
    package static func append(
        _ opcode: Opcode,
        isFinal: Bool = true,
        isDeflated: Bool = false,
        _ payload: Span<UInt8>,
        to buffer: inout [UInt8]
    ) {
        let count = opcode.isControl ? min(payload.count, 125) : payload.count
        appendHeader(opcode, isFinal: isFinal, isDeflated: isDeflated, length: count, to: &buffer)
        buffer.append(copying: payload.extracting(first: count))
    }

    /// Appends a close frame.
    ///
    /// - Parameters:
    ///   - code: nil, or one that must not be sent: the frame is empty, as in RFC 6455 §5.5.1.
    ///   - reason: cut before the code point that passes 123 bytes.
    package static func appendClose(_ code: CloseCode?, reason: String = "", to buffer: inout [UInt8]) {
        guard let code, code.isSendable else { return appendHeader(.close, length: 0, to: &buffer) }
        let text = reason.utf8.span
        var count = min(text.count, 123)
        while count > 0, count < text.count, text[count] & 0xc0 == 0x80 { count -= 1 }
        appendHeader(.close, length: 2 + count, to: &buffer)
        buffer.append(UInt8(code.rawValue >> 8))
        buffer.append(UInt8(code.rawValue & 0xff))
        buffer.append(copying: text.extracting(first: count))
    }
}
