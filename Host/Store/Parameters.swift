import CSQLite

/// Which of a statement's parameters are bound, and where SQLite keeps `$1`, `$2`, ….
///
/// SQLite numbers `$N` by first appearance, PostgreSQL by N; the store goes by N.
struct Parameters {
    /// Why a statement's parameters are none of `$1…$N`.
    struct Mistake: Error {
        let message: String
        let remedy: String
    }

    private var positions: [Int32]  // of $1, $2, …
    private var isBound: [Bool]
    private var unboundCount: Int

    init(of statement: OpaquePointer) throws(Mistake) {
        let count = unsafe sqlite3_bind_parameter_count(statement)
        positions = Array(repeating: 0, count: Int(count))
        for position in 0..<count {
            let name = unsafe sqlite3_bind_parameter_name(statement, position + 1).map {
                unsafe String(cString: $0)
            }
            let number = try Self.number(name ?? "?")
            guard number <= count else {
                throw Mistake(
                    message: "the parameter $\(number) is one of only \(count)",
                    remedy: "number them $1…$\(count) without a gap"
                )
            }
            positions[number - 1] = position + 1
        }
        isBound = Array(repeating: false, count: Int(count))
        unboundCount = Int(count)
    }

    var count: Int { positions.count }

    var firstUnbound: Int? {
        guard unboundCount > 0 else { return nil }
        return isBound.firstIndex(of: false).map { $0 + 1 }
    }

    /// SQLite's position of `$index`; nil where there is none.
    func position(of index: Int) -> Int32? {
        index >= 1 && index <= positions.count ? positions[index - 1] : nil
    }

    mutating func noteBound(_ index: Int) {
        if !isBound[index - 1] { unboundCount -= 1 }
        isBound[index - 1] = true
    }

    mutating func forgetAll() {
        guard unboundCount < isBound.count else { return }
        for index in isBound.indices { isBound[index] = false }
        unboundCount = isBound.count
    }

    private static func number(_ name: String) throws(Mistake) -> Int {
        guard let number = Int(name.dropFirst()), name == "$\(number)", number >= 1 else {
            let remedy =
                name.dropFirst().contains(":")
                ? "write CAST($1 AS …) instead of ::, which SQLite takes for a part of the name"
                : "name the parameters $1, $2, …"
            throw Mistake(message: "the parameter \(name) is not a number", remedy: remedy)
        }
        return number
    }
}
