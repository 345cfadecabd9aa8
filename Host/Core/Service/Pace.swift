/// How fast the paced messages of one connection are handed on.
final class Pace {
    var bucket: TokenBucket
    /// Messages wait for a token, and nothing more is read of the connection.
    var isWaiting = false
    /// The service will look at it when there is one.
    var isScheduled = false
    /// The connection has ended: what waits is handled at once.
    var isOver = false

    init(_ bucket: TokenBucket) { self.bucket = bucket }
}
