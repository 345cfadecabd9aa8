import JSON
import PatchbayKit

/// The accounts: all in memory, and each change stored first.
struct Accounts {
    private let store: Store
    private let insertion: Statement
    private let lastUpdate: Statement
    private let update: Statement
    private let deletion: Statement
    private var accounts: [Account.ID: Account] = [:]
    private var ids: [[UInt8]: Account.ID] = [:]  // by the bytes of the names
    private var last: Account.ID = 0

    init(_ store: Store) throws(StoreError) {
        self.store = store
        insertion = try store.prepare(
            """
            INSERT INTO accounts (id, username, password, first_name, last_name, photo_url)
            VALUES ($1, $2, $3, $4, $5, $6)
            """
        )
        lastUpdate = try store.prepare("UPDATE last_account SET id = $1")
        update = try store.prepare(
            """
            UPDATE accounts SET password = $2, first_name = $3, last_name = $4, photo_url = $5 WHERE id = $1
            """
        )
        deletion = try store.prepare("DELETE FROM accounts WHERE id = $1")
        try load()
    }

    private mutating func load() throws(StoreError) {
        let selection = try store.prepare(
            "SELECT id, username, password, first_name, last_name, photo_url FROM accounts"
        )
        var found: [Account] = []
        try selection.run { row in
            found.append(
                Account(
                    id: row.integer(0),
                    username: row.string(1),
                    hash: row.bytes(2),
                    firstName: row.isNull(3) ? nil : row.string(3),
                    lastName: row.isNull(4) ? nil : row.string(4),
                    photo: row.isNull(5) ? nil : row.string(5)
                )
            )
        }
        for account in found { put(account) }
        var last: Account.ID = 0
        try store.prepare("SELECT id FROM last_account").run { row in last = row.integer(0) }
        self.last = last
    }

    // MARK: Finding

    subscript(id: Account.ID) -> Account? { accounts[id] }

    subscript(username: String) -> Account? { ids[Array(username.utf8)].flatMap { accounts[$0] } }

    /// The account that somebody logs in to: by its name, or by its id in digits.
    func account(enteredAs name: String) -> Account? {
        self[name] ?? Account.ID(digits: name.utf8).flatMap { self[$0] }
    }

    /// By their ids.
    var all: [Account] { accounts.values.sorted { $0.id < $1.id } }

    /// What bots are told of a client: the account as JSON, or `None`.
    func description(of id: Account.ID?) -> [UInt8] {
        guard let id, let account = accounts[id] else { return Array("None".utf8) }
        var writer = JSONWriter()
        writer.beginObject()
        account.write(&writer)
        writer.endObject()
        return writer.bytes
    }

    // MARK: Changing

    /// Adds one under an id that nobody has had before.
    mutating func add(_ make: (Account.ID) -> Account) throws(AdministrationError) -> Account {
        let account = make(last + 1)
        try store.changing { () throws(StoreError) in
            try lastUpdate.run(account.id)
            try insertion.run(
                account.id,
                account.username,
                account.hash,
                account.firstName,
                account.lastName,
                account.photo
            )
        }
        last = account.id
        put(account)
        return account
    }

    mutating func set(_ account: Account) throws(AdministrationError) {
        _ = try store.changing { () throws(StoreError) in
            try update.run(
                account.id,
                account.hash,
                account.firstName,
                account.lastName,
                account.photo
            )
        }
        put(account)
    }

    mutating func remove(_ account: Account) throws(AdministrationError) {
        _ = try store.changing { () throws(StoreError) in try deletion.run(account.id) }
        accounts[account.id] = nil
        ids[Array(account.username.utf8)] = nil
    }

    private mutating func put(_ account: Account) {
        accounts[account.id] = account
        ids[Array(account.username.utf8)] = account.id
    }
}
