import CZlib

/// One-shot gzip of bytes already in memory, by zlib: RFC 1952. As small as it can be, and slow for that. The
/// same bytes in give the same bytes out, for no name and no time is written.
enum Gzip {
    /// Nil: zlib had no memory, or there are more bytes than it counts.
    static func compress(_ bytes: Span<UInt8>) -> [UInt8]? {
        guard let count = UInt32(exactly: bytes.count) else { return nil }
        var stream = unsafe z_stream()
        // 16 makes it gzip, 15 is the window of 32 KiB, 9 the most memory.
        let isReady = unsafe deflateInit2_(
            &stream,
            Z_BEST_COMPRESSION,
            Z_DEFLATED,
            16 + 15,
            9,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard isReady == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        let bound = unsafe Int(deflateBound(&stream, UInt(count)))
        var isDone = false
        let output = unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, written in
            unsafe bytes.withUnsafeBufferPointer { source in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = count
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(clamping: target.count)
                isDone = unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END
                written = unsafe Int(stream.total_out)
            }
        }
        return isDone ? output : nil
    }
}
