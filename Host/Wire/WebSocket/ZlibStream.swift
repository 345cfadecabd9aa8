import CZlib

// The one file of Wire that calls zlib: raw DEFLATE (RFC 1951), whole pieces of input, output appended to an array.
// zlib's only failure that is not the peer's is a lack of memory; that ends the process, as it does in Swift.

/// Decodes.
@safe
final class InflateStream {
    /// How a piece of input ended.
    enum Ending {
        /// All of it was decoded.
        case taken
        /// The output is longer than it may be.
        case tooMuch
        /// It is no DEFLATE.
        case wrong
    }

    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether the input so far ends where a block with BFINAL set does.
    private(set) var isAtEnd = false

    /// - Parameter windowBits: 8 to 15.
    init(windowBits: UInt8) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        let code = unsafe inflateInit2_(stream, -Int32(windowBits), ZLIB_VERSION, size)
        if code != Z_OK { fatalError("zlib cannot decode with \(windowBits) window bits: error \(code)") }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Whether the input so far ends where a block does, at a byte's boundary.
    var isBetweenBlocks: Bool { unsafe stream.pointee.data_type & 0xbf == 0x80 }

    /// Forgets all input.
    func reset() {
        unsafe inflateReset(stream)
        isAtEnd = false
    }

    /// Decodes all of `input`. Output that is too much ends at the byte after the limit.
    func decode(_ input: Span<UInt8>, limit: Int, into output: inout [UInt8]) -> Ending {
        isAtEnd = false
        return unsafe input.withUnsafeBufferPointer { input in
            var rest = unsafe input[...]
            while unsafe !rest.isEmpty || stream.pointee.avail_out == 0 {
                let step = max(1024, 2 * input.count, output.count)
                let room = limit - output.count < step ? limit - output.count + 1 : step
                let code = unsafe stream.run(&rest, room: room, into: &output) {
                    unsafe inflate($0, Z_SYNC_FLUSH)
                }
                if output.count > limit { return .tooMuch }
                switch code {
                case Z_OK: isAtEnd = false
                case Z_BUF_ERROR: break
                case Z_STREAM_END: endStream()
                default: return .wrong
                }
            }
            return .taken
        }
    }

    /// What follows a block with BFINAL set is another stream for zlib, and the same one for RFC 7692 §7.2.3.4:
    /// it may still refer to what came before, so that the window is kept.
    private func endStream() {
        unsafe inflateResetKeep(stream)
        isAtEnd = true
    }
}

/// Encodes.
@safe
final class DeflateStream {
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameters:
    ///   - windowBits: 9 to 15.
    ///   - memoryLevel: 1 to 9, zlib's memLevel.
    ///   - level: 0 to 9.
    init(windowBits: UInt8, memoryLevel: UInt8, level: UInt8) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe deflateInit2_(
            stream,
            Int32(level),
            Z_DEFLATED,
            -Int32(windowBits),
            Int32(memoryLevel),
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        if code != Z_OK { fatalError("zlib cannot encode with \(windowBits) window bits: error \(code)") }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Forgets all input.
    func reset() { unsafe deflateReset(stream) }

    /// Encodes all of `input`, up to and with an empty block that ends at a byte's boundary.
    func encode(_ input: Span<UInt8>, into output: inout [UInt8]) {
        unsafe input.withUnsafeBufferPointer { input in
            var rest = unsafe input[...]
            repeat {
                // Room for all, and for the last block: zlib writes that anew each time that it finds no room after it.
                let room = Int(unsafe deflateBound(stream, UInt(rest.count))) + 16
                _ = unsafe stream.run(&rest, room: room, into: &output) { unsafe deflate($0, Z_SYNC_FLUSH) }
            } while unsafe !rest.isEmpty || stream.pointee.avail_out == 0
        }
    }
}

extension UnsafeMutablePointer<z_stream> {
    /// zlib counts in 32 bits.
    fileprivate static var longestPiece: Int { 1 << 30 }

    /// Gives one call of zlib the input and room for output, and moves on by what it has used of both.
    fileprivate func run(
        _ input: inout Slice<UnsafeBufferPointer<UInt8>>,
        room: Int,
        into output: inout [UInt8],
        _ call: (Self) -> Int32
    ) -> Int32 {
        let piece = unsafe UnsafeBufferPointer(rebasing: input.prefix(Self.longestPiece))
        let room = unsafe min(room, Self.longestPiece)
        var code = Z_OK
        output.append(addingCapacity: room) { target in
            unsafe target.withUnsafeMutableBufferPointer { memory, count in
                unsafe pointee.next_in = piece.baseAddress
                unsafe pointee.avail_in = UInt32(piece.count)
                unsafe pointee.next_out = memory.baseAddress.map { unsafe $0 + count }
                unsafe pointee.avail_out = UInt32(room)
                code = unsafe call(self)
                count += room - Int(unsafe pointee.avail_out)
            }
        }
        unsafe input = input.dropFirst(piece.count - Int(pointee.avail_in))
        return code
    }
}
