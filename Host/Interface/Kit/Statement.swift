import PatchbayABI

/// A prepared statement. It lives as long as the service.
public struct Statement {
    let store: Store
    let number: Int32
    let sql: String

    /// Runs it with one value for each parameter. Answers how many rows changed.
    @discardableResult
    public func run<each Value: Storable>(_ values: repeat each Value) throws(StoreError) -> Int {
        var binding = store.bindings.take()
        defer { store.bindings.put(&binding) }
        repeat (each values).bind(to: &binding)
        return try unsafe store.run(self, &binding, nil, nil)
    }

    /// Runs it with one value for each parameter and gives each row to `body`. Answers how many rows changed.
    @discardableResult
    public func run<each Value: Storable>(
        _ values: repeat each Value,
        row body: (borrowing Row) -> Void
    ) throws(StoreError) -> Int {
        var binding = store.bindings.take()
        defer { store.bindings.put(&binding) }
        repeat (each values).bind(to: &binding)
        return try withoutActuallyEscaping(body) { body throws(StoreError) in
            var reader = RowReader(body: body)
            return try unsafe withUnsafeMutablePointer(to: &reader) { reader throws(StoreError) in
                try unsafe store.run(self, &binding, RowReader.next, reader)
            }
        }
    }
}

/// One row of an answer. Columns count from 0; one of another type reads as 0 or empty.
@safe public struct Row: ~Copyable {
    private let columns: UnsafeBufferPointer<pb_value>

    init(_ columns: UnsafePointer<pb_value>?, _ count: Int) {
        unsafe self.columns = UnsafeBufferPointer(start: columns, count: count)
    }

    /// How many columns there are.
    public var count: Int { unsafe columns.count }

    /// Whether the column is NULL, or not there.
    public func isNull(_ column: Int) -> Bool {
        unsafe value(column).type == PB_NULL.rawValue
    }

    /// A whole number.
    public func integer(_ column: Int) -> Int64 {
        unsafe value(column).integer
    }

    /// A number with a fraction.
    public func real(_ column: Int) -> Double {
        unsafe value(column).real
    }

    /// Whether the number is not 0.
    public func boolean(_ column: Int) -> Bool {
        integer(column) != 0
    }

    /// The bytes of a text or blob.
    public func bytes(_ column: Int) -> [UInt8] {
        unsafe value(column).bytes.array
    }

    /// A text.
    public func string(_ column: Int) -> String {
        unsafe value(column).bytes.string
    }

    /// Gives the bytes of a text or blob to `body`, without a copy.
    public func withBytes<Result>(_ column: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        unsafe body(value(column).bytes.buffer.span)
    }

    private func value(_ column: Int) -> pb_value {
        unsafe columns.indices.contains(column) ? columns[column] : pb_value()
    }
}

/// Carries the reader of rows through C.
struct RowReader {
    let body: (borrowing Row) -> Void

    static let next: pb_on_row = { user, columns, count in
        let row = unsafe Row(columns, count)
        unsafe user?.assumingMemoryBound(to: RowReader.self).pointee.body(row)
        return 0
    }
}
