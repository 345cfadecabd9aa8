// The database of its service, changed from outside.
extension LiveServer {
    /// What is left of a batch when a statement in it fails.
    enum Loss: String {
        case statement = "ABORT"
        case batch = "ROLLBACK"  // as when the disk is full
    }

    /// From now on each statement of a kind fails: `DELETE ON messages`.
    func failOn(_ kind: String, losing loss: Loss = .statement) throws {
        try sql("CREATE TRIGGER failing BEFORE \(kind) BEGIN SELECT RAISE(\(loss.rawValue), 'no'); END")
    }

    func failNoMore() throws { try sql("DROP TRIGGER failing") }

    /// Runs statements; answers their rows as Python writes them.
    @discardableResult
    func sql(_ statements: String...) throws -> String { try sql(statements) }

    @discardableResult
    func sql(_ statements: [String]) throws -> String {
        let script = """
            import sqlite3, sys
            with sqlite3.connect(sys.argv[1]) as database:
                for statement in sys.argv[2:]: print(statement, *database.execute(statement), sep="\\n")
            """
        let folder = patchbay.folder
        let databases = folder.files(below: "state").filter { $0.hasSuffix(".sqlite") }
        guard let database = databases.first, databases.count == 1 else {
            throw Unexpected("not one database: \(databases)")
        }
        let words = ["-c", script, folder.file("state/" + database)] + statements
        let (code, output) = try Program("python3", words, errors: folder.file("sql.log")).waitForEnd()
        guard code == 0 else { throw Unexpected(folder.text("sql.log")) }
        return output
    }
}
