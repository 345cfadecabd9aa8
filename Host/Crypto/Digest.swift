import COpenSSL

/// One-shot digests of bytes already in memory, by OpenSSL. Nothing here streams.
package enum Digest {
    /// The 20 bytes of SHA-1 without an allocation. FIPS 180-4 §6.1.
    ///
    /// No longer safe against collisions: only where a protocol demands it (RFC 6455 §4.2.2).
    package static func sha1Inline(_ bytes: Span<UInt8>) -> InlineArray<20, UInt8> {
        var digest = InlineArray<20, UInt8>(repeating: 0)
        var output = digest.mutableSpan
        unsafe bytes.withUnsafeBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { target in
                _ = unsafe SHA1(input.baseAddress, input.count, target.baseAddress)
            }
        }
        return digest
    }

    /// The 32 bytes of SHA-256 without an allocation. FIPS 180-4 §6.2.
    package static func sha256Inline(_ bytes: Span<UInt8>) -> InlineArray<32, UInt8> {
        var digest = InlineArray<32, UInt8>(repeating: 0)
        var output = digest.mutableSpan
        unsafe bytes.withUnsafeBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { target in
                _ = unsafe SHA256(input.baseAddress, input.count, target.baseAddress)
            }
        }
        return digest
    }

    /// The 32 bytes of HMAC with SHA-256, without an allocation of ours. RFC 2104.
    ///
    /// - Parameters:
    ///   - key: of any length, empty too; over 64 bytes it counts by its digest.
    ///   - bytes: what is authenticated.
    package static func hmacSHA256Inline(
        key: Span<UInt8>,
        _ bytes: Span<UInt8>
    ) -> InlineArray<32, UInt8> {
        var digest = InlineArray<32, UInt8>(repeating: 0)
        var output = digest.mutableSpan
        // OpenSSL takes a null key for "the key of before", which a one-shot call does not have.
        let emptyKey: [UInt8] = [0]
        let keyCount = Int32(clamping: key.count)
        let done = unsafe (key.isEmpty ? emptyKey.span : key).withUnsafeBufferPointer { secret in
            unsafe bytes.withUnsafeBufferPointer { input in
                unsafe output.withUnsafeMutableBufferPointer { target in
                    unsafe HMAC(
                        EVP_sha256(),
                        secret.baseAddress,
                        keyCount,
                        input.baseAddress,
                        input.count,
                        target.baseAddress,
                        nil
                    ) != nil
                }
            }
        }
        if !done { fatalError("OpenSSL could not compute an HMAC: out of memory") }
        return digest
    }

    /// The 20 bytes of SHA-1, as an array.
    package static func sha1(_ bytes: Span<UInt8>) -> [UInt8] {
        let digest = sha1Inline(bytes)
        return digest.indices.map { digest[$0] }
    }

    /// The 32 bytes of SHA-256, as an array.
    package static func sha256(_ bytes: Span<UInt8>) -> [UInt8] {
        let digest = sha256Inline(bytes)
        return digest.indices.map { digest[$0] }
    }

    /// The 32 bytes of HMAC with SHA-256, as an array.
    package static func hmacSHA256(key: Span<UInt8>, _ bytes: Span<UInt8>) -> [UInt8] {
        let digest = hmacSHA256Inline(key: key, bytes)
        return digest.indices.map { digest[$0] }
    }
}
