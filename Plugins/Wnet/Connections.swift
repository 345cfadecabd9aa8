import JSON
import PatchbayKit

/// Connections: who they are, how many there may be, and how a new generation finds them again.
extension WnetService {
    private static let stateVersion: UInt32 = 1  // the state is the sid

    static func registerConnections(_ setup: Setup<WnetService>) {
        setup.onAuth { wnet, upgrade, connection in wnet.authenticate(upgrade, connection) }
        setup.onOpen { wnet, connection in wnet.open(connection) }
        setup.onClose { wnet, connection, _ in wnet.close(connection) }
    }

    private func open(_ connection: Connection) {
        let address = host.address(of: connection)
        guard addresses[address, default: 0] < mostPerAddress else {
            host.close(connection, code: 1008, reason: "Too many connections from this IP")
            return
        }
        let sid = secrets.random(16).hexadecimal
        host.setState(sid, version: Self.stateVersion, of: connection)
        insert(Peer(connection, sid: sid, address: address, account: account(of: connection)))
    }

    private func close(_ connection: Connection) {
        guard let peer = peers.removeValue(forKey: connection) else { return }
        sids[peer.sid] = nil
        let others = addresses[peer.address, default: 1] - 1
        addresses[peer.address] = others > 0 ? others : nil
        endClient(peer)
        endBot(peer)
    }

    private func insert(_ peer: Peer) {
        peers[peer.connection] = peer
        sids[peer.sid] = peer.connection
        addresses[peer.address, default: 0] += 1
    }

    private func account(of connection: Connection) -> Account.ID? {
        guard let id = Account.ID(digits: host.principal(of: connection)) else { return nil }
        return accounts[id]?.id
    }

    /// Finds everybody again; who has no state was closed when it was opened.
    func restore() {
        for connection in host.connections {
            guard let state = host.state(of: connection), state.version == Self.stateVersion else { continue }
            let peer = Peer(
                connection,
                sid: state.bytes,
                address: host.address(of: connection),
                account: account(of: connection)
            )
            peer.name = host.names(names, of: connection).first
            insert(peer)
        }
    }
}
