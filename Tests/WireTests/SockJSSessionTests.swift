import Testing
import Wire

@Suite struct SockJSSessionTests {
    private let second: Int64 = 1_000_000_000

    @Test func `the first receiver opens the session, and messages come in arrays`() {
        var play = Play()
        #expect(play.attach(.xhr) == .wrote("o\n", .finished))
        #expect(play.send("a") == .queued)
        #expect(play.attach(.xhr) == .wrote("a[\"a\"]\n", .finished))
        #expect(play.send("b", "\"c\"\u{2028}") == .queued)
        #expect(play.flush() == .wrote("", .nothing))
        #expect(play.attach(.xhr) == .wrote("a[\"b\",\"\\\"c\\\"\\u2028\"]\n", .finished))
        #expect(play.attach(.xhr) == .wrote("", .nothing))
        #expect(play.session.hasReceiver)
        #expect(play.send("d") == .queued)
        #expect(play.flush() == .wrote("a[\"d\"]\n", .finished))
        #expect(!play.session.hasReceiver)
    }

    @Test(
        arguments: [
            (.xhr, "o\n", .finished), (.jsonp, "/**/f(\"o\");\r\n", .finished), (.xhrStreaming, "o\n", .more),
            (.eventSource, "data: o\r\n\r\n", .more),
            (.htmlFile, "<script>\np(\"o\");\n</script>\r\n", .more),
        ] as [(SockJSTransport, String, SockJSSession.Action)]
    )
    func `every transport can open`(transport: SockJSTransport, frame: String, action: SockJSSession.Action) {
        var play = Play()
        #expect(!play.session.isOpen)
        #expect(play.attach(transport) == .wrote(frame, action))
        #expect(play.session.isOpen)
    }

    @Test func `a stream gets frame after frame`() {
        var play = Play()
        #expect(play.attach(.eventSource) == .wrote("data: o\r\n\r\n", .more))
        #expect(play.flush() == .wrote("", .nothing))
        #expect(play.send("x") == .queued)
        #expect(play.flush() == .wrote("data: a[\"x\"]\r\n\r\n", .more))
        #expect(play.send("  \u{0}\n\r ") == .queued)
        #expect(play.flush() == .wrote("data: a[\"  \\u0000\\n\\r \"]\r\n\r\n", .more))
    }

    @Test func `a message that was quoted for many is passed on as it is`() {
        var play = Play()
        #expect(play.attach(.xhr) == .wrote("o\n", .finished))
        #expect(play.send(quoted: "\"\\u0041\"") == .queued)
        #expect(play.attach(.xhr) == .wrote("a[\"\\u0041\"]\n", .finished))
    }

    @Test(arguments: [SockJSTransport.xhr, .xhrStreaming])
    func `a second receiver is refused, and the first stays`(first: SockJSTransport) {
        var play = Play()
        _ = play.attach(.xhr)
        _ = play.attach(first)
        let refusal = "c[2010,\"Another connection still open\"]"
        #expect(play.attach(.xhrStreaming) == .wrote(refusal + "\n", .refused))
        #expect(play.attach(.eventSource) == .wrote("data: \(refusal)\r\n\r\n", .refused))
        #expect(play.send("a") == .queued)
        #expect(play.flush() == .wrote("a[\"a\"]\n", first.isStreaming ? .more : .finished))
    }

    @Test func `who comes after the close is told, until the session ends`() {
        var play = Play()
        #expect(play.attach(.xhr) == .wrote("o\n", .finished))
        #expect(play.close() == .wrote("", .nothing))
        #expect(!play.session.isOpen)
        #expect(play.send("a") == .closed)
        #expect(play.close(1000, "again") == .wrote("", .nothing))
        #expect(play.attach(.xhr) == .wrote("c[3000,\"Go away!\"]\n", .finished))
        play.now += 4 * second
        #expect(play.attach(.jsonp) == .wrote("/**/f(\"c[3000,\\\"Go away!\\\"]\");\r\n", .finished))
        #expect(play.session.deadline == 5 * second)
        play.now += second
        #expect(play.passTime() == .wrote("", .ended(wasOpen: false)))
    }

    @Test func `a close ends the stream of who waits`() {
        var play = Play()
        #expect(play.attach(.xhrStreaming) == .wrote("o\n", .more))
        #expect(play.close() == .wrote("c[3000,\"Go away!\"]\n", .finished))
        #expect(play.attach(.xhrStreaming) == .wrote("c[3000,\"Go away!\"]\n", .finished))
    }

    @Test func `what was sent before the close comes before it`() {
        var stream = Play(), poll = Play()
        _ = stream.attach(.xhrStreaming)
        #expect(stream.send("a") == .queued)
        #expect(stream.close() == .wrote("a[\"a\"]\nc[3000,\"Go away!\"]\n", .finished))
        _ = poll.attach(.xhr)
        #expect(poll.send("a") == .queued)
        #expect(poll.close() == .wrote("", .nothing))
        poll.now += 4 * second
        #expect(poll.attach(.xhr) == .wrote("a[\"a\"]\n", .finished))
        #expect(poll.session.deadline == 9 * second)
        #expect(poll.attach(.xhr) == .wrote("c[3000,\"Go away!\"]\n", .finished))
    }

    @Test(arguments: [SockJSTransport.xhr, .xhrStreaming])
    func `a receiver that breaks off closes the session`(transport: SockJSTransport) {
        var play = Play()
        _ = play.attach(.xhr)
        #expect(play.detach() == false)
        _ = play.attach(transport)
        #expect(play.send("lost") == .queued)
        #expect(play.detach() == true)
        #expect(play.send("a") == .closed)
        #expect(play.detach() == false)
        #expect(play.attach(.xhr) == .wrote("c[1002,\"Connection interrupted\"]\n", .finished))
        play.now = 5 * second
        #expect(play.passTime() == .wrote("", .ended(wasOpen: false)))
    }

    @Test func `five seconds without a receiver end it`() {
        var play = Play()
        _ = play.attach(.xhr)
        #expect(play.session.deadline == 5 * second)
        play.now = 5 * second - 1
        #expect(play.passTime() == .wrote("", .nothing))
        _ = play.attach(.xhr)
        #expect(play.session.deadline == 30 * second - 1)
        play.now += 3 * second
        #expect(play.send("a") == .queued)
        _ = play.flush()
        #expect(play.session.deadline == 13 * second - 1)
        play.now += 5 * second
        #expect(play.passTime() == .wrote("", .ended(wasOpen: true)))
    }

    @Test(
        arguments: [(.xhr, "h\n", .finished, 5), (.eventSource, "data: h\r\n\r\n", .more, 25)]
            as [(SockJSTransport, String, SockJSSession.Action, Int64)]
    )
    func `a receiver that waits gets a heartbeat`(
        transport: SockJSTransport,
        frame: String,
        action: SockJSSession.Action,
        next: Int64
    ) {
        var play = Play()
        _ = play.attach(.xhr)
        _ = play.attach(transport)
        play.now = 25 * second - 1
        #expect(play.passTime() == .wrote("", .nothing))
        play.now = 25 * second
        #expect(play.passTime() == .wrote(frame, action))
        #expect(play.session.deadline == (25 + next) * second)
    }

    @Test func `what is sent puts the heartbeat off`() {
        var play = Play()
        _ = play.attach(.xhrStreaming)
        play.now = 20 * second
        _ = play.send("a")
        #expect(play.session.deadline == 25 * second)
        _ = play.flush()
        #expect(play.session.deadline == 45 * second)
    }

    @Test func `a stream ends after its limit, and the next one goes on`() {
        var play = Play(responseLimit: 4096)
        let message = String(repeating: "x", count: 128)
        #expect(play.attach(.xhrStreaming) == .wrote("o\n", .more))
        let actions = (1...31).map { _ in
            _ = play.send(message)
            return play.flush()
        }
        let frame = "a[\"\(message)\"]\n"
        #expect(actions.dropLast().allSatisfy { $0 == .wrote(frame, .more) })
        #expect(actions.last == .wrote(frame, .finished))
        #expect(play.send("a") == .queued)
        #expect(play.attach(.xhrStreaming) == .wrote("a[\"a\"]\n", .more))
    }

    @Test(arguments: [SockJSTransport.eventSource, .htmlFile])
    func `one large message ends a stream`(transport: SockJSTransport) {
        var play = Play(responseLimit: 4096)
        _ = play.attach(transport)
        _ = play.send(String(repeating: "x", count: 4096))
        #expect(play.flush().action == .finished)
    }

    @Test func `a queue over its limit takes nothing more, and keeps what it had`() {
        var play = Play(queueLimit: 9)
        _ = play.attach(.xhr)
        #expect(play.send("1") == .queued)
        #expect(play.send("2") == .queued)
        #expect(play.send("") == .queued)
        #expect(play.send("") == .full)
        #expect(play.attach(.xhr) == .wrote("a[\"1\",\"2\",\"\"]\n", .finished))
        #expect(play.send("3") == .queued)
    }

    @Test func `one message alone never fills a queue`() {
        var play = Play(queueLimit: 9)
        _ = play.attach(.xhr)
        let long = String(repeating: "x", count: 100)
        #expect(play.send(long) == .queued)
        #expect(play.send("") == .full)
        #expect(play.attach(.xhr) == .wrote("a[\"\(long)\"]\n", .finished))
    }

    @Test func `before the first receiver nothing is taken`() {
        var play = Play()
        #expect(play.send("a") == .closed)
        #expect(play.flush() == .wrote("", .nothing))
        play.now = 5 * second
        #expect(play.passTime() == .wrote("", .ended(wasOpen: false)))
    }
}

/// A session with its clock, and what each call appends.
private struct Play {
    struct Outcome: Equatable {
        let text: String
        let action: SockJSSession.Action

        static func wrote(_ text: String, _ action: SockJSSession.Action) -> Outcome {
            Outcome(text: text, action: action)
        }
    }

    var session: SockJSSession
    var now: Int64 = 0

    init(responseLimit: Int = 131_072, queueLimit: Int = 1 << 20) {
        var settings = SockJSSession.Settings()
        settings.responseLimit = responseLimit
        settings.queueLimit = queueLimit
        session = SockJSSession(settings, now: 0)
    }

    mutating func attach(_ transport: SockJSTransport) -> Outcome {
        guard let receiver = try? SockJSReceiver(transport, query: "c=f".utf8.span) else {
            return .wrote("no receiver", .nothing)
        }
        return outcome { $0.attach(receiver, now: $1, to: &$2) }
    }

    mutating func send(_ messages: String...) -> SockJSSession.Acceptance? {
        messages.map { session.send($0.utf8.span) }.last
    }

    mutating func send(quoted message: String) -> SockJSSession.Acceptance {
        session.send(quoted: message.utf8.span)
    }

    mutating func detach() -> Bool { session.detach(now: now) }

    mutating func flush() -> Outcome { outcome { $0.flush(now: $1, to: &$2) } }

    mutating func close(_ code: UInt16 = 3000, _ reason: String = "Go away!") -> Outcome {
        outcome { $0.close(code, reason: reason, now: $1, to: &$2) }
    }

    mutating func passTime() -> Outcome { outcome { $0.passTime(now: $1, to: &$2) } }

    private mutating func outcome(
        _ step: (inout SockJSSession, Int64, inout [UInt8]) -> SockJSSession.Action
    ) -> Outcome {
        var buffer: [UInt8] = []
        let action = step(&session, now, &buffer)
        return Outcome(text: String(decoding: buffer, as: UTF8.self), action: action)
    }
}
