import Crypto
import Net
import Wire

// Requests below a SockJS prefix, and the WebSockets there.
extension Loop {
    func begin(
        _ connection: Connection,
        _ exchange: Exchange,
        _ head: RequestHead,
        _ prefix: SockJSPrefix,
        below: Range<Int>
    ) {
        let answers = prefix.answers
        exchange.below = below
        let date = Int(clock.wall / 1_000_000_000)
        let bytes = head.bytes.span
        let route = SockJSRoute.find(
            method: bytes.extracting(head.method),
            path: bytes.extracting(below),
            hasWebSocket: prefix.hasWebSocket
        )
        switch route {
        case .greeting: give(connection, answers.greeting(head))
        case .iframe: give(connection, answers.iframe(head, date: date))
        case .info: give(connection, answers.info(head, entropy: Loop.entropy()))
        case .preflight(let allow): give(connection, answers.preflight(head, allow: allow, date: date))
        case .notAllowed(let allow): deny(connection, answers.notAllowed(head, allow: allow))
        case .notFound: deny(connection, answers.notFound(head))
        case .rawWebSocket: upgrade(connection, head, prefix, isSockJS: false)
        case .webSocket: upgrade(connection, head, prefix, isSockJS: true)
        case .receive(let transport, let name):
            begin(connection, exchange, head, prefix, .receive(transport), name: name, below)
        case .send(let sender, let name):
            begin(connection, exchange, head, prefix, .send(sender), name: name, below)
        }
    }

    private static func entropy() -> UInt32 { Random.bytes(4).reduce(0) { $0 << 8 | UInt32($1) } }

    /// An answer that leaves the connection as its maker says.
    private func give(_ connection: Connection, _ response: Response) {
        answer(connection, response, mayGoOn: response.keepsAlive)
    }

    private func deny(_ connection: Connection, _ response: Response) {
        note(.http(response.status), connection, "nothing is served so below this path")
        give(connection, response)
    }

    private func upgrade(
        _ connection: Connection,
        _ head: RequestHead,
        _ prefix: SockJSPrefix,
        isSockJS: Bool
    ) {
        switch Handshake.check(head) {
        case .refuse(let failure):
            let response = prefix.answers.refused(head, failure)
            note(.http(response.status), connection, failure.sentence)
            answer(connection, response, mayGoOn: false)
        case .accept(let handshake):
            upgrade(connection, head, handshake, prefix.target, isSockJS: isSockJS)
        }
    }

    /// A request of a session: it is read by the loop that has the session.
    private func begin(
        _ connection: Connection,
        _ exchange: Exchange,
        _ head: RequestHead,
        _ prefix: SockJSPrefix,
        _ purpose: SessionRequest.Purpose,
        name: Range<Int>,
        _ below: Range<Int>
    ) {
        let path = below.lowerBound
        let key = SessionKey(
            service: prefix.target.service.number,
            binding: prefix.target.binding,
            name: Array(head.bytes[path + name.lowerBound..<path + name.upperBound])
        )
        let loop = key.loop(of: loopCount)
        guard loop == index else { return move(connection, to: loop) }
        exchange.session = SessionRequest(key: key, prefix: prefix, purpose: purpose)
        let service = prefix.target.service
        beginBody(connection, exchange, head, service, limit: Loop.batch * service.limits.message)
    }

    /// A body holds what its client has said since the last one, and quotes it: so many times a message's limit.
    private static let batch = 8

    // MARK: SockJS in a WebSocket

    /// Hands on the messages that a frame holds. Answers how many.
    func takeSockJS(_ connection: Connection, _ frame: Span<UInt8>) -> Int {
        var messages = 0
        do throws(SockJSFailure) {
            try withReader { reader throws(SockJSFailure) in
                try reader.readFrame(frame) { message in
                    messages += 1
                    deliver(connection, .text, message)
                }
            }
        } catch {
            note(.sockJS(error), connection, error.sentence)
            // Clients of SockJS do not expect a word after what they broke.
            report(connection, code: CloseCode.invalidData.rawValue, error.sentence)
            finish(connection, code: .invalidData, error.sentence, saysWhy: false)
        }
        return messages
    }
}

extension Loop {
    /// The reader is taken out while it is used: what it reads may come to a handler that sends.
    func withReader(_ body: (inout SockJSReader) throws(SockJSFailure) -> Void) throws(SockJSFailure) {
        var reader = SockJSReader()
        swap(&reader, &sockJSReader)
        defer { swap(&reader, &sockJSReader) }
        try body(&reader)
    }
}

/// A request of a session: what it wants, once its body has come.
struct SessionRequest {
    enum Purpose {
        case receive(SockJSTransport)
        case send(SockJSSender)
    }

    let key: SessionKey
    let prefix: SockJSPrefix
    let purpose: Purpose
}
