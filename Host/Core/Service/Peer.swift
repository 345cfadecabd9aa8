/// A connection as its service's lane knows it. Only the lane touches it.
final class Peer {
    /// Who it is.
    enum Login: Equatable {
        case none
        case checking  // the plugin answered LATER: messages wait
        case guest
        case principal([UInt8])
    }

    // First what every message asks for, so that it is in few lines of the processor's cache.
    let handle: ConnectionHandle
    let binding: Int  // in the service's configuration
    var login = Login.none
    var isClosing = false  // the plugin has closed it; the loop has not reported the end yet
    var isUnopened = false  // has been let in, and the plugin has not heard that it is open
    /// Not open yet: the plugin has not said whether it lets it in.
    var upgrade: ShownUpgrade?
    var rooms: [Int] = []
    var held = HeldMessages()
    var pace: Pace?  // from its first paced message on
    var bucket: TokenBucket?

    var check: Check?  // while it is `checking`
    var stateVersion: UInt32 = 0
    var state: [UInt8] = []
    let origin: Origin

    /// Asked of each message, where comparing logins would look at names.
    var isChecking: Bool { if case .checking = login { true } else { false } }

    /// What must be known to check a login once more.
    final class Check {
        let former: Login
        /// What was being handled when the plugin said LATER: the login. Nil: no message of the connection.
        var message: HeldMessages.Message?
        /// Those that were begun for it, by ticket.
        var logins: [UInt64] = []

        init(former: Login) { self.former = former }
    }

    /// What was known of it when it opened.
    struct Origin: Equatable, Sendable {
        let address: [UInt8]  // the host as text
        let subprotocol: [UInt8]  // agreed on at the upgrade; mostly none
        let certificate: [UInt8]  // whom the client's certificate names; mostly none

        /// The three as lines.
        init(_ lines: ArraySlice<UInt8>) {
            let parts = lines.split(separator: 0x0a, omittingEmptySubsequences: false)
            address = parts.first.map { Array($0) } ?? []
            subprotocol = parts.count > 1 ? Array(parts[1]) : []
            certificate = parts.count > 2 ? Array(parts[2]) : []
        }

        init(address: [UInt8], subprotocol: [UInt8], certificate: [UInt8]) {
            self.address = address
            self.subprotocol = subprotocol
            self.certificate = certificate
        }
    }

    init(handle: ConnectionHandle, binding: Int, _ origin: Origin, bucket: TokenBucket?) {
        self.handle = handle
        self.binding = binding
        self.origin = origin
        self.bucket = bucket
    }

    var isLoggedIn: Bool {
        switch login {
        case .none, .checking: false
        case .guest, .principal: true
        }
    }
}
