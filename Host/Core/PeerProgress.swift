import Net
import Synchronization
package import Wire

/// How far a loop has come with a peer that can be asked for no sign of it.
package struct PeerProgress: Sendable {
    package let received: Int  // bytes, of all that the peer has sent
    package let sent: Int  // bytes that are on their way to it
    package let isListening: Bool  // what comes is still read
    package let isHeldBack: Bool  // nothing is read before the clock moves on
    package let isOwed: Bool  // more leaves as soon as the peer has taken some
    package let isShut: Bool  // our side is closed

    fileprivate init(_ connection: Connection) {
        received = connection.traffic.received
        sent = connection.traffic.sent
        isListening = connection.phase.takesBytes
        isHeldBack = connection.isPaced || connection.isSlowed
        isOwed = connection.isOwed
        isShut = connection.phase == .draining
    }
}

// For those who move the clock by hand; see `settle`.
extension Server {
    /// How far each of a listener's connections has come, by its peer's port. Those that are not accepted yet, and
    /// those that are closed, are missing.
    package func progress(on listener: String) -> [UInt16: PeerProgress] {
        let found = Mutex<[UInt16: PeerProgress]>([:])
        _ = passLoops { loop in
            for connection in loop.connections {
                guard let connection, connection.listener.name == listener, connection.phase != .gone else {
                    continue
                }
                found.withLock { $0[connection.peer.port] = PeerProgress(connection) }
            }
        }
        return found.withLock { $0 }
    }
}

extension Service {
    /// How the stream of a listener is divided; nil: it carries none. [any thread]
    package func framing(onListener listener: String) -> Framing? {
        let binding = bindings.firstIndex { $0.listener == listener && $0.kind == .stream }
        return binding.flatMap { traits(of: $0).framing }
    }
}
