import Testing

@testable import Store

@Suite struct AuthorizerTests {
    private let folder: TemporaryFolder
    private let database: Database

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(path: folder.file("test.sqlite"))
    }

    @Test(arguments: [
        "ATTACH 'other.sqlite' AS other",
        "DETACH main",
        "VACUUM",
        " /* sly */ -- very\n vacuum INTO 'copy.sqlite'",
        "PRAGMA synchronous = OFF",
        "PRAGMA writable_schema = ON",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT a",
        "RELEASE a",
        "SELECT load_extension('./evil.so')",
        "SELECT fts3_tokenizer('simple')",
        "CREATE VIRTUAL TABLE words USING fts5 (word)",
    ])
    func `what leads out of the tables is refused when it is prepared`(sql: String) throws {
        let set = database.makeStatementSet()
        let error = try failure { () throws(StoreError) in _ = try set.prepare(sql) }
        #expect(error.code == .refused)
        #expect(error.sql == sql)
    }

    @Test func `settings are not to be had as a table either`() throws {
        let error = try failure { () throws(StoreError) in
            try database.rows("SELECT file FROM pragma_database_list")
        }
        #expect(error.code == .refused)
    }

    @Test func `a refusal does not colour the next error`() throws {
        _ = try failure { () throws(StoreError) in try database.rows("PRAGMA user_version") }
        let error = try failure { () throws(StoreError) in try database.rows("SELECT 1 FROM nowhere") }
        #expect(error.code == .syntax)
        #expect(error.message == "no such table: nowhere")
    }
}
