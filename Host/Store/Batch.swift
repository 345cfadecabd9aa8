/// The lane's batch as one transaction: a reading one from its first statement, a writing one from its first
/// write, ended by the lane.
///
/// Reads share a transaction because SQLite locks and unlocks the file for each statement outside of one,
/// which takes longer than to look a row up. SQLite may roll a whole transaction back on its own (disk full,
/// I/O error, `INSERT OR ROLLBACK`). What follows would then be half a batch, so a lost batch refuses
/// everything until the lane ends it.
final class Batch {
    private enum State {
        case none, reading, writing
        case lost(StoreError)
    }

    private let handle: SQLiteHandle
    private var state = State.none
    /// Statements begun and not yet at their end: they hold a snapshot, and a commit must not wait for them.
    var runningStatements = 0

    init(on handle: SQLiteHandle) { self.handle = handle }

    /// Whether there is something to commit.
    var hasWritten: Bool {
        switch state {
        case .none, .reading: false
        case .writing, .lost: true
        }
    }

    /// Before each statement's first step.
    func enter(writing: Bool) throws(StoreError) {
        switch (state, writing) {
        case (.none, false):
            try handle.run(.begin)
            state = .reading
        case (.none, true):
            try handle.run(.beginWriting)
            state = .writing
        case (.reading, true):
            // Not raised to a writing one in place: that fails where another process has written meanwhile.
            try handle.run(.commit)
            state = .none
            try handle.run(.beginWriting)
            state = .writing
        case (.reading, false), (.writing, _):
            break
        case (.lost(let error), _):
            throw error
        }
    }

    /// After a statement failed: was it only the statement?
    func noteFailure(_ error: StoreError) {
        guard !handle.isInTransaction else { return }
        switch state {
        case .none, .lost:
            break
        case .reading:
            state = .none
        case .writing:
            state = .lost(
                StoreError(
                    .batchLost,
                    "the batch was rolled back: \(error.message)",
                    extendedCode: error.extendedCode,
                    sql: error.sql,
                    path: error.path
                )
            )
        }
    }

    /// From here on writes stand or fall together, until `end`. Steps may lie in each other.
    func beginStep() throws(StoreError) {
        try enter(writing: true)
        try handle.run(.mark)
    }

    /// Ends the innermost step: its writes belong to the batch now, or are undone.
    func endStep(keeping: Bool) throws(StoreError) {
        // A batch that SQLite has rolled back has no steps any more.
        if case .lost(let error) = state { throw error }
        if !keeping { try handle.run(.takeBack) }
        try handle.run(.keep)
    }

    /// Makes the batch durable, or rolls it back and throws. No transaction: does nothing.
    func commit() throws(StoreError) {
        defer { state = .none }
        switch state {
        case .none:
            break
        case .lost(let error):
            throw error
        case .reading, .writing:
            do {
                try handle.run(.commit)
            } catch {
                try rollBack()
                throw error
            }
        }
    }

    /// Undoes the batch. No transaction: does nothing.
    func rollBack() throws(StoreError) {
        state = .none
        guard handle.isInTransaction else { return }
        try handle.run(.rollBack)
    }
}
