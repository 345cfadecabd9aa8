import Foundation
import Testing

@testable import Store

@Suite struct DatabaseTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("test.sqlite")
    }

    private func openingFails() throws -> StoreError {
        try failure { () throws(StoreError) in _ = try Database(path: path) }
    }

    private func setting(_ name: String) throws -> String? {
        let database = try Database(path: path)
        defer { database.close() }
        return try database.handle.answer(to: "PRAGMA \(name)")
    }

    @Test(arguments: [
        ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("trusted_schema", "0"),
        ("temp_store", "2"),
    ])
    func `a database is opened with its settings`(name: String, value: String) throws {
        #expect(try setting(name) == value)
    }

    @Test func `its files are for the owner only`() throws {
        let database = try Database(path: path)
        defer { database.close() }
        try database.migrate(["CREATE TABLE a (id INTEGER)"])
        for suffix in ["", "-wal", "-shm", "-lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
        }
    }

    @Test func `a closed database is one file, which opens again`() throws {
        let database = try Database(path: path)
        try database.migrate(["CREATE TABLE a (id INTEGER)"])
        database.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == ["test.sqlite", "test.sqlite-lock"])
        #expect(try seenFromOutside(path, "SELECT name FROM sqlite_master") == "a")
        try Database(path: path).close()
    }

    @Test func `a database let go without a close is closed`() throws {
        do {
            let database = try Database(path: path)
            _ = try database.makeStatementSet().prepare("SELECT 1 UNION SELECT 2").step()
        }
        try Database(path: path).close()
    }

    @Test func `closing twice, and using what is closed, is safe`() throws {
        let database = try Database(path: path)
        let set = database.makeStatementSet()
        let statement = try set.prepare("SELECT $1")
        database.close()
        database.close()
        #expect(!database.isInTransaction)
        #expect(try failure { () throws(StoreError) in try statement.bind(1, integer: 1) }.code == .misuse)
        #expect(throws: StoreError.self) { try database.migrate(["CREATE TABLE a (id INTEGER)"]) }
        #expect(throws: StoreError.self) { try database.makeStatementSet().prepare("SELECT 1") }
        try database.commitBatch()
        try database.rollbackBatch()
    }

    @Test func `a second opener is told who has it`() throws {
        let database = try Database(path: path)
        let error = try openingFails()
        #expect(error.code == .inUse)
        #expect(error.message == "the database is in use by this very process")
        database.close()
        try Database(path: path).close()
    }

    @Test func `a second opener is told which process has it`() throws {
        // `flock` of util-linux plays the other process; it says so once it has the lock.
        let other = Process(), output = Pipe(), input = Pipe()
        other.executableURL = URL(fileURLWithPath: "/bin/sh")
        let script = "flock -n 9 && echo $$ >\"$0\" && echo locked && exec 9>&9 cat"
        other.arguments = ["-c", "exec 9>\"$0\"; \(script)", path + "-lock"]
        other.standardOutput = output
        other.standardInput = input
        try other.run()
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "locked\n")
        let error = try openingFails()
        #expect(error.code == .inUse)
        #expect(error.message == "the database is in use by process \(other.processIdentifier)")
        try input.fileHandleForWriting.close()
        other.waitUntilExit()
        try Database(path: path).close()
    }

    @Test func `a file that is no database is left as it was`() throws {
        let text = Data(repeating: UInt8(ascii: "x"), count: 5000)
        try text.write(to: URL(fileURLWithPath: path))
        let error = try openingFails()
        #expect(error.code == .corrupt)
        #expect(error.description.hasPrefix("\(path): file is not a database (SQLite 26)"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == text)
    }

    @Test func `a damaged page is told when it is read`() throws {
        let before = try Database(path: path)
        try before.migrate(["CREATE TABLE a (id INTEGER); INSERT INTO a VALUES (1)"])
        before.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.replaceSubrange(4096..<8192, with: Data(repeating: 0xee, count: 4096))
        try bytes.write(to: URL(fileURLWithPath: path))
        let database = try Database(path: path)
        defer { database.close() }
        #expect(
            try failure { () throws(StoreError) in try database.rows("SELECT * FROM a") }.code == .corrupt
        )
    }

    @Test func `a folder in the file's place is told`() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let error = try openingFails()
        #expect(error.code == .cannotOpen)
        #expect(error.description == "\(path): it is a folder; name a file in an existing folder")
    }

    @Test func `a missing folder is told`() throws {
        let error = try failure { () throws(StoreError) in _ = try Database(path: path + "/a/b.sqlite") }
        #expect(error.code == .cannotOpen)
        #expect(error.remedy == "make the folder")
    }

    @Test func `a file without permission is told`() throws {
        try Database(path: path).close()
        #expect(unsafe chmod(folder.path, 0o777) == 0)
        #expect(unsafe chmod(path + "-lock", 0o666) == 0)
        #expect(unsafe chmod(path, 0o000) == 0)
        try withoutRights {
            let error = try openingFails()
            #expect(error.code == .cannotOpen)
            #expect(error.message == "Permission denied")
        }
    }

    @Test func `a size limit holds from the opening on`() throws {
        let database = try Database(path: path, sizeLimit: 16 * 1024)
        defer { database.close() }
        let error = try failure { () throws(StoreError) in
            try database.migrate(["CREATE TABLE a (b BLOB)", "INSERT INTO a VALUES (zeroblob(100000))"])
        }
        #expect(error.code == .full)
        #expect(error.message == "migration 2: database or disk is full")
        #expect(try database.pendingMigrations(["", ""]) == 2...2)
    }
}
