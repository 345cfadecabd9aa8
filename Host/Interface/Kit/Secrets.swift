import PatchbayABI

/// Random bytes, digests, sealed texts, hashes of passwords, and comparisons that take the same time whatever they find.
@safe public struct Secrets {
    let host: Host
    let table: UnsafePointer<pb_secrets>
    let pending: PendingHashes

    init?(_ host: Host, _ pending: PendingHashes) {
        guard let found = unsafe host.table.pointee.capability(host.context, PB_SECRETS) else { return nil }
        self.host = host
        self.pending = pending
        unsafe table = found.assumingMemoryBound(to: pb_secrets.self)
    }

    /// As many random bytes, fit for keys.
    public func random(_ count: Int) -> [UInt8] {
        unsafe Array(unsafeUninitializedCapacity: count) { buffer, filled in
            let answer = unsafe table.pointee.random(host.context, buffer.baseAddress, count)
            // A key of whatever the memory held would be worse than no server.
            precondition(answer >= 0, "the host has no random bytes")
            filled = count
        }
    }

    /// The 32 bytes of SHA-256 (FIPS 180-4).
    public func sha256(_ message: some Bytes) -> [UInt8] {
        unsafe Array(unsafeUninitializedCapacity: 32) { digest, filled in
            unsafe message.lend { _ = unsafe table.pointee.sha256(host.context, $0, digest.baseAddress) }
            filled = 32
        }
    }

    /// The 32 bytes of HMAC with SHA-256 (RFC 2104).
    public func hmac(key: some Bytes, _ message: some Bytes) -> [UInt8] {
        unsafe Array(unsafeUninitializedCapacity: 32) { digest, filled in
            unsafe key.lend { key in
                unsafe message.lend {
                    _ = unsafe table.pointee.hmac_sha256(host.context, key, $0, digest.baseAddress)
                }
            }
            filled = 32
        }
    }

    /// Whether both are the same, in constant time.
    public func equal(_ one: some Bytes, _ other: some Bytes) -> Bool {
        unsafe one.lend { one in
            unsafe other.lend { unsafe table.pointee.equal(host.context, one, $0) == 1 }
        }
    }

    /// Whether the host seals and opens: none does before interface 1.3.
    public var canSeal: Bool { unsafe offers(\.open) }

    /// Encrypts a text so that nobody can read or change it without the key (AES-256-GCM). 28 bytes longer than the text,
    /// and different each time. Only where `canSeal`.
    ///
    /// - Parameters:
    ///   - key: 32 bytes, good for 2^32 texts.
    ///   - associated: what the text is for; it is not in the result, and opening it takes the same again.
    public func seal(_ clear: some Bytes, key: some Bytes, associated: some Bytes = "") -> [UInt8] {
        precondition(canSeal, "this host is older than interface 1.3; update it")
        return unsafe withKey(key) { key in
            unsafe clear.lend { clear in
                unsafe associated.lend { associated in
                    let count = unsafe clear.count + Int(PB_SEAL_OVERHEAD)
                    return unsafe Array(unsafeUninitializedCapacity: count) { target, filled in
                        let answer = unsafe table.pointee.seal(
                            host.context,
                            key,
                            clear,
                            associated,
                            target.baseAddress
                        )
                        precondition(answer == count, "a text of more than a gigabyte cannot be sealed")
                        filled = count
                    }
                }
            }
        }
    }

    /// Decrypts what `seal` made. Nil: it was sealed with another key or other associated data, or was changed since.
    public func open(_ sealed: some Bytes, key: some Bytes, associated: some Bytes = "") -> [UInt8]? {
        precondition(canSeal, "this host is older than interface 1.3; update it")
        return unsafe withKey(key) { key in
            unsafe sealed.lend { sealed in
                unsafe associated.lend { associated in
                    var isOpen = false
                    let count = unsafe max(0, sealed.count - Int(PB_SEAL_OVERHEAD))
                    let clear = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, filled in
                        let answer = unsafe table.pointee.open(
                            host.context,
                            key,
                            sealed,
                            associated,
                            target.baseAddress
                        )
                        isOpen = answer == count
                        filled = isOpen ? count : 0
                    }
                    return isOpen ? clear : nil
                }
            }
        }
    }

    private func withKey<Result>(_ key: some Bytes, _ body: (UnsafePointer<UInt8>?) -> Result) -> Result {
        unsafe key.lend { bytes in
            unsafe precondition(bytes.count == 32, "a key has 32 bytes")
            return unsafe body(bytes.data)
        }
    }
}
