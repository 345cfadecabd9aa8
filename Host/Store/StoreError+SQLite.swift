import CSQLite

extension StoreError.Code {
    /// The kind of failure behind one of SQLite's result codes, extended or not.
    init(sqlite result: Int32) {
        self =
            switch result & 0xff {
            case SQLITE_FULL: .full
            case SQLITE_IOERR, SQLITE_NOLFS: .io
            case SQLITE_CONSTRAINT, SQLITE_MISMATCH: .constraint
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
            case SQLITE_ERROR, SQLITE_SCHEMA: .syntax
            case SQLITE_AUTH: .refused
            case SQLITE_MISUSE, SQLITE_RANGE: .misuse
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY: .cannotOpen
            case SQLITE_TOOBIG: .tooBig
            default: .other
            }
    }
}
