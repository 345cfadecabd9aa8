import COpenSSL

/// Authenticated encryption by AES-256-GCM (NIST SP 800-38D), with a random nonce for each text: a nonce of 12 bytes,
/// as many bytes as the text has, and a tag of 16. One key is good for 2^32 texts.
package enum Sealing {
    /// Bytes of a key.
    package static let keyCount = 32
    /// Bytes that a sealed text has more.
    package static let overhead = nonceCount + tagCount
    /// Bytes of the longest text.
    package static let longest = 1 << 30

    private static let nonceCount = 12
    private static let tagCount = 16

    /// Seals a text.
    ///
    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - clear: at most `longest` bytes.
    ///   - associated: what is not in the result, and must be the same when it is opened; at most `longest` bytes.
    package static func seal(_ clear: Span<UInt8>, key: Span<UInt8>, associated: Span<UInt8>) -> [UInt8] {
        seal(clear, key: key, associated: associated, nonce: Random.bytes(nonceCount).span)
    }

    /// Seals a text with a nonce that no other text has with this key; for the vectors of the standard.
    static func seal(
        _ clear: Span<UInt8>,
        key: Span<UInt8>,
        associated: Span<UInt8>,
        nonce: Span<UInt8>
    ) -> [UInt8] {
        precondition(key.count == keyCount && nonce.count == nonceCount, "no key or no nonce of AES-256-GCM")
        precondition(clear.count <= longest && associated.count <= longest, "the text is too long")
        var sealed = [UInt8](repeating: 0, count: clear.count + overhead)
        for index in 0..<nonceCount { sealed[index] = nonce[index] }
        var cipher = Cipher(key: key, nonce: nonce, encrypts: true)
        cipher.authenticate(associated)
        var whole = sealed.mutableSpan
        cipher.apply(clear, to: &whole, at: nonceCount)
        guard cipher.isWhole else { fatalError("OpenSSL could not encrypt: out of memory") }
        cipher.takeTag(&whole, at: nonceCount + clear.count)
        return sealed
    }

    /// Opens what `seal` made. Nil: it was sealed with another key or other associated data, or was changed since.
    package static func open(
        _ sealed: Span<UInt8>,
        key: Span<UInt8>,
        associated: Span<UInt8>
    ) -> [UInt8]? {
        precondition(key.count == keyCount, "no key of AES-256-GCM")
        guard sealed.count >= overhead, sealed.count - overhead <= longest, associated.count <= longest else {
            return nil
        }
        let end = sealed.count - tagCount
        var cipher = Cipher(key: key, nonce: sealed.extracting(..<nonceCount), encrypts: false)
        cipher.authenticate(associated)
        var clear = [UInt8](repeating: 0, count: end - nonceCount)
        var whole = clear.mutableSpan
        cipher.apply(sealed.extracting(nonceCount..<end), to: &whole, at: 0)
        // What does not fit its tag is nobody's to see; the array goes unread.
        return cipher.fits(tag: sealed.extracting(end...)) ? clear : nil
    }

    /// One pass of the cipher over one text. Once a step has failed, all that follow do nothing.
    @safe private struct Cipher: ~Copyable {
        private let context: OpaquePointer?
        private(set) var isWhole: Bool

        init(key: Span<UInt8>, nonce: Span<UInt8>, encrypts: Bool) {
            let context = unsafe EVP_CIPHER_CTX_new()
            unsafe self.context = context
            isWhole = unsafe key.withUnsafeBufferPointer { key in
                unsafe nonce.withUnsafeBufferPointer { nonce in
                    unsafe context != nil
                        && EVP_CipherInit_ex(
                            context,
                            EVP_aes_256_gcm(),
                            nil,
                            key.baseAddress,
                            nonce.baseAddress,
                            encrypts ? 1 : 0
                        ) == 1
                }
            }
        }

        // Wipes the key's schedule, too.
        deinit { unsafe EVP_CIPHER_CTX_free(context) }

        mutating func authenticate(_ associated: Span<UInt8>) {
            guard isWhole, associated.count > 0 else { return }
            var count: Int32 = 0
            isWhole = unsafe associated.withUnsafeBufferPointer { bytes in
                unsafe EVP_CipherUpdate(context, nil, &count, bytes.baseAddress, Int32(bytes.count)) == 1
            }
        }

        /// Writes as many bytes as `bytes` has to `target` from `start` on.
        mutating func apply(_ bytes: Span<UInt8>, to target: inout MutableSpan<UInt8>, at start: Int) {
            guard isWhole, bytes.count > 0 else { return }
            var count: Int32 = 0
            isWhole = unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe target.withUnsafeMutableBufferPointer { target in
                    guard let first = target.baseAddress, target.count - start >= bytes.count else {
                        return false
                    }
                    let status = unsafe EVP_CipherUpdate(
                        context,
                        first + start,
                        &count,
                        bytes.baseAddress,
                        Int32(bytes.count)
                    )
                    return status == 1 && Int(count) == bytes.count
                }
            }
        }

        /// Ends an encryption and writes its tag.
        mutating func takeTag(_ target: inout MutableSpan<UInt8>, at start: Int) {
            let isDone = unsafe target.withUnsafeMutableBufferPointer { target in
                guard end(), let first = target.baseAddress, target.count - start >= tagCount else {
                    return false
                }
                return unsafe EVP_CIPHER_CTX_ctrl(
                    context,
                    EVP_CTRL_AEAD_GET_TAG,
                    Int32(tagCount),
                    first + start
                ) == 1
            }
            if !isDone { fatalError("OpenSSL could not encrypt: out of memory") }
        }

        /// Ends a decryption: whether all that was read has this tag. Compared in constant time.
        mutating func fits(tag: Span<UInt8>) -> Bool {
            // OpenSSL copies the tag, and takes its place as one to write to.
            var copy = [UInt8](repeating: 0, count: tagCount)
            for index in 0..<tagCount { copy[index] = tag[index] }
            let isSet = unsafe copy.withUnsafeMutableBytes { bytes in
                unsafe EVP_CIPHER_CTX_ctrl(
                    context,
                    EVP_CTRL_AEAD_SET_TAG,
                    Int32(tagCount),
                    bytes.baseAddress
                ) == 1
            }
            return isWhole && isSet && end()
        }

        private func end() -> Bool {
            var count: Int32 = 0
            // GCM holds nothing back: there is nothing more to write.
            var rest = InlineArray<16, UInt8>(repeating: 0)
            var target = rest.mutableSpan
            return unsafe target.withUnsafeMutableBufferPointer { buffer in
                unsafe EVP_CipherFinal_ex(context, buffer.baseAddress, &count) == 1
            }
        }
    }
}
