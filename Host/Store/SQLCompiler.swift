import CSQLite

/// Compiles a plugin's SQL statement by statement. The bytes must stay while it works.
@safe
struct SQLCompiler {
    private let handle: SQLiteHandle
    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ sql: UnsafeRawBufferPointer, handle: SQLiteHandle) {
        self.handle = handle
        unsafe rest = sql[...]
    }

    /// The next statement, to be finalised by the caller; nil when only blanks and comments are left.
    mutating func next() throws(StoreError) -> OpaquePointer? {
        while unsafe !rest.isEmpty {
            guard let count = unsafe Int32(exactly: rest.count) else {
                throw StoreError(.tooBig, "the SQL has \(unsafe rest.count) bytes", path: handle.path)
            }
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: rest)
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            var statement: OpaquePointer?
            var tail: UnsafePointer<CChar>?
            let result = unsafe sqlite3_prepare_v3(
                handle.pointer,
                start,
                count,
                UInt32(SQLITE_PREPARE_PERSISTENT),
                &statement,
                &tail
            )
            guard result == SQLITE_OK else {
                throw handle.error(result, sql: unsafe String(decoding: bytes, as: UTF8.self))
            }
            let used = unsafe tail.flatMap { tail in unsafe start.map { unsafe tail - $0 } } ?? 0
            // A zero byte ends the SQL for SQLite, which would leave the rest out without a word.
            guard used > 0 else { throw StoreError(.syntax, "a zero byte in the SQL", path: handle.path) }
            unsafe rest = rest.dropFirst(used)
            guard let statement = unsafe statement else { continue }
            return unsafe try permitted(statement)
        }
        return nil
    }

    /// SQLite compiles VACUUM without asking the authorizer.
    private func permitted(_ statement: OpaquePointer) throws(StoreError) -> OpaquePointer {
        let sql = unsafe String(cString: sqlite3_sql(statement))
        guard sql.firstKeyword == "VACUUM" else { return unsafe statement }
        unsafe sqlite3_finalize(statement)
        throw StoreError(
            .refused,
            "VACUUM rewrites the whole file and may write others; it is the host's",
            sql: sql,
            path: handle.path
        )
    }
}

extension String {
    /// The first word of a statement in capitals, behind blanks and comments.
    fileprivate var firstKeyword: String {
        var rest = Substring(self)
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == ";" }
            if rest.hasPrefix("--") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                rest = rest.dropFirst(2)
                while !rest.isEmpty, !rest.hasPrefix("*/") { rest = rest.dropFirst() }
                rest = rest.dropFirst(2)
            } else {
                return rest.prefix(while: \.isLetter).uppercased()
            }
        }
    }
}
