import Testing

@testable import Store

@Suite struct MigrationTests {
    private let folder: TemporaryFolder
    private let path: String
    private let first =
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'anna');"
    private let second = "ALTER TABLE users ADD COLUMN age INTEGER CHECK (age > 0)"

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("test.sqlite")
    }

    @Test func `a fresh database gets all migrations, once`() throws {
        let database = try Database(path: path)
        defer { database.close() }
        #expect(try database.pendingMigrations([first, second]) == 1...2)
        try database.migrate([first, second])
        try database.migrate([first, second])
        #expect(try database.pendingMigrations([first, second]) == nil)
        #expect(try database.rows("SELECT id, name, age FROM users") == [[1, "anna", .null]])
    }

    @Test func `an older database gets only what it lacks, also after a restart`() throws {
        let before = try Database(path: path)
        try before.migrate([first])
        before.close()
        let database = try Database(path: path)
        defer { database.close() }
        #expect(try database.pendingMigrations([first, second]) == 2...2)
        try database.migrate([first, second])
        #expect(try database.rows("SELECT age FROM users") == [[.null]])
    }

    @Test func `a newer database is refused and left alone`() throws {
        let database = try Database(path: path)
        defer { database.close() }
        try database.migrate([first, second])
        let error = try failure { () throws(StoreError) in try database.migrate([first]) }
        #expect(error.code == .newer)
        #expect(
            error.description
                == "\(path): the database has had 2 migrations, and the plugin knows only 1; "
                + "install the newer plugin again, or restore the backup made before it ran"
        )
        #expect(try database.pendingMigrations([first, second]) == nil)
    }

    @Test(arguments: [
        "CREATE TABLE rooms (id INTEGER); INSERT INTO nowhere VALUES (1)",
        "CREATE TABLE rooms (id INTEGER); INSERT INTO users VALUES (1, 'again')",
        "CREATE TABLE rooms (id INTEGER); COMMIT; DROP TABLE users",
        "CREATE TABLE rooms (id INTEGER); PRAGMA user_version = 7",
        "CREATE TABLE rooms (id INTEGER); ATTACH 'other.sqlite' AS other",
        "CREATE TABLE rooms (id INTEGER); VACUUM",
        "CREATE TABLE rooms (id INTEGER); INSERT OR ROLLBACK INTO users VALUES (1, 'again')",
        "CREATE TABLE rooms (id INTEGER REFERENCES users (id)); INSERT INTO rooms VALUES (9)",
        "CREATE TABLE rooms (id INTEGER); \0 DROP TABLE users",
    ])
    func `a failing migration changes nothing, and those before it stand`(script: String) throws {
        let database = try Database(path: path)
        defer { database.close() }
        let error = try failure { () throws(StoreError) in try database.migrate([first, script]) }
        #expect(error.message.hasPrefix("migration 2: "))
        #expect(try database.pendingMigrations([first, script]) == 2...2)
        #expect(try database.rows("SELECT name FROM sqlite_master") == [["users"]])
        #expect(try database.rows("SELECT name FROM users") == [["anna"]])
    }

    @Test func `a migration's error shows the one statement that failed`() throws {
        let database = try Database(path: path)
        defer { database.close() }
        let script =
            "CREATE TABLE a (id INTEGER);\n  CREATE TABLE a (id INTEGER);\nCREATE TABLE b (id INTEGER);"
        let error = try failure { () throws(StoreError) in try database.migrate([script]) }
        #expect(error.message == "migration 1: table a already exists")
        #expect(error.description.contains("CREATE TABLE a (id INTEGER)"))
    }

    @Test func `a table that others refer to can be rebuilt`() throws {
        let database = try Database(path: path)
        defer { database.close() }
        try database.migrate([
            first,
            """
            CREATE TABLE posts (author INTEGER REFERENCES users (id) ON DELETE CASCADE);
            INSERT INTO posts VALUES (1);
            """,
            """
            CREATE TABLE users2 (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
            INSERT INTO users2 SELECT id, name FROM users;
            DROP TABLE users;
            ALTER TABLE users2 RENAME TO users;
            """,
        ])
        #expect(try database.rows("SELECT author FROM posts") == [[1]])
        let error = try failure { () throws(StoreError) in try database.rows("INSERT INTO posts VALUES (2)") }
        #expect(error.code == .constraint, "foreign keys are on again")
    }
}
