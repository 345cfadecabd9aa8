import Net
import Wire

/// What a message to a room becomes, made once for all members of a loop that get the same bytes.
struct RoomFrames {
    var plain: SharedBytes?
    var sockJS: SharedBytes?
    var deflated: [(windowBits: UInt8, frame: SharedBytes?)] = []  // nil: it is no shorter, so it goes plain
    var isText: Bool?  // whether SockJS can carry it; nil: nobody has looked
    var quoted: [UInt8]?

    func release(to pool: BlockPool) {
        plain?.release(to: pool)
        sockJS?.release(to: pool)
        for (_, frame) in deflated { frame?.release(to: pool) }
    }
}
