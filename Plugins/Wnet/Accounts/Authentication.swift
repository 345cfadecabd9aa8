import PatchbayKit

/// Who a connection is: its `auth` cookie says so, before it opens. There is no answer to it: what is not right makes a
/// guest.
extension WnetService {
    func authenticate(_ upgrade: Request, _ connection: Connection) {
        let address = Array(upgrade.address.utf8)
        guard addresses[address, default: 0] < mostPerAddress,  // one more will be closed when it is open
            case .password(let name, let password) = AuthCookie.find(in: upgrade.headers("cookie"))
        else {
            host.acceptGuest(connection)
            return
        }
        let account = accounts.account(enteredAs: name)
        secrets.checkLogin(
            of: connection,
            account: account.map { "account \($0.id)" } ?? "",
            from: address,
            password,
            against: account?.hash ?? []
        ) { [unowned self] isRight in
            guard isRight, let account, accounts[account.id]?.hash == account.hash else {
                return admitGuest(connection, because: "a wrong auth cookie")
            }
            guard host.accept(connection, as: "\(account.id)") == .done else {
                return admitGuest(connection, because: "the account has as many connections as it may")
            }
        }
    }

    private func admitGuest(_ connection: Connection, because reason: String) {
        host.log(.info, reason, ["connection": "\(connection)"])
        host.acceptGuest(connection)
    }
}
