/// What a server wants of permessage-deflate; what it gets depends on the client's offer. RFC 7692 §7.1.
package enum DeflatePolicy: Hashable, Sendable {
    /// Nothing is agreed on.
    case off
    /// Messages may be compressed.
    ///
    /// - keepsContext: a message may refer to those before it. That compresses small messages far better, and
    ///   costs memory for each connection: see `Inflater` and `Deflater`.
    /// - windowBits: 8 to 15, of both directions.
    case on(keepsContext: Bool = false, windowBits: UInt8 = 15)
}
