/// How to take back one change of what the host keeps for a service, should the batch not be stored.
enum Undo {
    case state(Peer, version: UInt32, bytes: [UInt8])
    case login(Peer, Peer.Login, Peer.Check?)
    case closing(Peer, held: HeldMessages)
    case held(Peer, batch: Int)  // messages that came with it
    case opened(Peer)
    case shown(Peer)  // its upgrade, to the plugin
    case decided(Peer, ShownUpgrade)
    case forgotten(Peer)
    case joined(room: [UInt8], Peer)
    case left(room: [UInt8], number: Int, Peer)
    case asked(ticket: UInt64)
    case answered(ticket: UInt64, OpenRequest)
    case claims(ClaimTable.Change)
    case timer(TimerKey, deadline: Int64?)  // what it was; nil: it did not run
}

/// Names a timer: what the plugin called it, and the key.
struct TimerKey: Hashable, Sendable {
    let name: [UInt8]
    let key: [UInt8]
}
