import PatchbayKit

/// The name spaces that there are, as stored. All are in memory too: each login looks for one.
struct NameSpaces {
    private let store: Store
    private let selection: Statement
    private let insertion: Statement
    private let numbering: Statement
    private let lastNumber: Statement
    private let keyUpdate: Statement
    private let removals: [Statement]
    private let keys: StorageKeys

    private var ids: [[UInt8]: NameSpace.ID] = [:]
    private var spaces: [NameSpace.ID: NameSpace] = [:]

    init(_ store: Store, _ keys: StorageKeys) throws(StoreError) {
        self.store = store
        self.keys = keys
        selection = try store.prepare("SELECT id, name, sealed, secret_key FROM spaces")
        insertion = try store.prepare(
            "INSERT INTO spaces (id, name, sealed, secret_key) VALUES ($1, $2, $3, $4)"
        )
        numbering = try store.prepare("UPDATE last_space SET id = id + 1")
        lastNumber = try store.prepare("SELECT id FROM last_space")
        keyUpdate = try store.prepare("UPDATE spaces SET sealed = $2, secret_key = $3 WHERE id = $1")
        removals = [
            try store.prepare("DELETE FROM spaces WHERE id = $1"),
            try store.prepare("DELETE FROM states WHERE space = $1"),
            try store.prepare("DELETE FROM permissions WHERE space = $1"),
        ]
    }

    /// All of them, by name.
    var all: [NameSpace] { spaces.values.sorted { $0.name.lexicographicallyPrecedes($1.name) } }

    subscript(name: [UInt8]) -> NameSpace? { ids[name].flatMap { spaces[$0] } }

    subscript(id: NameSpace.ID) -> NameSpace? { spaces[id] }

    /// Reads them, and stores anew the keys that are not stored as the options say.
    ///
    /// - Returns: the name of the first whose key no option opens; nil: there is none.
    mutating func load() throws(StoreError) -> [UInt8]? {
        var rows: [(id: NameSpace.ID, name: [UInt8], stored: StorageKeys.Stored)] = []
        try selection.run { row in
            let stored = StorageKeys.Stored(isSealed: row.boolean(2), bytes: row.bytes(3))
            rows.append((row.integer(0), row.bytes(1), stored))
        }
        for row in rows {
            guard let key = keys.secretKey(row.stored, of: row.name) else { return row.name }
            let space = NameSpace(id: row.id, name: row.name, secretKey: key.bytes)
            if !key.isCurrent { try write(space) }
            put(space)
        }
        return nil
    }

    /// Makes one whose name is free.
    mutating func add(_ name: [UInt8], secretKey: [UInt8]) throws(StoreError) -> NameSpace {
        let stored = keys.stored(secretKey, of: name)
        var id: NameSpace.ID = 0
        try store.atomically { () throws(StoreError) in
            try numbering.run()
            try lastNumber.run { row in id = row.integer(0) }
            try insertion.run(id, name, stored.isSealed, Blob(stored.bytes))
        }
        let space = NameSpace(id: id, name: name, secretKey: secretKey)
        put(space)
        return space
    }

    /// Gives one another key.
    mutating func rekey(_ space: NameSpace, _ secretKey: [UInt8]) throws(StoreError) {
        let space = NameSpace(id: space.id, name: space.name, secretKey: secretKey)
        try write(space)
        put(space)
    }

    /// Removes one with all that is stored of it.
    mutating func remove(_ space: NameSpace) throws(StoreError) {
        try store.atomically { () throws(StoreError) in
            for removal in removals { try removal.run(space.id) }
        }
        ids[space.name] = nil
        spaces[space.id] = nil
    }

    private func write(_ space: NameSpace) throws(StoreError) {
        let stored = keys.stored(space.secretKey, of: space.name)
        try keyUpdate.run(space.id, stored.isSealed, Blob(stored.bytes))
    }

    private mutating func put(_ space: NameSpace) {
        ids[space.name] = space.id
        spaces[space.id] = space
    }
}
