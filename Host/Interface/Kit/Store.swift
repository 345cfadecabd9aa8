import PatchbayABI

/// The service's database. What one batch of messages writes is one transaction, and what the batch sends
/// leaves when that is committed.
@safe public struct Store {
    let host: Host
    let bindings = BindingPool()
    private let table: UnsafePointer<pb_store>

    init?(_ host: Host) {
        guard let found = unsafe host.table.pointee.capability(host.context, PB_STORE) else { return nil }
        self.host = host
        unsafe table = found.assumingMemoryBound(to: pb_store.self)
    }

    /// Prepares a statement for the whole life of the service.
    ///
    /// - Parameter sql: as both SQLite and PostgreSQL take it, with parameters $1, $2, …
    public func prepare(_ sql: String) throws(StoreError) -> Statement {
        let number = unsafe sql.lend { unsafe table.pointee.prepare(host.context, $0) }
        guard number >= 0 else { throw failure(Int64(number), sql) }
        return Statement(store: self, number: number, sql: sql)
    }

    /// Runs what stands or falls together, inside the batch: when `work` throws, nothing that it wrote stands.
    public func atomically<Result>(_ work: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        guard unsafe table.pointee.size >= UInt32(MemoryLayout<pb_store>.size) else {
            throw StoreError(description: "this host is older than interface 1.2; update it", sql: "begin")
        }
        try check(unsafe table.pointee.begin(host.context), "begin")
        do throws(StoreError) {
            let result = try work()
            try check(unsafe table.pointee.end(host.context, 1), "end")
            return result
        } catch {
            // Where this fails too, the whole batch is lost, and is reported as that.
            _ = unsafe table.pointee.end(host.context, 0)
            throw error
        }
    }

    private func check(_ answer: Int32, _ what: String) throws(StoreError) {
        guard answer < 0 else { return }
        throw failure(Int64(answer), what)
    }

    func run(
        _ statement: Statement,
        _ binding: inout Binding,
        _ row: pb_on_row?,
        _ user: UnsafeMutableRawPointer?
    ) throws(StoreError) -> Int {
        let changed = unsafe binding.lend { values, count in
            unsafe table.pointee.run(host.context, statement.number, values, count, row, user)
        }
        guard changed >= 0 else { throw failure(changed, statement.sql) }
        return Int(changed)
    }

    private func failure(_ answer: Int64, _ sql: String) -> StoreError {
        let sentence = unsafe table.pointee.error(host.context).string
        let status = Status(Int32(clamping: answer))
        return StoreError(description: sentence.isEmpty ? "the store answered \(status)" : sentence, sql: sql)
    }
}

/// Why the database did not do it.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The host's sentence.
    public let description: String
    /// The statement.
    public let sql: String
}
