import PatchbayABI

// Passwords are hashed by scrypt, which takes about 50 milliseconds on a thread of the host's.
extension Secrets {
    /// Makes the hash of a password, as a string to store; empty: there was no memory for it.
    ///
    /// - Returns: false: too many are under way, or the password is over 4096 bytes or holds a zero byte; `body` is not called.
    public func hash(_ password: some Bytes, _ body: @escaping ([UInt8]) -> Void) -> Bool {
        unsafe pending.ask({ body($0.hash) }) { ticket, user in
            unsafe password.lend {
                unsafe table.pointee.hash(host.context, $0, ticket, PendingHashes.done, user)
            }
        }
    }

    /// Whether a password is the one of a hash. Without a hash, as for an account that there is not, it is not, which takes
    /// as long.
    ///
    /// - Parameters:
    ///   - hash: what `hash` made; may be empty.
    ///   - login: as `tryLogin` gave it: addresses take turns.
    ///   - body: is not called any more when the generation ends before; the login is handed to the next one then.
    /// - Returns: false: too many are under way; answer as to a wrong password. `body` is not called.
    public func verify(
        _ password: some Bytes,
        against hash: some Bytes,
        _ login: LoginTry? = nil,
        _ body: @escaping (Bool) -> Void
    ) -> Bool {
        unsafe pending.ask({ body($0.isRight) }) { ticket, user in
            let done = unsafe PendingHashes.done
            return unsafe password.lend { password in
                unsafe hash.lend { hash in
                    guard let login, login.ticket > 0, unsafe offers(\.verify_login) else {
                        return unsafe table.pointee.verify(host.context, password, hash, ticket, done, user)
                    }
                    return unsafe table.pointee.verify_login(
                        host.context,
                        password,
                        hash,
                        login.ticket,
                        ticket,
                        done,
                        user
                    )
                }
            }
        }
    }

    /// Whether the host's table has a field that is newer than the table.
    func offers<Field>(_ field: KeyPath<pb_secrets, Field>) -> Bool {
        guard let offset = MemoryLayout<pb_secrets>.offset(of: field) else { return false }
        return unsafe offset + MemoryLayout<Field>.size <= Int(table.pointee.size)
    }
}
