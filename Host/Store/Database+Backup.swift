import CSQLite
import Glibc

/// Copies of a database in use.
extension Database {
    /// Copies the database as its last commit left it. A batch in progress is not part of the copy.
    ///
    /// - Throws: `.cannotOpen` when `copy` exists or cannot be made; `.full`, `.io`, `.corrupt`.
    package func backup(to copy: String) throws(StoreError) {
        try Self.backup(of: path, to: copy)
    }

    /// The same for any thread: it reads over a connection of its own and holds nobody up.
    package static func backup(of path: String, to copy: String) throws(StoreError) {
        // A transaction of its own sees one commit from beginning to end, however long the copying takes.
        let source = try SQLiteHandle(path: path, flags: SQLITE_OPEN_READWRITE)
        defer { source.close() }
        try FileAccess.make(copy, exclusively: true, for: path)
        do {
            try copyPages(from: source, to: copy)
        } catch {
            unsafe unlink(copy)
            throw error
        }
    }

    private static func copyPages(from source: SQLiteHandle, to copy: String) throws(StoreError) {
        let target = try SQLiteHandle(path: copy, flags: SQLITE_OPEN_READWRITE)
        defer { target.close() }
        guard let backup = unsafe sqlite3_backup_init(target.pointer, "main", source.pointer, "main") else {
            throw target.error(unsafe sqlite3_errcode(target.pointer), sql: nil)
        }
        let result = unsafe sqlite3_backup_step(backup, -1)
        unsafe sqlite3_backup_finish(backup)
        guard result == SQLITE_DONE else { throw target.error(result, sql: nil) }
    }
}
