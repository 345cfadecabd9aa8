import PatchbayABI

/// A login that is being checked. It counts as failed until it is said to have succeeded.
public struct LoginTry {
    private let host: Host
    let ticket: UInt64  // 0: the host counts none

    fileprivate init(_ host: Host, ticket: UInt64) {
        self.host = host
        self.ticket = ticket
    }

    /// It was right: it counts no more, and from its address its account can be entered for a day.
    public func succeeded() { settle(1) }

    /// It was wrong.
    public func failed() { settle(0) }

    private func settle(_ hasSucceeded: UInt32) {
        guard ticket > 0 else { return }
        _ = unsafe host.table.pointee.settle_login(host.context, ticket, hasSucceeded)
    }
}

extension Host {
    /// Asks, before a login is checked, whether it may be. Nil: too many have failed, for this account or from this
    /// address; answer it as a wrong one, without looking at it.
    ///
    /// - Parameter address: as `address(of:)` has it, or a request.
    public func tryLogin(account: some Bytes, from address: some Bytes) -> LoginTry? {
        guard unsafe offers(\.try_login) else { return LoginTry(self, ticket: 0) }
        let answer = unsafe account.lend { account in
            unsafe address.lend { unsafe table.pointee.try_login(context, account, $0) }
        }
        return answer > 0 ? LoginTry(self, ticket: UInt64(answer)) : nil
    }

    /// The same of a login that names no account, or none that anybody could be kept out of: only the address counts.
    public func tryLogin(from address: some Bytes) -> LoginTry? { tryLogin(account: "", from: address) }
}
