/// Names a connection for as long as it lives, and nothing afterwards: slot and generation.
///
/// The low 32 bits are the slot (its loop in the upper 8, its place in that loop in the lower 24), the high 32
/// the generation, which is never 0. What plugins see as `pb_connection`.
package struct ConnectionHandle: Hashable, Sendable {
    package let bits: UInt64

    package init(bits: UInt64) { self.bits = bits }

    package init(loop: Int, slot: Int, generation: UInt32) {
        bits = UInt64(generation) << 32 | UInt64(loop & 0xff) << 24 | UInt64(slot & 0xff_ffff)
    }

    package var loop: Int { Int(bits >> 24 & 0xff) }
    package var slot: Int { Int(bits & 0xff_ffff) }

    /// The most connections of one loop.
    package static let mostSlots = 1 << 24
}

/// How a message is sent or was received.
package enum MessageForm: UInt8, Sendable { case text, binary }
