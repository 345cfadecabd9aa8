import PatchbayKit

/// Accounts at VK that are known here, as stored: names, and the hashes of their passwords.
struct VKAccounts {
    private let store: Store
    private let selection: Statement
    private let insertion: Statement
    private let deletion: Statement

    init(_ store: Store) throws(StoreError) {
        self.store = store
        selection = try store.prepare("SELECT password FROM vk_accounts WHERE username = $1")
        insertion = try store.prepare("INSERT INTO vk_accounts (username, password) VALUES ($1, $2)")
        deletion = try store.prepare("DELETE FROM vk_accounts WHERE username = $1")
    }

    func hash(of name: [UInt8]) throws(StoreError) -> [UInt8]? {
        var hash: [UInt8]?
        try selection.run(name) { row in hash = row.bytes(0) }
        return hash
    }

    func add(_ name: [UInt8], _ hash: [UInt8]) throws(AdministrationError) {
        _ = try store.changing { () throws(StoreError) in try insertion.run(name, hash) }
    }

    /// False: there is none of the name.
    func remove(_ name: [UInt8]) throws(AdministrationError) -> Bool {
        try store.changing { () throws(StoreError) in try deletion.run(name) } > 0
    }
}
