import CSQLite

/// The statements that one generation of a plugin prepared; all end together, whatever it forgot.
package final class StatementSet {
    /// The most statements a set takes: a plugin that prepares again for each message shall notice.
    package static let limit = 1000

    private let handle: SQLiteHandle
    private let batch: Batch
    private var statements: [Statement] = []
    private(set) var hasEnded = false

    init(handle: SQLiteHandle, batch: Batch) {
        self.handle = handle
        self.batch = batch
    }

    /// How many statements were prepared; `0..<count` are their indices.
    package var count: Int { statements.count }

    /// The statement that `prepare` gave this index; nil where it gave none or the set has ended.
    package subscript(index: Int) -> Statement? {
        statements.indices.contains(index) ? statements[index] : nil
    }

    /// Compiles one statement, which is kept until the set's end.
    ///
    /// - Returns: its index.
    /// - Throws: `.syntax`, `.refused` for what a plugin may not do, `.misuse` for two statements at once or
    ///   one over `limit`.
    package func prepare(_ sql: UnsafeRawBufferPointer) throws(StoreError) -> Int {
        guard !hasEnded else {
            throw misuse("the set of statements has ended", "prepare in the new generation")
        }
        guard statements.count < Self.limit else {
            throw misuse("\(Self.limit) statements are prepared", "prepare each statement once, in create")
        }
        var compiler = unsafe SQLCompiler(sql, handle: handle)
        guard let pointer = unsafe try compiler.next() else {
            throw misuse("there is no statement in this SQL", "give one statement")
        }
        // The statement takes the pointer over, also where its initialiser throws.
        let statement = unsafe try Statement(pointer, handle: handle, batch: batch)
        if let extra = unsafe try compiler.next() {
            unsafe sqlite3_finalize(extra)
            throw misuse("there are two statements in one", "prepare them one by one")
        }
        statements.append(statement)
        return statements.count - 1
    }

    /// Compiles one statement, which is kept until the set's end.
    package func prepare(_ sql: String) throws(StoreError) -> Statement {
        var sql = sql
        var result = Result<Int, StoreError>.success(0)
        sql.withUTF8 { bytes in
            result = Result { () throws(StoreError) in try unsafe prepare(UnsafeRawBufferPointer(bytes)) }
        }
        return statements[try result.get()]
    }

    /// What is written until `endStep` stands or falls together, inside the batch.
    package func beginStep() throws(StoreError) { try batch.beginStep() }

    /// Ends the step begun last: keeps what it wrote, or undoes it.
    ///
    /// - Throws: `.misuse` when none was begun in this batch.
    package func endStep(keeping: Bool) throws(StoreError) {
        for statement in statements { statement.cut() }
        try batch.endStep(keeping: keeping)
    }

    /// Ends all statements; each later use of one throws `.misuse`.
    package func finalize() {
        hasEnded = true
        for statement in statements { statement.finalize() }
        statements = []
    }

    /// Cuts off what still runs at the batch's end.
    func cut() {
        for statement in statements { statement.cut() }
    }

    private func misuse(_ message: String, _ remedy: String) -> StoreError {
        StoreError(.misuse, message, remedy: remedy, path: handle.path)
    }
}
