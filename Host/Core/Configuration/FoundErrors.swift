/// The errors found so far. Past a limit they are only counted: a bad file may have millions.
struct FoundErrors {
    static let limit = 1_000

    private(set) var list: [ConfigurationError] = []
    private(set) var unkept = 0

    var isEmpty: Bool { list.isEmpty }

    /// Keeps an error. The remedy is not worked out when the list is full: looking for it may be slow.
    mutating func add(
        _ code: ConfigurationError.Code,
        at position: SourcePosition,
        _ message: @autoclosure () -> String,
        _ remedy: @autoclosure () -> String
    ) {
        add(ConfigurationError(code, at: position, message(), remedy()))
    }

    mutating func add(_ error: @autoclosure () -> ConfigurationError) {
        guard list.count < Self.limit else {
            unkept += 1
            return
        }
        list.append(error())
    }

    /// The errors by file in the order of `files`, line and column; those of one place as they were found.
    func sorted(files: [String]) -> ConfigurationErrors {
        let ranks = Dictionary(files.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let keyed = list.enumerated().map { found, error in
            (key: (ranks[error.file] ?? files.count, error.line, error.column, found), error: error)
        }
        var all = keyed.sorted { $0.key < $1.key }.map(\.error)
        if unkept > 0, let last = all.last {
            let end = SourcePosition(file: last.file, line: last.line, column: last.column)
            let message = "\(unkept) more errors are not shown"
            all.append(ConfigurationError(.tooMuch, at: end, message, "correct these first"))
        }
        return ConfigurationErrors(all)
    }
}
