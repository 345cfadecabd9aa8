import CSQLite

/// A service's database: one SQLite file that belongs to one process and is used on one lane.
///
/// Its statements are prepared in sets, one for each generation of the plugin. The first write of a lane's
/// batch begins a transaction by itself; the lane ends each batch by `commitBatch()`, also one that only read,
/// for until then it sees the file as its first read did. Other processes may read the file meanwhile (WAL);
/// a second `Database` on it is refused.
package final class Database {
    /// The file.
    package let path: String

    let handle: SQLiteHandle
    private let batch: Batch
    private var lock: DatabaseLock?
    private var sets: [StatementSet] = []

    /// Opens the database, made with mode 0600 where it is missing, in the state that the last commit left.
    ///
    /// - Parameter sizeLimit: the largest size of the file in bytes; nil for the disk's own limit.
    /// - Throws: `.inUse`, `.cannotOpen`, `.corrupt`, `.full`, `.io`.
    package init(path: String, sizeLimit: Int? = nil) throws(StoreError) {
        self.path = path
        lock = try DatabaseLock(path: path)
        // SQLite gives its -wal and -shm files the mode of the database, so that has to be right first.
        try FileAccess.make(path, exclusively: false, for: path)
        handle = try SQLiteHandle(path: path, flags: SQLITE_OPEN_READWRITE)
        batch = Batch(on: handle)
        try setUp()
        try limitSize(to: sizeLimit)
    }

    deinit { close() }

    /// Whether a batch has written and is not yet committed.
    package var isInTransaction: Bool { batch.hasWritten }

    /// A new, empty set of statements; it lives until its `finalize()` or the database's `close()`.
    package func makeStatementSet() -> StatementSet {
        sets.removeAll { $0.hasEnded }
        let set = StatementSet(handle: handle, batch: batch)
        sets.append(set)
        return set
    }

    /// Makes what the batch wrote durable: when it returns, a power cut cannot undo it. Rows not yet read are
    /// cut off. For a batch that used no statement it does nothing.
    ///
    /// - Throws: `.full`, `.io`, `.constraint` (a deferred one), `.batchLost`; all that the batch wrote is
    ///   then undone, and the database works on.
    package func commitBatch() throws(StoreError) {
        cutStatements()
        try batch.commit()
    }

    /// Undoes what the batch wrote, and ends it.
    package func rollbackBatch() throws(StoreError) {
        cutStatements()
        try batch.rollBack()
    }

    /// Keeps the file from growing over `bytes`: writes then throw `.full`. What is already there stays.
    package func limitSize(to bytes: Int?) throws(StoreError) {
        let pageSize = Int(try handle.answer(to: "PRAGMA page_size") ?? "") ?? 4096
        let pages = bytes.map { max(1, $0 / pageSize) } ?? Int(UInt32.max) - 1
        _ = try handle.answer(to: "PRAGMA max_page_count = \(pages)")
    }

    /// Ends all statements, undoes an uncommitted batch, moves the log into the file and closes it.
    package func close() {
        for set in sets { set.finalize() }
        sets = []
        handle.close()
        lock = nil
    }

    private func setUp() throws(StoreError) {
        let mode = try handle.answer(to: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw StoreError(
                .cannotOpen,
                "this file system cannot keep a write-ahead log",
                remedy: "put the state folder on a local disk",
                path: path
            )
        }
        // FULL: a commit is on the disk when it returns. Temporary tables stay in memory, as there may be no
        // folder for temporary files.
        try handle.run(
            """
            PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
            PRAGMA temp_store = MEMORY
            """
        )
    }

    private func cutStatements() {
        guard batch.runningStatements > 0 else { return }
        for set in sets { set.cut() }
    }
}
