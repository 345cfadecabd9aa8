import CSQLite

/// Decides, while SQLite compiles a plugin's SQL, what leads out of its tables or into the host's business.
enum Authorizer {
    /// Has `handle` ask for each statement compiled from now on. `handle` must outlive its connection.
    static func install(on handle: SQLiteHandle) {
        let context = unsafe Unmanaged.passUnretained(handle).toOpaque()
        unsafe sqlite3_set_authorizer(
            handle.pointer,
            { context, action, first, second, _, _ in
                guard let context = unsafe context else { return SQLITE_DENY }
                let handle = unsafe Unmanaged<SQLiteHandle>.fromOpaque(context).takeUnretainedValue()
                guard handle.audience == .plugin else { return SQLITE_OK }
                guard let refusal = unsafe Authorizer.refusal(action, first, second) else { return SQLITE_OK }
                handle.refusal = refusal
                return SQLITE_DENY
            },
            context
        )
    }

    /// Why a plugin may not do this; nil when it may.
    private static func refusal(
        _ action: Int32,
        _ first: UnsafePointer<CChar>?,
        _ second: UnsafePointer<CChar>?
    ) -> String? {
        switch action {
        case SQLITE_ATTACH, SQLITE_DETACH:
            return "ATTACH and VACUUM reach other files; a service has one database"
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT:
            return "the host opens and ends transactions, one for each batch"
        case SQLITE_PRAGMA:
            // ALTER TABLE … ADD COLUMN checks existing rows by this one.
            return unsafe name(first) == "quick_check" ? nil : "PRAGMA is the host's: it sets the database up"
        case SQLITE_CREATE_VTABLE, SQLITE_DROP_VTABLE:
            return "virtual tables are SQLite's alone; the store takes SQL that PostgreSQL takes, too"
        case SQLITE_FUNCTION:
            let function = unsafe name(second)
            return ["load_extension", "fts3_tokenizer"].contains(function) ? "\(function)() loads code" : nil
        default:
            return nil
        }
    }

    private static func name(_ text: UnsafePointer<CChar>?) -> String {
        unsafe text.map { unsafe String(cString: $0).lowercased() } ?? ""
    }
}
