import PatchbayKit

/// A connection: a client, and a bot too while it has a name.
final class Peer {
    let connection: Connection
    /// By which bots name it; nobody can guess it.
    let sid: [UInt8]
    let address: [UInt8]
    /// Nil: a guest.
    var account: Account.ID?
    /// As a bot.
    var name: [UInt8]?

    init(_ connection: Connection, sid: [UInt8], address: [UInt8], account: Account.ID?) {
        self.connection = connection
        self.sid = sid
        self.address = address
        self.account = account
    }
}
