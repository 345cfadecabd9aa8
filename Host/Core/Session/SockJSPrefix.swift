import Wire

/// A path of plugins.conf below which SockJS is spoken, for one service.
struct SockJSPrefix: Sendable {
    let target: Route.Target
    let answers: SockJSAnswers
    let hasWebSocket: Bool
    let settings: SockJSSession.Settings

    init(_ target: Route.Target) {
        self.target = target
        let settings = target.service.configuration.settings
        let limits = settings.limits
        hasWebSocket = settings.hasSockJSWebSocket
        answers = SockJSAnswers(
            hasWebSocket: settings.hasSockJSWebSocket,
            needsCookie: settings.hasSockJSCookie,
            script: settings.sockJSScript ?? SockJSAnswers.usualScript
        )
        var session = SockJSSession.Settings()
        session.heartbeat = limits.idle.nanoseconds
        session.responseLimit = limits.sockJSResponse
        session.queueLimit = limits.outbox
        self.settings = session
    }
}

/// Names a session: by its prefix, and by the name that its client gave it.
struct SessionKey: Hashable, Sendable {
    let service: Int
    let binding: Int
    let name: [UInt8]

    /// The loop, of so many, that has the session: the same for all its requests.
    func loop(of count: Int) -> Int { Int(UInt(bitPattern: hashValue) % UInt(count)) }
}
