/// Who may log in as the Admin, as stored.
struct Admin {
    let nick: Nick
    /// The scrypt hash of `secretText`.
    let hash: [UInt8]

    /// The three secrets as one text, from which no other three can come: they are right or wrong together, and hashing
    /// them together costs a third and leaves nobody to find them one by one.
    static func secretText(_ secrets: [[UInt8]]) -> [UInt8] {
        secrets.reduce(into: []) { text, secret in text += Array("\(secret.count):".utf8) + secret }
    }
}
