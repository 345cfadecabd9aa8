import Foundation
import Synchronization
import Testing

@testable import Store

@Suite struct BackupTests {
    private let folder: TemporaryFolder
    private let path: String
    private let copy: String
    private let database: Database

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("test.sqlite")
        copy = folder.file("copy.sqlite")
        database = try Database(path: path)
        try database.migrate(["CREATE TABLE pairs (a INTEGER, b INTEGER)"])
    }

    @Test func `a copy has what was committed, not the batch in progress`() throws {
        try database.rows("INSERT INTO pairs VALUES (1, 1)")
        try database.commitBatch()
        try database.rows("INSERT INTO pairs VALUES (2, 2)")
        try database.backup(to: copy)
        #expect(database.isInTransaction)
        try database.commitBatch()
        let restored = try Database(path: copy)
        defer { restored.close() }
        #expect(try restored.rows("SELECT a FROM pairs") == [[1]])
        #expect(try restored.pendingMigrations([""]) == nil)
        #expect(try database.rows("SELECT a FROM pairs") == [[1], [2]])
    }

    @Test func `a copy is for the owner only, and leaves no files beside it`() throws {
        try database.backup(to: copy)
        let attributes = try FileManager.default.attributesOfItem(atPath: copy)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.filter { $0.hasPrefix("copy") } == ["copy.sqlite"])
    }

    @Test func `each copy made while another thread writes holds whole batches`() throws {
        let isDone = Atomic(false)
        let path = path
        let copies = (0..<5).map { folder.file("copy-\($0).sqlite") }
        let results = Mutex<[Result<Void, StoreError>]>([])
        let thread = Thread {
            for copy in copies {
                let result = Result { () throws(StoreError) in try Database.backup(of: path, to: copy) }
                results.withLock { $0.append(result) }
            }
            isDone.store(true, ordering: .releasing)
        }
        thread.start()
        let set = database.makeStatementSet()
        let insert = try set.prepare("INSERT INTO pairs VALUES ($1, $2)")
        var number: Int64 = 0
        repeat {
            number += 1
            try insert.rows(.integer(number), 0)
            try insert.rows(.integer(number), 1)
            try database.commitBatch()
        } while !isDone.load(ordering: .acquiring)
        for result in results.withLock({ $0 }) { try result.get() }
        for copy in copies {
            #expect(try seenFromOutside(copy, "PRAGMA integrity_check") == "ok")
            #expect(try seenFromOutside(copy, "SELECT count(*) % 2 FROM pairs") == "0")
        }
    }

    @Test func `a copy does not write over a file`() throws {
        try Data("precious".utf8).write(to: URL(fileURLWithPath: copy))
        let error = try failure { () throws(StoreError) in try database.backup(to: copy) }
        #expect(error.description == "\(path): \(copy): it exists already; name a new file")
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == Data("precious".utf8))
    }

    @Test func `a copy into a missing folder is an error`() throws {
        let error = try failure { () throws(StoreError) in try database.backup(to: copy + "/copy.sqlite") }
        #expect(error.code == .cannotOpen)
    }
}
