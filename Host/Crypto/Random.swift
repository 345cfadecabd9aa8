import COpenSSL

/// Random bytes fit for keys and tokens, from OpenSSL's generator.
package enum Random {
    /// `count` unpredictable bytes. Traps when the system has no entropy to give: nothing may go on
    /// with a guessable key.
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var target = bytes.mutableSpan
        let filled = unsafe target.withUnsafeMutableBufferPointer { buffer in
            unsafe RAND_bytes(buffer.baseAddress, Int32(buffer.count)) == 1
        }
        if !filled { fatalError("OpenSSL has no random bytes: its generator could not be seeded") }
        return bytes
    }
}
