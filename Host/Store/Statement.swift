import CSQLite

/// One compiled statement of a plugin: bind `$1`, `$2`, …, step through its rows, reset, run again.
///
/// Parameters count from 1, as in SQL; columns from 0. Nothing here allocates but errors.
@safe
package final class Statement {
    private enum State { case ready, row, ended }

    /// Whether it changes the database; its first step then begins the batch's transaction.
    package let isWrite: Bool
    /// The rows that the last finished run inserted, changed or deleted.
    package private(set) var changes: Int64 = 0

    private let handle: SQLiteHandle
    private let batch: Batch
    private var pointer: OpaquePointer?
    private var state = State.ready
    private var parameters: Parameters

    /// `pointer` is the statement's from now on.
    init(_ pointer: OpaquePointer, handle: SQLiteHandle, batch: Batch) throws(StoreError) {
        self.handle = handle
        self.batch = batch
        unsafe self.pointer = pointer
        isWrite = unsafe sqlite3_stmt_readonly(pointer) == 0
        do {
            parameters = try unsafe Parameters(of: pointer)
        } catch {
            let sql = unsafe String(cString: sqlite3_sql(pointer))
            unsafe sqlite3_finalize(pointer)
            throw StoreError(.syntax, error.message, remedy: error.remedy, sql: sql, path: handle.path)
        }
    }

    deinit { finalize() }

    /// How many parameters it has; each must be bound before each run.
    package var parameterCount: Int { parameters.count }

    /// Binds NULL.
    package func bindNull(_ index: Int) throws(StoreError) {
        let position = try position(index)
        try bound(index, unsafe sqlite3_bind_null(pointer, position))
    }

    /// Binds an integer.
    package func bind(_ index: Int, integer: Int64) throws(StoreError) {
        let position = try position(index)
        try bound(index, unsafe sqlite3_bind_int64(pointer, position, integer))
    }

    /// Binds a real; NaN becomes NULL.
    package func bind(_ index: Int, real: Double) throws(StoreError) {
        let position = try position(index)
        try bound(index, unsafe sqlite3_bind_double(pointer, position, real))
    }

    /// Binds UTF-8 text without copying it: the bytes must stay until `reset()`.
    package func bind(_ index: Int, text: UnsafeRawBufferPointer) throws(StoreError) {
        let position = try position(index)
        // SQLite takes a null pointer for NULL, and an empty buffer may have one.
        let empty: StaticString = ""
        let start = unsafe text.baseAddress ?? UnsafeRawPointer(empty.utf8Start)
        let result = unsafe sqlite3_bind_text64(
            pointer,
            position,
            start.assumingMemoryBound(to: CChar.self),
            UInt64(text.count),
            nil,
            UInt8(SQLITE_UTF8)
        )
        try bound(index, result)
    }

    /// Binds bytes without copying them: they must stay until `reset()`.
    package func bind(_ index: Int, blob: UnsafeRawBufferPointer) throws(StoreError) {
        let position = try position(index)
        let result =
            unsafe blob.isEmpty
            ? sqlite3_bind_zeroblob(pointer, position, 0)
            : sqlite3_bind_blob64(pointer, position, blob.baseAddress, UInt64(blob.count), nil)
        try bound(index, result)
    }

    /// Runs on to the next row: true with a row, false at the end.
    ///
    /// A statement that changes rows has changed them all when its first step returns.
    /// - Throws: `.constraint` and others; the statement's own changes are then undone, the batch's others
    ///   stand. `.batchLost` when SQLite undid the whole batch. Only `reset()` may follow.
    package func step() throws(StoreError) -> Bool {
        if state != .row { try begin() }
        let result = unsafe sqlite3_step(pointer)
        switch result {
        case SQLITE_ROW:
            state = .row
            return true
        case SQLITE_DONE:
            if isWrite { changes = unsafe sqlite3_changes64(handle.pointer) }
            end()
            return false
        default:
            let error = error(result)
            end()
            batch.noteFailure(error)
            throw error
        }
    }

    /// Runs to the end, dropping rows, and resets.
    package func run() throws(StoreError) {
        defer { reset() }
        while try step() {}
    }

    /// Calls `body` for each row, with this statement to read the columns from, and resets.
    package func forEachRow(_ body: (Statement) -> Void) throws(StoreError) {
        defer { reset() }
        while try step() { body(self) }
    }

    /// Ends the run and forgets what was bound; the bound bytes are free again.
    package func reset() {
        if state == .row { end() }
        state = .ready
        parameters.forgetAll()
    }

    /// Ends a run that the batch's end cuts off; the next step without `reset()` is an error.
    func cut() {
        if state == .row { end() }
    }

    /// Gives the statement back to SQLite; each later use throws `.misuse`.
    func finalize() {
        cut()
        state = .ended
        unsafe sqlite3_finalize(pointer)
        unsafe pointer = nil
    }

    private func begin() throws(StoreError) {
        guard unsafe pointer != nil else { throw finalized }
        guard state == .ready else {
            throw misuse("the statement has ended", "reset it before the next run")
        }
        if let missing = parameters.firstUnbound {
            throw misuse("$\(missing) is not bound", "bind all \(parameterCount) parameters before each run")
        }
        try batch.enter(writing: isWrite)
        batch.runningStatements += 1
        state = .row
    }

    private func end() {
        unsafe sqlite3_reset(pointer)
        batch.runningStatements -= 1
        state = .ended
    }

    private func position(_ index: Int) throws(StoreError) -> Int32 {
        guard unsafe pointer != nil else { throw finalized }
        guard state == .ready else {
            throw misuse("$\(index) is bound while the statement runs", "reset it first")
        }
        guard let position = parameters.position(of: index) else {
            throw misuse(
                "there is no parameter $\(index); the statement has \(parameterCount)",
                "bind exactly $1…$\(parameterCount)"
            )
        }
        return position
    }

    private func bound(_ index: Int, _ result: Int32) throws(StoreError) {
        guard result == SQLITE_OK else { throw error(result) }
        parameters.noteBound(index)
    }

    private func error(_ result: Int32) -> StoreError {
        handle.error(result, sql: sql)
    }

    private var sql: String? {
        unsafe sqlite3_sql(pointer).map { unsafe String(cString: $0) }
    }

    private func misuse(_ message: String, _ remedy: String) -> StoreError {
        StoreError(.misuse, message, remedy: remedy, sql: sql, path: handle.path)
    }

    private var finalized: StoreError {
        misuse("the statement's set has ended", "prepare it again in the new generation")
    }
}

/// Columns of the row that the last `step()` brought; NULL when there is no row or no such column.
extension Statement {
    /// How many columns a row has; 0 for a statement that answers none.
    package var columnCount: Int { Int(unsafe sqlite3_column_count(pointer)) }

    /// The type of the value as stored. Ask before reading: reading a column as another type converts it.
    package func columnType(_ index: Int) -> SQLType {
        SQLType(sqlite: unsafe sqlite3_column_type(pointer, column(index)))
    }

    /// The value as an integer; 0 for NULL.
    package func columnInteger(_ index: Int) -> Int64 {
        unsafe sqlite3_column_int64(pointer, column(index))
    }

    /// The value as a real; 0 for NULL.
    package func columnReal(_ index: Int) -> Double {
        unsafe sqlite3_column_double(pointer, column(index))
    }

    /// A text's or blob's bytes in SQLite's own memory, until the next `step()` or `reset()`; empty for NULL.
    package func columnBytes(_ index: Int) -> UnsafeRawBufferPointer {
        // The pointer first: asking for it may convert the value and so change its length.
        let start = unsafe sqlite3_column_blob(pointer, column(index))
        let count = unsafe Int(sqlite3_column_bytes(pointer, column(index)))
        return unsafe UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    }

    /// A column's name in the answer, as in the SQL.
    package func columnName(_ index: Int) -> String {
        unsafe sqlite3_column_name(pointer, column(index)).map { unsafe String(cString: $0) } ?? ""
    }

    private func column(_ index: Int) -> Int32 { Int32(exactly: index) ?? -1 }
}
