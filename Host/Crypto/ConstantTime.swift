import COpenSSL

/// Comparison of secrets whose duration tells nothing about where they differ.
package enum ConstantTime {
    /// Whether both hold the same bytes. The time depends on the counts alone; those are no secret.
    package static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBufferPointer { first in
            unsafe right.withUnsafeBufferPointer { second in
                unsafe first.isEmpty || CRYPTO_memcmp(first.baseAddress, second.baseAddress, first.count) == 0
            }
        }
    }
}
