import PatchbayABI

// Between the ABI's pointers and Swift's values. Nothing here keeps a pointer.

extension pb_bytes {
    /// The bytes as they stand, during the plugin's call.
    var buffer: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: data, count: data == nil ? 0 : count)
    }

    /// A copy.
    var array: [UInt8] { unsafe Array(buffer) }

    /// A copy as text; invalid UTF-8 is repaired.
    var string: String { unsafe String(decoding: buffer, as: UTF8.self) }

    init(_ buffer: UnsafeBufferPointer<UInt8>) {
        unsafe self.init(data: buffer.baseAddress, count: buffer.count)
    }
}

/// A plugin's structure as this host has it: what the plugin's interface did not have yet is as in `zero`.
///
/// - Parameter oldest: the bytes of its first interface, which are there whatever its size says.
func whole<Structure: BitwiseCopyable>(
    _ given: UnsafePointer<Structure>,
    zero: Structure,
    oldest: Int
) -> Structure {
    var whole = zero
    let bytes = unsafe UnsafeRawPointer(given)
    let size = unsafe Int(bytes.load(as: UInt32.self))
    let count = min(max(size, oldest), MemoryLayout<Structure>.size)
    unsafe withUnsafeMutableBytes(of: &whole) { target in
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: count))
    }
    return whole
}

extension Span<UInt8> {
    /// Calls `body` with the bytes as the ABI takes them; good during the call.
    func withPluginBytes<Result>(_ body: (pb_bytes) -> Result) -> Result {
        unsafe withUnsafeBufferPointer { unsafe body(pb_bytes($0)) }
    }
}

extension [UInt8] {
    func withPluginBytes<Result>(_ body: (pb_bytes) -> Result) -> Result {
        unsafe withUnsafeBufferPointer { unsafe body(pb_bytes($0)) }
    }
}

extension ConnectionHandle {
    init(_ connection: pb_connection) { self.init(bits: connection.bits) }
    var plugin: pb_connection { pb_connection(bits: bits) }
}
