import Wire

/// A request on its way to the service that answers it.
struct Request: Sendable {
    let handle: ConnectionHandle
    /// On its connection; the answer says it again.
    let number: UInt32
    let binding: Int  // in the service's configuration
    let head: RequestHead
    /// What follows the path of plugins.conf, as an offset range of the head.
    let below: Range<Int>
    let content: [UInt8]
    let address: String
    /// What is known of the connection that begins with it; nil: none does.
    var origin: Peer.Origin?

    /// Bytes, about.
    var weight: Int { head.bytes.count + content.count }
}
