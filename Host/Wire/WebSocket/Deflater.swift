/// Compresses messages, each whole. RFC 7692 §7.2.1.
///
/// One that keeps no context serves all connections with its window size whose server keeps none. One that keeps
/// it belongs to a connection, and must see every message that is sent there compressed, in order.
///
/// One that keeps a context takes 10 KB at 9 bits, 39 KB at 12 and 153 KB at 15: memLevel 2 to 5, because more
/// changes nothing for messages under 2 KB, makes longer ones no smaller, and those of 64 KB 15 % faster, for up
/// to 115 KB more. One without takes 139 KB to 268 KB, with memLevel 8, as a loop needs few of them.
package final class Deflater {
    private let stream: DeflateStream
    private let keepsContext: Bool

    /// - Parameters:
    ///   - windowBits: 8 to 15. With 8, zlib's window is one of 9 bits, because it has none of 8 for raw DEFLATE
    ///     (deflateInit2 refuses it); it never refers further back than its window less 262 bytes, that is 250.
    ///   - level: 1 (fast) to 9 (small).
    ///   - keepsContext: whether a message may refer to those before it.
    package init(windowBits: UInt8 = 15, level: UInt8 = 6, keepsContext: Bool = false) {
        let windowBits = max(windowBits, 9)
        let memoryLevel = keepsContext ? min(windowBits - 7, 5) : 8
        stream = DeflateStream(windowBits: windowBits, memoryLevel: memoryLevel, level: level)
        self.keepsContext = keepsContext
    }

    /// Compresses a message.
    ///
    /// - Parameter compressed: is emptied, and then holds the payload of a frame with `isDeflated`.
    package func deflate(_ message: Span<UInt8>, into compressed: inout [UInt8]) {
        compressed.removeAll(keepingCapacity: true)
        // RFC 7692 §7.2.3.6. zlib gives nothing when it is flushed twice without input between.
        guard !message.isEmpty else { return compressed.append(0) }
        stream.encode(message, into: &compressed)
        compressed.removeLast(4)
        if !keepsContext { stream.reset() }
    }
}
