import CSQLite

/// Numbered migrations; how many have run is kept in the file as `user_version`.
extension Database {
    /// The numbers, from 1, of the migrations that `migrate` would run now. Changes nothing.
    ///
    /// - Throws: `.newer` when the database has had more migrations than these.
    package func pendingMigrations(_ migrations: [String]) throws(StoreError) -> ClosedRange<Int>? {
        let version = try migrationVersion()
        guard version <= migrations.count else {
            throw StoreError(
                .newer,
                "the database has had \(version) migrations, and the plugin knows only \(migrations.count)",
                path: path
            )
        }
        return version < migrations.count ? version + 1...migrations.count : nil
    }

    /// Runs the migrations that the database has not had, each in a transaction of its own.
    ///
    /// - Parameter migrations: each one or several statements, in a plugin's SQL; never changed once used.
    /// - Throws: `.newer`, or what a statement throws, with the migration's number; that migration has then
    ///   changed nothing, those before it stand.
    package func migrate(_ migrations: [String]) throws(StoreError) {
        guard let pending = try pendingMigrations(migrations) else { return }
        try rollbackBatch()
        // Rebuilding a table drops the old one; with foreign keys on, that would delete what refers to it.
        try handle.run("PRAGMA foreign_keys = OFF")
        do {
            for number in pending { try migrate(to: number, migrations[number - 1]) }
        } catch {
            try handle.run("PRAGMA foreign_keys = ON")
            throw error
        }
        try handle.run("PRAGMA foreign_keys = ON")
    }

    private func migrationVersion() throws(StoreError) -> Int {
        guard let version = Int(try handle.answer(to: "PRAGMA user_version") ?? ""), version >= 0 else {
            throw StoreError(
                .corrupt,
                "the database's user_version is not a number of migrations",
                path: path
            )
        }
        return version
    }

    private func migrate(to number: Int, _ script: String) throws(StoreError) {
        try handle.run(.beginWriting)
        do {
            try runScript(script)
            try checkForeignKeys()
            try handle.run("PRAGMA user_version = \(number)")
            try handle.run(.commit)
        } catch {
            if handle.isInTransaction { try handle.run(.rollBack) }
            throw StoreError(
                error.code,
                "migration \(number): \(error.message)",
                remedy: error.remedy,
                extendedCode: error.extendedCode,
                sql: error.sql,
                path: path
            )
        }
    }

    private func runScript(_ script: String) throws(StoreError) {
        var script = script
        var result = Result<Void, StoreError>.success(())
        script.withUTF8 { bytes in
            result = Result { () throws(StoreError) in
                var compiler = unsafe SQLCompiler(UnsafeRawBufferPointer(bytes), handle: handle)
                while let statement = unsafe try compiler.next() {
                    defer { unsafe sqlite3_finalize(statement) }
                    var step = unsafe sqlite3_step(statement)
                    while step == SQLITE_ROW { unsafe step = sqlite3_step(statement) }
                    let sql = unsafe String(cString: sqlite3_sql(statement))
                    guard step == SQLITE_DONE else { throw handle.error(step, sql: sql) }
                }
            }
        }
        try result.get()
    }

    private func checkForeignKeys() throws(StoreError) {
        guard let table = try handle.answer(to: "PRAGMA foreign_key_check") else { return }
        throw StoreError(
            .constraint,
            "rows of \(table) refer to rows that are not there",
            remedy: "correct the migration",
            path: path
        )
    }
}
