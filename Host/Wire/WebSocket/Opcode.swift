/// What a frame is. RFC 6455 §5.2, §11.8.
package enum Opcode: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    /// Control frames are whole, short, and may stand between fragments. RFC 6455 §5.5.
    package var isControl: Bool { rawValue & 0x8 != 0 }
}
