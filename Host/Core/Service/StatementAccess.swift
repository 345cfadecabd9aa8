import PatchbayABI
import Store

/// One generation's statements, behind `patchbay.store.1`.
final class StatementAccess {
    private let statements: StatementSet
    private(set) var error: [UInt8] = []
    private var running: [Int32] = []  // innermost last

    init(_ database: Database) { statements = database.makeStatementSet() }

    func end() { statements.finalize() }

    func prepare(_ sql: UnsafeBufferPointer<UInt8>) -> Int32 {
        do throws(StoreError) {
            return Int32(try unsafe statements.prepare(UnsafeRawBufferPointer(sql)))
        } catch {
            return failed(error)
        }
    }

    /// Binds, runs, and gives each row to `row` until that answers something else than 0.
    func run(
        _ statement: Int32,
        _ parameters: UnsafeBufferPointer<pb_value>,
        row: pb_on_row?,
        user: UnsafeMutableRawPointer?
    ) -> Int64 {
        let number = statement
        guard let statement = statements[Int(number)] else { return Int64(PB_GONE.rawValue) }
        guard !running.contains(number) else {
            error = Array("the statement runs already, further out; prepare it twice".utf8)
            return Int64(PB_FAILED.rawValue)
        }
        running.append(number)
        defer { running.removeLast() }
        do throws(StoreError) {
            defer { statement.reset() }
            for index in parameters.indices {
                unsafe try StatementAccess.bind(statement, index + 1, parameters[index])
            }
            unsafe try step(statement, row, user)
            return statement.changes
        } catch {
            return Int64(failed(error))
        }
    }

    func beginStep() -> Int32 {
        attempt { () throws(StoreError) in try statements.beginStep() }
    }

    func endStep(keeping: Bool) -> Int32 {
        guard running.isEmpty else { return PB_DENIED.rawValue }
        return attempt { () throws(StoreError) in try statements.endStep(keeping: keeping) }
    }

    private func attempt(_ work: () throws(StoreError) -> Void) -> Int32 {
        do throws(StoreError) {
            try work()
            return PB_OK.rawValue
        } catch {
            return failed(error)
        }
    }

    private func step(_ statement: Statement, _ row: pb_on_row?, _ user: UnsafeMutableRawPointer?)
        throws(StoreError)
    {
        guard try statement.step() else { return }
        let count = statement.columnCount
        var columns = unsafe [pb_value](repeating: pb_value(), count: count)
        repeat {
            guard let row = unsafe row else { continue }
            for index in 0..<count { unsafe columns[index] = StatementAccess.column(statement, index) }
            let answer = unsafe columns.withUnsafeBufferPointer { unsafe row(user, $0.baseAddress, count) }
            guard answer == 0 else { return }
        } while try statement.step()
    }

    private static func bind(_ statement: Statement, _ index: Int, _ value: pb_value) throws(StoreError) {
        switch unsafe pb_type(rawValue: value.type) {
        case PB_INTEGER: unsafe try statement.bind(index, integer: value.integer)
        case PB_REAL: unsafe try statement.bind(index, real: value.real)
        case PB_STRING: unsafe try statement.bind(index, text: UnsafeRawBufferPointer(value.bytes.buffer))
        case PB_BLOB: unsafe try statement.bind(index, blob: UnsafeRawBufferPointer(value.bytes.buffer))
        default: try statement.bindNull(index)
        }
    }

    private static func column(_ statement: Statement, _ index: Int) -> pb_value {
        var value = unsafe pb_value()
        switch statement.columnType(index) {
        case .null: break
        case .integer:
            unsafe value.type = PB_INTEGER.rawValue
            unsafe value.integer = statement.columnInteger(index)
        case .real:
            unsafe value.type = PB_REAL.rawValue
            unsafe value.real = statement.columnReal(index)
        case .text:
            unsafe value.type = PB_STRING.rawValue
            unsafe value.bytes = pb_bytes(statement.columnBytes(index).assumingMemoryBound(to: UInt8.self))
        case .blob:
            unsafe value.type = PB_BLOB.rawValue
            unsafe value.bytes = pb_bytes(statement.columnBytes(index).assumingMemoryBound(to: UInt8.self))
        }
        return unsafe value
    }

    private func failed(_ error: StoreError) -> Int32 {
        self.error = Array(error.description.utf8)
        return PB_FAILED.rawValue
    }
}
