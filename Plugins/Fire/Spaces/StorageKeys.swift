import PatchbayKit

/// How secret keys are encrypted where they are stored: under the option `storage_key`, or not at all.
struct StorageKeys {
    private let secrets: Secrets
    private let current: [UInt8]?  // 32 bytes
    private let before: [UInt8]?

    init(_ options: Options, _ secrets: Secrets) {
        self.secrets = secrets
        current = Self.key(options.text("storage_key"), secrets)
        before = Self.key(options.text("storage_key_before"), secrets)
    }

    /// A key of the right length, for this purpose alone.
    private static func key(_ option: String, _ secrets: Secrets) -> [UInt8]? {
        option.isEmpty ? nil : secrets.hmac(key: option, "Patchbay Fire: secret keys of name spaces")
    }

    /// A secret key as it is stored.
    struct Stored {
        let isSealed: Bool
        let bytes: [UInt8]
    }

    /// How a name space's key is to be stored.
    func stored(_ secretKey: [UInt8], of name: [UInt8]) -> Stored {
        guard let current else { return Stored(isSealed: false, bytes: secretKey) }
        return Stored(isSealed: true, bytes: secrets.seal(secretKey, key: current, associated: name))
    }

    /// A stored key, and whether it has to be stored anew; nil: none of the options opens it.
    func secretKey(_ stored: Stored, of name: [UInt8]) -> (bytes: [UInt8], isCurrent: Bool)? {
        guard stored.isSealed else { return (stored.bytes, current == nil) }
        if let current, let key = secrets.open(stored.bytes, key: current, associated: name) {
            return (key, true)
        }
        if let before, let key = secrets.open(stored.bytes, key: before, associated: name) {
            return (key, false)
        }
        return nil
    }
}
