import CSQLite
import Testing

@testable import Store

@Suite struct BatchTests {
    private let folder: TemporaryFolder
    private let path: String
    private let database: Database
    private let set: StatementSet
    private let insert: Statement
    private let count: Statement

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("test.sqlite")
        database = try Database(path: path)
        try database.migrate([
            """
            CREATE TABLE lines (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
            CREATE TABLE marks (line INTEGER REFERENCES lines (id) DEFERRABLE INITIALLY DEFERRED);
            """
        ])
        set = database.makeStatementSet()
        insert = try set.prepare("INSERT INTO lines (text) VALUES ($1)")
        count = try set.prepare("SELECT count(*) FROM lines")
    }

    private func countOutside() throws -> String? { try seenFromOutside(path, "SELECT count(*) FROM lines") }

    @Test func `the first write begins a transaction, a read does not`() throws {
        try count.rows()
        #expect(!database.isInTransaction)
        try insert.rows("a")
        #expect(database.isInTransaction)
        try database.commitBatch()
        #expect(!database.isInTransaction)
    }

    @Test func `others see a batch only after its commit, and all of it`() throws {
        try insert.rows("a")
        try insert.rows("b")
        #expect(try count.rows() == [[2]])
        #expect(try countOutside() == "0")
        try database.commitBatch()
        #expect(try countOutside() == "2")
    }

    @Test func `a rollback undoes the batch, and the next one is a new one`() throws {
        try insert.rows("a")
        try database.rollbackBatch()
        #expect(!database.isInTransaction)
        try insert.rows("b")
        try database.commitBatch()
        #expect(try database.rows("SELECT text FROM lines") == [["b"]])
    }

    @Test func `ending a batch that wrote nothing does nothing`() throws {
        try database.commitBatch()
        try database.rollbackBatch()
        try count.rows()
        try database.commitBatch()
        #expect(!database.isInTransaction)
    }

    @Test(arguments: [Value.text("a"), .null])
    func `a statement that breaks a rule undoes itself, not the batch`(value: Value) throws {
        try insert.rows("a")
        let error = try failure { () throws(StoreError) in try insert.rows(value) }
        #expect(error.code == .constraint)
        #expect([SQLITE_CONSTRAINT | 8 << 8, SQLITE_CONSTRAINT | 5 << 8].contains(error.extendedCode))
        try insert.rows("c")
        try database.commitBatch()
        #expect(try countOutside() == "2")
    }

    @Test func `a statement that fails at its third row keeps none of them`() throws {
        try insert.rows("a")
        let many = try set.prepare("INSERT INTO lines (text) VALUES ('x'), ('y'), ('a')")
        #expect(try failure { () throws(StoreError) in try many.run() }.code == .constraint)
        try database.commitBatch()
        #expect(try database.rows("SELECT text FROM lines") == [["a"]])
    }

    @Test func `a step that is undone takes along what it wrote, and nothing else`() throws {
        try set.beginStep()
        try insert.rows("a")
        try set.endStep(keeping: true)
        try set.beginStep()
        try insert.rows("b")
        try set.beginStep()
        try insert.rows("c")
        try set.endStep(keeping: true)
        try set.endStep(keeping: false)
        try insert.rows("d")
        try database.commitBatch()
        #expect(try database.rows("SELECT text FROM lines") == [["a"], ["d"]])
    }

    @Test func `a step needs a beginning in its own batch, and survives no lost batch`() throws {
        #expect(throws: StoreError.self) { try set.endStep(keeping: true) }
        try set.beginStep()
        try insert.rows("a")
        try database.commitBatch()
        #expect(throws: StoreError.self) { try set.endStep(keeping: false) }
        try set.beginStep()
        let drastic = try set.prepare("INSERT OR ROLLBACK INTO lines (text) VALUES ('a')")
        #expect(throws: StoreError.self) { try drastic.run() }
        #expect(try failure { () throws(StoreError) in try set.endStep(keeping: false) }.code == .batchLost)
        try database.rollbackBatch()
        #expect(try database.rows("SELECT text FROM lines") == [["a"]])
    }

    @Test func `a batch that SQLite rolled back never passes for a committed one`() throws {
        try insert.rows("a")
        let drastic = try set.prepare("INSERT OR ROLLBACK INTO lines (text) VALUES ('a')")
        #expect(try failure { () throws(StoreError) in try drastic.run() }.code == .constraint)
        #expect(try failure { () throws(StoreError) in try insert.rows("b") }.code == .batchLost)
        #expect(try failure { () throws(StoreError) in try count.rows() }.code == .batchLost)
        #expect(try failure { () throws(StoreError) in try database.commitBatch() }.code == .batchLost)
        try insert.rows("c")
        try database.commitBatch()
        #expect(try database.rows("SELECT text FROM lines") == [["c"]])
    }

    @Test func `a rollback, too, ends a lost batch`() throws {
        try insert.rows("a")
        let drastic = try set.prepare("INSERT OR ROLLBACK INTO lines (text) VALUES ('a')")
        #expect(throws: StoreError.self) { try drastic.run() }
        try database.rollbackBatch()
        try insert.rows("c")
        try database.commitBatch()
        #expect(try countOutside() == "1")
    }

    @Test func `a rule checked at the commit fails it, and the database works on`() throws {
        try insert.rows("a")
        try set.prepare("INSERT INTO marks VALUES (99)").run()
        let error = try failure { () throws(StoreError) in try database.commitBatch() }
        #expect(error.code == .constraint)
        #expect(!database.isInTransaction)
        #expect(try countOutside() == "0")
        try insert.rows("b")
        try database.commitBatch()
        #expect(try countOutside() == "1")
    }

    @Test func `a full database fails the write, and works on when there is room`() throws {
        let big = try set.prepare("INSERT INTO lines (text) VALUES ($1 || CAST(zeroblob(20000) AS TEXT))")
        try database.limitSize(to: 64 * 1024)
        var written = 0
        let error = try failure { () throws(StoreError) in
            for number in 0..<100 {
                try big.rows(.text("\(number)"))
                try database.commitBatch()
                written += 1
            }
        }
        #expect(error.code == .full)
        #expect(error.description.contains("database or disk is full (SQLite 13)"))
        try database.rollbackBatch()
        #expect(try countOutside() == "\(written)")
        try database.limitSize(to: nil)
        try big.rows("more")
        try database.commitBatch()
        #expect(try countOutside() == "\(written + 1)")
    }

    @Test func `rows not yet read do not keep a batch from its end`() throws {
        try insert.rows("a")
        let returning = try set.prepare("INSERT INTO lines (text) VALUES ('b'), ('c') RETURNING id")
        let select = try set.prepare("SELECT id FROM lines")
        #expect(try select.step())
        #expect(try returning.step())
        try database.commitBatch()
        #expect(try countOutside() == "3")
        #expect(try failure { () throws(StoreError) in _ = try returning.step() }.code == .misuse)
        #expect(try failure { () throws(StoreError) in _ = try select.step() }.code == .misuse)
        returning.reset()
        select.reset()
        #expect(try select.rows().count == 3)
    }

    @Test func `a read left open ends with a batch that wrote nothing`() throws {
        try insert.rows("a")
        try database.commitBatch()
        #expect(try set.prepare("SELECT id FROM lines").step())
        try database.commitBatch()
        try insert.rows("b")
        try database.commitBatch()
        #expect(try seenFromOutside(path, "PRAGMA wal_checkpoint(TRUNCATE)") == "0")
    }

    @Test func `a batch reads one state of the file, and the next one the next`() throws {
        #expect(try count.rows() == [[0]])
        let outsider = try SQLiteHandle(path: path, flags: SQLITE_OPEN_READWRITE)
        try outsider.run("INSERT INTO lines (text) VALUES ('theirs')")
        #expect(try count.rows() == [[0]])
        try database.commitBatch()
        #expect(try count.rows() == [[1]])
    }

    @Test func `a write after reads sees what others wrote meanwhile`() throws {
        #expect(try count.rows() == [[0]])
        let outsider = try SQLiteHandle(path: path, flags: SQLITE_OPEN_READWRITE)
        try outsider.run("INSERT INTO lines (text) VALUES ('theirs')")
        try insert.rows("ours")
        #expect(try count.rows() == [[2]])
        try database.commitBatch()
        #expect(try countOutside() == "2")
    }

    @Test func `a write inside the rows of a read goes into the same batch`() throws {
        try insert.rows("a")
        try database.commitBatch()
        let select = try set.prepare("SELECT text FROM lines")
        #expect(try select.step())
        try insert.rows("b")
        #expect(select.value(0) == "a")
        select.reset()
        try database.commitBatch()
        #expect(try countOutside() == "2")
    }

    @Test func `a writer from outside makes a write fail as busy, not hang`() throws {
        let outsider = try SQLiteHandle(path: path, flags: SQLITE_OPEN_READWRITE)
        try outsider.run("BEGIN IMMEDIATE")
        #expect(try failure { () throws(StoreError) in try insert.rows("a") }.code == .busy)
        try outsider.run("COMMIT")
        try insert.rows("a")
        try database.commitBatch()
        #expect(try countOutside() == "1")
    }

    @Test func `closing undoes an uncommitted batch`() throws {
        try insert.rows("a")
        try database.commitBatch()
        try insert.rows("b")
        database.close()
        #expect(try countOutside() == "1")
        #expect(try failure { () throws(StoreError) in try insert.rows("c") }.code == .misuse)
    }
}
