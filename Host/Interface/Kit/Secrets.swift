import PatchbayABI

/// Random bytes, digests and comparisons that take the same time whatever they find.
@safe public struct Secrets {
    private let host: Host
    private let table: UnsafePointer<pb_secrets>

    init?(_ host: Host) {
        guard let found = unsafe host.table.pointee.capability(host.context, PB_SECRETS) else { return nil }
        self.host = host
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
}
