import CSQLite

/// An open connection of SQLite with its path: runs the host's own SQL and words SQLite's errors. It knows
/// nothing of batches and statement sets.
@safe
final class SQLiteHandle {
    /// For whom SQL is compiled: the host may do everything, a plugin what `Authorizer` lets it.
    enum Audience { case host, plugin }

    /// What begins and ends transactions; compiled once.
    enum Transaction: Int, CaseIterable { case begin, beginWriting, commit, rollBack, mark, keep, takeBack }

    let path: String
    private(set) var pointer: OpaquePointer?
    private(set) var audience = Audience.plugin
    /// Set by `Authorizer`; part of the next error.
    var refusal: String?
    private var transactions: [OpaquePointer?] = unsafe []

    /// Opens an existing file; `flags` as SQLite's.
    init(path: String, flags: Int32) throws(StoreError) {
        self.path = path
        let result = unsafe sqlite3_open_v2(path, &pointer, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard result == SQLITE_OK else {
            let error = error(result, sql: nil)
            close()
            throw error
        }
        unsafe sqlite3_extended_result_codes(pointer, 1)
        unsafe sqlite3_busy_timeout(pointer, 250)
        Authorizer.install(on: self)
    }

    deinit { close() }

    var isInTransaction: Bool {
        guard let pointer = unsafe pointer else { return false }
        return unsafe sqlite3_get_autocommit(pointer) == 0
    }

    func close() {
        unsafe transactions.forEach { unsafe sqlite3_finalize($0) }
        unsafe transactions = []
        unsafe sqlite3_close_v2(pointer)
        unsafe pointer = nil
    }

    /// Begins or ends a transaction.
    func run(_ transaction: Transaction) throws(StoreError) {
        audience = .host
        defer { audience = .plugin }
        if unsafe transactions.isEmpty { try compileTransactions() }
        let statement = unsafe transactions[transaction.rawValue]
        let result = unsafe sqlite3_step(statement)
        defer { unsafe sqlite3_reset(statement) }
        guard result == SQLITE_DONE else { throw error(result, sql: transaction.sql) }
    }

    private func compileTransactions() throws(StoreError) {
        for transaction in Transaction.allCases {
            var statement: OpaquePointer?
            let flags = UInt32(SQLITE_PREPARE_PERSISTENT), sql = transaction.sql
            try check(unsafe sqlite3_prepare_v3(pointer, sql, -1, flags, &statement, nil), sql: sql)
            unsafe transactions.append(statement)
        }
    }

    /// Runs SQL of the host's that answers nothing.
    func run(_ sql: String) throws(StoreError) {
        audience = .host
        defer { audience = .plugin }
        try check(unsafe sqlite3_exec(pointer, sql, nil, nil, nil), sql: sql)
    }

    /// The first column of the first row that SQL of the host's answers; nil without a row or for NULL.
    func answer(to sql: String) throws(StoreError) -> String? {
        audience = .host
        defer { audience = .plugin }
        var statement: OpaquePointer?
        try check(unsafe sqlite3_prepare_v2(pointer, sql, -1, &statement, nil), sql: sql)
        defer { unsafe sqlite3_finalize(statement) }
        let result = unsafe sqlite3_step(statement)
        guard result == SQLITE_ROW else {
            guard result == SQLITE_DONE else { throw error(result, sql: sql) }
            return nil
        }
        return unsafe sqlite3_column_text(statement, 0).map { unsafe String(cString: $0) }
    }

    func check(_ result: Int32, sql: String?) throws(StoreError) {
        guard result == SQLITE_OK else { throw error(result, sql: sql) }
    }

    /// The error of the call that just returned `result`.
    func error(_ result: Int32, sql: String?) -> StoreError {
        defer { refusal = nil }
        if let refusal, result & 0xff == SQLITE_AUTH || result & 0xff == SQLITE_ERROR {
            return StoreError(.refused, refusal, extendedCode: SQLITE_AUTH, sql: sql, path: path)
        }
        let words = unsafe pointer == nil ? sqlite3_errstr(result) : sqlite3_errmsg(pointer)
        let message = unsafe words.map { unsafe String(cString: $0) } ?? "unknown error"
        return StoreError(
            StoreError.Code(sqlite: result),
            message,
            extendedCode: result,
            sql: sql,
            path: path
        )
    }
}

extension SQLiteHandle.Transaction {
    fileprivate var sql: String {
        switch self {
        case .begin: "BEGIN"
        case .beginWriting: "BEGIN IMMEDIATE"
        case .commit: "COMMIT"
        case .rollBack: "ROLLBACK"
        case .mark: "SAVEPOINT step"
        case .keep: "RELEASE step"
        case .takeBack: "ROLLBACK TO step"
        }
    }
}
