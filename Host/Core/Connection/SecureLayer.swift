import Net
import TLS

/// TLS on a connection: what its outbox holds is sealed, piece by piece, into another one.
final class SecureLayer {
    /// Nil once it has failed: what is sealed already still leaves.
    var session: TLSSession?
    /// Sealed bytes, owed to the peer.
    var outbox = Outbox()

    init(_ context: TLSContext) { session = TLSSession(context) }
}
