import Glibc

/// Keeps a database to one process: an `flock` on `PATH-lock`, which holds the owner's process id.
///
/// Not on the database itself, since closing any descriptor of that file would drop SQLite's own locks on it.
/// The kernel releases it when the process ends, however it ends. The file stays behind: removing it would let
/// two processes lock two files of the same name.
struct DatabaseLock: ~Copyable {
    private let descriptor: Int32

    init(path: String) throws(StoreError) {
        let descriptor = try FileAccess.open(path + "-lock", O_RDWR | O_CREAT | O_CLOEXEC, for: path)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = Self.owner(descriptor)
            close(descriptor)
            throw StoreError(.inUse, "the database is in use by \(owner)", path: path)
        }
        self.descriptor = descriptor
        ftruncate(descriptor, 0)
        let text = "\(getpid())\n"
        _ = unsafe pwrite(descriptor, text, text.utf8.count, 0)
    }

    deinit { close(descriptor) }

    private static func owner(_ descriptor: Int32) -> String {
        let digits = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            let count = unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
            return unsafe String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        guard let process = Int32(digits.prefix(while: \.isNumber)) else { return "another process" }
        return process == getpid() ? "this very process" : "process \(process)"
    }
}
