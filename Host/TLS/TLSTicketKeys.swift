import COpenSSL
import Synchronization

/// The keys by which session tickets are sealed. RFC 5077 §4, with AES-256-CBC and HMAC-SHA-256.
///
/// The newest key seals; older ones still open what they sealed until the last such ticket is out of date. They
/// live in memory only, so a ticket does not survive the process. One object serves any number of contexts, at
/// once or one after the other, on any threads.
package final class TLSTicketKeys: Sendable {
    /// For how long a ticket is good, in seconds.
    package static let ticketLifetime = 2 * 3600

    private let period: Int
    private let keys: Mutex<[TicketKey]>  // the newest first; never empty

    /// - Parameters:
    ///   - now: seconds of a clock that does not go back; the same one for `advance`.
    ///   - period: for how many seconds one key seals.
    package init(now: Int, period: Int = 3600) {
        self.period = period
        keys = Mutex([TicketKey(madeAt: now)])
    }

    /// How many keys there are: the sealing one and those that still open.
    package var count: Int { keys.withLock { $0.count } }

    /// Makes a new key where it is time for one, and forgets those that no ticket needs. To be called now and
    /// then, such as every minute.
    package func advance(to now: Int) {
        keys.withLock { keys in
            if now - keys[0].madeAt >= period { keys.insert(TicketKey(madeAt: now), at: 0) }
            // A key seals until the next one is made.
            while keys.count > 1, now - keys[keys.count - 2].madeAt > Self.ticketLifetime {
                keys.removeLast()
            }
        }
    }

    /// Prepares OpenSSL to seal a ticket. The answers here and below are those of the callback of
    /// `SSL_CTX_set_tlsext_ticket_key_evp_cb`.
    func seal(
        name: UnsafeMutablePointer<UInt8>,
        vector: UnsafeMutablePointer<UInt8>,
        cipher: OpaquePointer,
        mac: OpaquePointer
    ) -> Int32 {
        let key = keys.withLock { $0[0] }
        guard unsafe RAND_bytes(vector, 16) == 1 else { return -1 }
        unsafe name.update(from: key.name, count: 16)
        return unsafe key.begin(cipher: cipher, vector: vector, mac: mac, sealing: true) ? 1 : -1
    }

    /// Prepares OpenSSL to open a ticket: 0 where its key is not known, 2 where the client should get a new one.
    func open(
        name: UnsafePointer<UInt8>,
        vector: UnsafePointer<UInt8>,
        cipher: OpaquePointer,
        mac: OpaquePointer
    ) -> Int32 {
        let found = keys.withLock { keys in
            keys.firstIndex { unsafe CRYPTO_memcmp($0.name, name, 16) == 0 }
                .map { (key: keys[$0], isCurrent: $0 == 0) }
        }
        guard let found else { return 0 }
        guard unsafe found.key.begin(cipher: cipher, vector: vector, mac: mac, sealing: false) else {
            return -1
        }
        return found.isCurrent ? 1 : 2
    }
}

/// One key: 16 bytes of name, 32 for the cipher, 32 for the code. Wiped when nobody needs it any more.
@safe
private final class TicketKey: @unchecked Sendable {
    let madeAt: Int
    private let bytes: UnsafeMutablePointer<UInt8>
    private static let count = 80

    init(madeAt: Int) {
        self.madeAt = madeAt
        unsafe bytes = .allocate(capacity: Self.count)
        if unsafe RAND_priv_bytes(bytes, Int32(Self.count)) != 1 {
            fatalError("OpenSSL has no random bytes: its generator could not be seeded")
        }
    }

    deinit {
        unsafe OPENSSL_cleanse(bytes, Self.count)
        unsafe bytes.deallocate()
    }

    var name: UnsafePointer<UInt8> { unsafe UnsafePointer(bytes) }

    func begin(
        cipher: OpaquePointer,
        vector: UnsafePointer<UInt8>,
        mac: OpaquePointer,
        sealing: Bool
    ) -> Bool {
        let isCipherReady = unsafe EVP_CipherInit_ex(
            cipher,
            EVP_aes_256_cbc(),
            nil,
            bytes + 16,
            vector,
            sealing ? 1 : 0
        )
        guard isCipherReady == 1 else { return false }
        let parameters = unsafe [
            OSSL_PARAM_construct_octet_string(Self.text("key"), bytes + 48, 32),
            OSSL_PARAM_construct_utf8_string(Self.text("digest"), Self.text("SHA256"), 0),
            OSSL_PARAM_construct_end(),
        ]
        return unsafe EVP_MAC_CTX_set_params(mac, parameters) == 1
    }

    /// Parameters refer to their texts, which a `String` would hold for one call only. Nobody writes to them.
    private static func text(_ text: StaticString) -> UnsafeMutablePointer<CChar> {
        unsafe UnsafeMutableRawPointer(mutating: text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
