/// What the store could not do: the file, what is wrong, the SQL where there is one, and what to do now.
package struct StoreError: Error, Equatable, CustomStringConvertible {
    /// What kind of failure it is; what a caller decides by.
    package enum Code: String, Sendable {
        /// No room: the disk's or the database's own limit.
        case full
        /// The disk failed to read, write or sync.
        case io
        /// The rows would break a rule of the tables (unique, not null, check, foreign key).
        case constraint
        /// Another process writes to the file.
        case busy
        /// The file is damaged, or is no database.
        case corrupt
        /// SQLite does not understand the SQL, or a table or column is missing.
        case syntax
        /// The SQL asks for what a plugin may not do.
        case refused
        /// The store was used wrongly: a parameter not bound, a statement run twice without a reset.
        case misuse
        /// The database was made by a newer version of the plugin.
        case newer
        /// Another process has the database open as its own.
        case inUse
        /// The file cannot be opened, created or written.
        case cannotOpen
        /// A value or statement is too large.
        case tooBig
        /// The batch's transaction was rolled back before its end.
        case batchLost
        /// What SQLite reports and no other case names.
        case other
    }

    /// What kind of failure it is.
    package let code: Code
    /// SQLite's extended result code; 0 where SQLite was not asked.
    package let extendedCode: Int32
    /// What is wrong, mostly in SQLite's words.
    package let message: String
    /// What the reader can do now.
    package let remedy: String
    /// The statement that failed.
    package let sql: String?
    /// The database's file.
    package let path: String

    init(
        _ code: Code,
        _ message: String,
        remedy: String? = nil,
        extendedCode: Int32 = 0,
        sql: String? = nil,
        path: String
    ) {
        self.code = code
        self.extendedCode = extendedCode
        self.message = message
        self.remedy = remedy ?? code.remedy
        self.sql = sql
        self.path = path
    }

    /// `var/gg.sqlite: UNIQUE constraint failed: users.name (SQLite 2067) in "INSERT …"; REMEDY`.
    package var description: String {
        let number = extendedCode == 0 ? "" : " (SQLite \(extendedCode))"
        let place = sql.map { " in \"\(Self.shortened($0))\"" } ?? ""
        return "\(path): \(message)\(number)\(place); \(remedy)"
    }

    private static func shortened(_ sql: String) -> String {
        let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > 300 ? line.prefix(299) + "…" : line
    }
}

extension StoreError.Code {
    /// What to do where the place that failed knows nothing better.
    fileprivate var remedy: String {
        switch self {
        case .full:
            "make room on the disk or raise the service's limit; the store works on when there is room"
        case .io: "look at the disk and the kernel's log (dmesg)"
        case .constraint: "nothing of this statement was kept; the rest of the batch stands"
        case .busy: "end the other process that writes to this file, then try again"
        case .corrupt: "restore the file from a backup, or move it away to begin with an empty one"
        case .syntax: "correct the SQL, or add a migration that makes what is missing"
        case .refused: "leave it out; a plugin's SQL stays inside its own tables"
        case .misuse: "correct the plugin"
        case .newer: "install the newer plugin again, or restore the backup made before it ran"
        case .inUse: "end that process, or give this service another state folder"
        case .cannotOpen: "make the file and its folder readable and writable for this user"
        case .tooBig: "store it in smaller pieces"
        case .batchLost: "nothing of this batch is kept; begin it again"
        case .other: "see https://www.sqlite.org/rescode.html"
        }
    }
}
