import CSQLite

/// The five kinds of value that a column or a parameter can have.
package enum SQLType: UInt8, Sendable {
    case null, integer, real, text, blob

    init(sqlite type: Int32) {
        self =
            switch type {
            case SQLITE_INTEGER: .integer
            case SQLITE_FLOAT: .real
            case SQLITE_TEXT: .text
            case SQLITE_BLOB: .blob
            default: .null
            }
    }
}
