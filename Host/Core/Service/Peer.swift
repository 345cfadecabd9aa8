/// A connection as its service's lane knows it. Only the lane touches it.
final class Peer {
    /// Who it is.
    enum Login: Equatable {
        case none
        case checking  // the plugin answered LATER: messages wait
        case guest
        case principal([UInt8])
    }

    let handle: ConnectionHandle
    let binding: Int  // in the service's configuration
    let address: String
    var login = Login.none
    var stateVersion: UInt32 = 0
    var state: [UInt8] = []
    var rooms: [Int] = []
    var bucket: TokenBucket?
    var held: [HeldMessage] = []
    var heldBytes = 0
    var isClosing = false  // the plugin has closed it; the loop has not reported the end yet

    struct HeldMessage {
        static let overhead = 64  // bytes, about, beside the message's own
        var form: MessageForm
        var bytes: [UInt8]
    }

    init(handle: ConnectionHandle, binding: Int, address: String, bucket: TokenBucket?) {
        self.handle = handle
        self.binding = binding
        self.address = address
        self.bucket = bucket
    }

    /// Puts other messages in the place of those that wait.
    func setHeld(_ messages: [HeldMessage]) {
        held = messages
        heldBytes = messages.reduce(0) { $0 + $1.bytes.count + HeldMessage.overhead }
    }

    var isLoggedIn: Bool {
        switch login {
        case .none, .checking: false
        case .guest, .principal: true
        }
    }
}

/// A lane's peers by handle: two array look-ups and a comparison of generations.
struct PeerTable {
    private var loops: [[Peer?]] = []
    private(set) var count = 0

    subscript(handle: ConnectionHandle) -> Peer? {
        let loop = handle.loop
        guard loop < loops.count else { return nil }
        let slot = handle.slot
        guard slot < loops[loop].count, let peer = loops[loop][slot], peer.handle == handle else {
            return nil
        }
        return peer
    }

    mutating func insert(_ peer: Peer) {
        let loop = peer.handle.loop
        while loops.count <= loop { loops.append([]) }
        while loops[loop].count <= peer.handle.slot { loops[loop].append(nil) }
        if loops[loop][peer.handle.slot] == nil { count += 1 }
        loops[loop][peer.handle.slot] = peer
    }

    mutating func remove(_ peer: Peer) {
        guard self[peer.handle] != nil else { return }
        loops[peer.handle.loop][peer.handle.slot] = nil
        count -= 1
    }

    /// Every peer, by loop and slot.
    var all: [Peer] { loops.flatMap { $0.compactMap { $0 } } }
}
