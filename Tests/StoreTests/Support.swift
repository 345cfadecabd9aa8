import CSQLite
import Foundation
import Testing

@testable import Store

/// A folder of its own for one test, removed with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "/store-XXXXXX").utf8CString)
        path = try #require(unsafe mkdtemp(&template).map { unsafe String(cString: $0) })
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}

/// What a test binds and reads.
enum Value: Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(stringLiteral value: String) { self = .text(value) }
}

extension Statement {
    /// Binds, runs to the end, resets, and returns all rows.
    @discardableResult
    func rows(_ values: Value...) throws(StoreError) -> [[Value]] {
        let copies = values.map(BytesCopy.init)
        defer { reset() }
        for (index, value) in values.enumerated() { try bind(index + 1, value, copies[index]) }
        var rows: [[Value]] = []
        while try step() { rows.append((0..<columnCount).map(value)) }
        return rows
    }

    private func bind(_ index: Int, _ value: Value, _ copy: BytesCopy) throws(StoreError) {
        switch value {
        case .null: try bindNull(index)
        case .integer(let integer): try bind(index, integer: integer)
        case .real(let real): try bind(index, real: real)
        case .text: try unsafe bind(index, text: UnsafeRawBufferPointer(copy.buffer))
        case .blob: try unsafe bind(index, blob: UnsafeRawBufferPointer(copy.buffer))
        }
    }

    func value(_ index: Int) -> Value {
        switch columnType(index) {
        case .null: .null
        case .integer: .integer(columnInteger(index))
        case .real: .real(columnReal(index))
        case .text: .text(unsafe String(decoding: columnBytes(index), as: UTF8.self))
        case .blob: .blob(unsafe Array(columnBytes(index)))
        }
    }
}

/// Keeps a bound value's bytes in place until the run's end.
@safe
private final class BytesCopy {
    let buffer: UnsafeMutableRawBufferPointer

    init(of value: Value) {
        let bytes: [UInt8] =
            switch value {
            case .text(let text): Array(text.utf8)
            case .blob(let bytes): bytes
            default: []
            }
        unsafe buffer = .allocate(byteCount: bytes.count, alignment: 1)
        unsafe buffer.copyBytes(from: bytes)
    }

    deinit { unsafe buffer.deallocate() }
}

extension Database {
    /// Prepares in a set of its own and runs at once.
    @discardableResult
    func rows(_ sql: String) throws(StoreError) -> [[Value]] {
        let set = makeStatementSet()
        defer { set.finalize() }
        return try set.prepare(sql).rows()
    }
}

/// What somebody else's connection to the file reads.
func seenFromOutside(_ path: String, _ sql: String) throws(StoreError) -> String? {
    let reader = try SQLiteHandle(path: path, flags: SQLITE_OPEN_READWRITE)
    defer { reader.close() }
    return try reader.answer(to: sql)
}

/// The error that `body` throws; a failed test when it throws none.
func failure(of body: () throws(StoreError) -> Void) throws -> StoreError {
    do {
        try body()
    } catch {
        return error
    }
    Issue.record("nothing was thrown")
    throw CancellationError()
}

/// Runs `body` with somebody else's rights to files on this thread: root may read everything.
func withoutRights(_ body: () throws -> Void) throws {
    // Glibc's module leaves `setfsuid` out.
    typealias Call = @convention(c) (UInt32) -> Int32
    let call = unsafe dlsym(nil, "setfsuid").map { unsafe unsafeBitCast($0, to: Call.self) }
    let setfsuid = try #require(call)
    let user = setfsuid(65534)
    defer { _ = setfsuid(UInt32(user)) }
    try body()
}
