/// Appends a client's masked frames to a buffer: for tests, the stage and load tools. RFC 6455 §5.3.
package enum ClientFrameWriter {
    /// Appends a whole frame as given, however wrong: this is also how a server's strictness is tested.
    ///
    /// - Parameter mask: its lowest byte stands first on the wire. A real client draws it for each frame.
    package static func append(
        _ opcode: Opcode,
        isFinal: Bool = true,
        isDeflated: Bool = false,
        _ payload: Span<UInt8>,
        mask: UInt32,
        to buffer: inout [UInt8]
    ) {
        let start = buffer.count
        FrameWriter.appendHeader(
            opcode,
            isFinal: isFinal,
            isDeflated: isDeflated,
            length: payload.count,
            to: &buffer
        )
        buffer[start + 1] |= 0x80
        for place in 0..<4 as Range<UInt32> { buffer.append(UInt8(truncatingIfNeeded: mask >> (place * 8))) }
        let first = buffer.count
        buffer.append(copying: payload)
        let range = first..<buffer.count
        var bytes = buffer.mutableSpan
        _ = bytes.combine(with: mask, in: range)
    }
}
