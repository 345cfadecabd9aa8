import Wire

/// A SockJS session over requests, on the connection that its service sees.
final class SessionState {
    let key: SessionKey
    let prefix: SockJSPrefix
    var session: SockJSSession
    /// Requests whose messages wait for the session's pace, in order.
    var senders: [ConnectionHandle] = []
    /// Whose request it began with, while its service thinks about that.
    var opener: Connection?
    /// Whose response receives at the moment.
    var receiver: Connection?

    init(_ key: SessionKey, _ prefix: SockJSPrefix, now: Int64) {
        self.key = key
        self.prefix = prefix
        session = SockJSSession(prefix.settings, now: now)
    }
}
