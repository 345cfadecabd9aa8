import Testing

@testable import Store

@Suite struct StatementTests {
    private let folder: TemporaryFolder
    private let database: Database
    private let set: StatementSet

    init() throws {
        folder = try TemporaryFolder()
        database = try Database(path: folder.file("test.sqlite"))
        set = database.makeStatementSet()
        try database.migrate([
            "CREATE TABLE things (id INTEGER PRIMARY KEY, thing, name TEXT UNIQUE CHECK (name <> 'bad'))"
        ])
    }

    @Test(arguments: [
        Value.null, .integer(.min), .integer(.max), 0, .real(-0.5), .real(.infinity),
        .real(.leastNonzeroMagnitude),
        "", "plain", "with\0zero", "👩‍👩‍👧‍👦 и 漢字", .blob([]), .blob([0]), .blob(Array(0...255)),
    ])
    func `a value comes back as it went in`(value: Value) throws {
        try set.prepare("INSERT INTO things (thing) VALUES ($1)").rows(value)
        #expect(try set.prepare("SELECT thing FROM things").rows() == [[value]])
        try database.commitBatch()
        #expect(try set.prepare("SELECT thing FROM things").rows() == [[value]])
    }

    @Test func `parameters go by their number, not by their order in the SQL`() throws {
        let statement = try set.prepare("SELECT $2, $1, $2")
        #expect(statement.parameterCount == 2)
        #expect(try statement.rows("one", "two") == [["two", "one", "two"]])
    }

    @Test(arguments: [
        ("SELECT ?", "the parameter ? is not a number"),
        ("SELECT ?1", "the parameter ?1 is not a number"),
        ("SELECT :name", "the parameter :name is not a number"),
        ("SELECT $name", "the parameter $name is not a number"),
        ("SELECT $01", "the parameter $01 is not a number"),
        ("SELECT $0", "the parameter $0 is not a number"),
        ("SELECT $1::text", "the parameter $1::text is not a number"),
        ("SELECT $1, $3", "the parameter $3 is one of only 2"),
        ("SELECT $99999999999999999999", "the parameter $99999999999999999999 is not a number"),
    ])
    func `parameters that PostgreSQL would not take are refused`(sql: String, message: String) throws {
        let error = try failure { () throws(StoreError) in _ = try set.prepare(sql) }
        #expect(error.code == .syntax)
        #expect(error.message == message)
    }

    @Test func `a parameter too few is an error, not NULL`() throws {
        let statement = try set.prepare("INSERT INTO things (id, thing) VALUES ($1, $2)")
        let error = try failure { () throws(StoreError) in try statement.rows(1) }
        #expect(error.code == .misuse)
        #expect(error.message == "$2 is not bound")
        #expect(try database.rows("SELECT * FROM things").isEmpty)
    }

    @Test(arguments: [-1, 0, 2, Int.max, Int.min])
    func `a parameter that is not there is an error`(index: Int) throws {
        let statement = try set.prepare("SELECT $1")
        let error = try failure { () throws(StoreError) in try statement.bind(index, integer: 1) }
        #expect(error.code == .misuse)
        #expect(error.message == "there is no parameter $\(index); the statement has 1")
    }

    @Test func `what was bound is forgotten with the reset`() throws {
        let statement = try set.prepare("SELECT $1")
        #expect(try statement.rows("first") == [["first"]])
        #expect(
            try failure { () throws(StoreError) in _ = try statement.step() }.message == "$1 is not bound"
        )
    }

    @Test func `a statement that has ended does not run again without a reset`() throws {
        let statement = try set.prepare("INSERT INTO things (thing) VALUES (1)")
        #expect(try statement.step() == false)
        #expect(try failure { () throws(StoreError) in _ = try statement.step() }.code == .misuse)
        statement.reset()
        #expect(try statement.step() == false)
        #expect(try database.rows("SELECT count(*) FROM things") == [[2]])
    }

    @Test func `a reset in the middle of the rows begins anew`() throws {
        let statement = try set.prepare("SELECT $1 UNION ALL SELECT 2")
        try statement.bind(1, integer: 1)
        #expect(try statement.step())
        statement.reset()
        #expect(try statement.rows("again") == [["again"], [2]])
    }

    @Test func `binding while a statement runs is an error`() throws {
        let statement = try set.prepare("SELECT $1 UNION ALL SELECT 2")
        try statement.bind(1, integer: 1)
        #expect(try statement.step())
        #expect(try failure { () throws(StoreError) in try statement.bind(1, integer: 3) }.code == .misuse)
    }

    @Test(arguments: [Int.min, -1, 1, 1 << 40, Int.max])
    func `a column that is not there reads as NULL`(index: Int) throws {
        let statement = try set.prepare("SELECT 'x'")
        #expect(try statement.step())
        #expect(statement.value(index) == .null)
        #expect(statement.columnName(index) == "")
        #expect(unsafe statement.columnBytes(index).isEmpty)
    }

    @Test func `without a row all columns read as NULL`() throws {
        let statement = try set.prepare("SELECT 'x' AS letter")
        #expect(statement.value(0) == .null)
        #expect(try statement.step())
        #expect(statement.value(0) == "x")
        #expect(statement.columnName(0) == "letter")
        #expect(try statement.step() == false)
        #expect(statement.value(0) == .null)
    }

    @Test func `a conflict updates, and RETURNING answers`() throws {
        let statement = try set.prepare(
            """
            INSERT INTO things (id, thing) VALUES ($1, $2)
            ON CONFLICT (id) DO UPDATE SET thing = excluded.thing RETURNING id, thing
            """
        )
        #expect(statement.isWrite)
        #expect(try statement.rows(7, "old") == [[7, "old"]])
        #expect(try statement.rows(7, "new") == [[7, "new"]])
        #expect(try database.rows("SELECT thing FROM things") == [["new"]])
    }

    @Test func `changes counts the rows of the last run`() throws {
        let insert = try set.prepare("INSERT INTO things (thing) VALUES (1), (2), (3)")
        try insert.run()
        #expect(insert.changes == 3)
        let select = try set.prepare("SELECT * FROM things")
        try select.run()
        #expect(select.changes == 0)
        #expect(!select.isWrite)
        let update = try set.prepare("UPDATE things SET thing = 0 WHERE thing = $1")
        try update.rows(9)
        #expect(update.changes == 0)
    }

    @Test func `each row is given to the body, and the statement is free again`() throws {
        let statement = try set.prepare("SELECT 1 UNION ALL SELECT 2")
        for _ in 0..<2 {
            var seen: [Int64] = []
            try statement.forEachRow { seen.append($0.columnInteger(0)) }
            #expect(seen == [1, 2])
        }
    }

    @Test(arguments: [
        ("", "there is no statement in this SQL"),
        (" -- nothing\n ; /* at all */", "there is no statement in this SQL"),
        ("SELECT 1; SELECT 2", "there are two statements in one"),
    ])
    func `a set takes one statement at a time`(sql: String, message: String) throws {
        let error = try failure { () throws(StoreError) in _ = try set.prepare(sql) }
        #expect(error.code == .misuse)
        #expect(error.message == message)
        #expect(set.count == 0)
    }

    @Test func `blanks and comments around a statement are nothing`() throws {
        #expect(try set.prepare("; -- one\n /* two */ SELECT 1; -- three\n;").rows() == [[1]])
    }

    @Test func `a zero byte in the SQL is an error`() throws {
        let error = try failure { () throws(StoreError) in _ = try set.prepare("SELECT 1\0 WHERE 0") }
        #expect(error.code == .syntax)
    }

    @Test func `a mistake in the SQL is shown with the SQL`() throws {
        let error = try failure { () throws(StoreError) in _ = try set.prepare("SELEC 1") }
        #expect(error.code == .syntax)
        #expect(error.sql == "SELEC 1")
        #expect(error.description.contains("near \"SELEC\": syntax error (SQLite 1) in \"SELEC 1\""))
    }

    @Test func `statements are found by their index until the set ends`() throws {
        let sql: StaticString = "SELECT 5"
        let bytes = unsafe UnsafeRawBufferPointer(start: sql.utf8Start, count: sql.utf8CodeUnitCount)
        let index = try unsafe set.prepare(bytes)
        let statement = try #require(set[index])
        #expect(try statement.rows() == [[5]])
        #expect(set[index + 1] == nil && set[-1] == nil)
        set.finalize()
        #expect(set[index] == nil)
        #expect(try failure { () throws(StoreError) in _ = try statement.step() }.code == .misuse)
        #expect(statement.value(0) == .null && statement.columnCount == 0)
        #expect(try failure { () throws(StoreError) in _ = try set.prepare("SELECT 1") }.code == .misuse)
    }

    @Test func `one generation's end leaves the other's statements alone`() throws {
        let next = database.makeStatementSet()
        let statement = try next.prepare("SELECT 1")
        _ = try set.prepare("SELECT 2").step()
        set.finalize()
        #expect(try statement.rows() == [[1]])
    }

    @Test func `a plugin that prepares for each message is told`() throws {
        for _ in 0..<StatementSet.limit { _ = try set.prepare("SELECT 1") }
        #expect(try failure { () throws(StoreError) in _ = try set.prepare("SELECT 1") }.code == .misuse)
    }

    @Test func `a statement goes on after the table has changed`() throws {
        let statement = try set.prepare("SELECT * FROM things")
        #expect(try statement.rows().isEmpty)
        try database.rows("ALTER TABLE things ADD COLUMN more DEFAULT 4")
        try database.rows("INSERT INTO things (id) VALUES (1)")
        #expect(try statement.rows() == [[1, .null, .null, 4]])
    }
}
