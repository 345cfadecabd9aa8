/// A lane's peers by handle: a look-up in an array and a comparison of generations.
///
/// A class, for it is asked several times a message, and the compiler copied the whole of a struct for that.
final class PeerTable {
    private let loops: Int
    private var peers: [Peer?] = []  // all loops' first slots, all second slots, …
    private(set) var count = 0

    init(loops: Int) { self.loops = loops }

    private func place(_ handle: ConnectionHandle) -> Int { handle.slot * loops + handle.loop }

    subscript(handle: ConnectionHandle) -> Peer? {
        let place = place(handle)
        guard handle.loop < loops, place < peers.count, let peer = peers[place], peer.handle == handle else {
            return nil
        }
        return peer
    }

    func insert(_ peer: Peer) {
        let place = place(peer.handle)
        while peers.count <= place { peers.append(nil) }
        if peers[place] == nil { count += 1 }
        peers[place] = peer
    }

    func remove(_ peer: Peer) {
        guard self[peer.handle] != nil else { return }
        peers[place(peer.handle)] = nil
        count -= 1
    }

    /// Every peer, in no order.
    var all: [Peer] { peers.compactMap { $0 } }
}
