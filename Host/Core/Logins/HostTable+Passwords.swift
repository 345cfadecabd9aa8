import PatchbayABI

extension HostTable {
    /// Longer ones are nobody's, and each that waits is kept. To HMAC, and so to scrypt, a zero byte at the end is as none.
    private static func isPassword(_ bytes: pb_bytes) -> Bool {
        unsafe bytes.count <= 4096 && !bytes.buffer.contains(0)
    }

    static func addPasswords(_ table: inout pb_secrets) {
        unsafe table.hash = { context, password, ticket, done, user in
            unsafe HostTable.start(context, password, .hash, 0, ticket, done, user)
        }
        unsafe table.verify = { context, password, hash, ticket, done, user in
            unsafe HostTable.start(context, password, .verify(HostTable.known(hash)), 0, ticket, done, user)
        }
        unsafe table.verify_login = { context, password, hash, login, ticket, done, user in
            unsafe HostTable.start(
                context,
                password,
                .verify(HostTable.known(hash)),
                login,
                ticket,
                done,
                user
            )
        }
    }

    /// No hash is so long.
    private static func known(_ hash: pb_bytes) -> [UInt8] { unsafe hash.count <= 256 ? hash.array : [] }

    private static func start(
        _ context: UnsafeMutableRawPointer?,
        _ password: pb_bytes,
        _ task: HashJob.Task,
        _ login: UInt64,
        _ ticket: UInt64,
        _ done: pb_on_secret?,
        _ user: UnsafeMutableRawPointer?
    ) -> Int32 {
        unsafe onLane(context) { generation, service in
            guard let done = unsafe done, unsafe isPassword(password) else { return PB_INVALID }
            return unsafe service.startHash(
                generation,
                password.array,
                task,
                login: login,
                ticket: ticket,
                done: done,
                context: user
            )
        }
    }
}
