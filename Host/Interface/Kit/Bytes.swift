public import JSON
import PatchbayABI

/// What may be sent, named or stored: a string, bytes, or what a JSONWriter wrote. None is copied on the way.
public protocol Bytes {
    /// Gives the bytes to `body`.
    func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result
}

extension String: Bytes {
    /// Gives the string's UTF-8 to `body`.
    @inlinable
    public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(utf8.span)
    }
}

extension [UInt8]: Bytes {
    /// Gives the array's bytes to `body`.
    @inlinable
    public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(span)
    }
}

extension ArraySlice<UInt8>: Bytes {
    /// Gives the slice's bytes to `body`.
    @inlinable
    public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(span)
    }
}

extension JSONWriter: Bytes {
    /// Gives what is written so far to `body`.
    public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(bytes.span)
    }
}

extension Bytes {
    /// Lends the bytes to one call of the host.
    func lend<Result>(_ body: (pb_bytes) -> Result) -> Result {
        withBytes { unsafe $0.lend(body) }
    }
}

extension Span<UInt8> {
    /// Lends the bytes to one call of the host.
    func lend<Result>(_ body: (pb_bytes) -> Result) -> Result {
        unsafe withUnsafeBufferPointer { buffer in
            unsafe body(pb_bytes(data: buffer.baseAddress, count: buffer.count))
        }
    }
}

extension pb_bytes {
    /// The bytes where they stand; they are the host's, and good during its call.
    var buffer: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: data, count: data == nil ? 0 : count)
    }

    /// A copy of the bytes.
    var array: [UInt8] {
        unsafe Array(buffer)
    }

    /// A copy of the bytes as text.
    var string: String {
        unsafe String(decoding: buffer, as: UTF8.self)
    }
}
