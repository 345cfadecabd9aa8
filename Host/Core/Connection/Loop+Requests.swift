import Net
import Wire

// Requests, from the first byte of a head to the last of the answer. RFC 9112.
extension Loop {
    /// The connection speaks HTTP from here on.
    func beginRequests(_ connection: Connection) {
        let limits = connection.listener.limits
        connection.exchange = Exchange(limit: limits.head)
        connection.phaseDeadline = now + limits.headTime.nanoseconds
        arm(connection)
    }

    /// Reads on in a request. False: more bytes are needed, or nothing more is to be read now.
    func readRequest(_ connection: Connection, _ bytes: Span<UInt8>, _ cursor: inout Int) -> Bool {
        guard let exchange = connection.exchange else { return false }
        return connection.phase == .head
            ? readHead(connection, exchange, bytes, &cursor) : readBody(connection, exchange, bytes, &cursor)
    }

    private func readHead(
        _ connection: Connection,
        _ exchange: Exchange,
        _ bytes: Span<UInt8>,
        _ cursor: inout Int
    ) -> Bool {
        guard cursor < bytes.count else { return false }
        // Whoever asks on without taking the answers waits until he has.
        guard connection.outbox.count <= Loop.mostAnswers else {
            connection.isClogged = true
            return false
        }
        if exchange.isIdle {
            exchange.isIdle = false
            connection.phaseDeadline = now + connection.listener.limits.headTime.nanoseconds
            arm(connection)
        }
        switch exchange.reader.next(bytes, from: &cursor) {
        case .needMore:
            return false
        case .failed(let failure):
            refuse(connection, failure)
            return false
        case .head(let head):
            connection.phaseDeadline = nil
            exchange.begin(head)
            begin(connection, exchange, head)
            return true
        }
    }

    /// Bytes of answers that may wait for a peer before its next request is read.
    private static let mostAnswers = 64 << 10

    /// Goes on with a request whose head has been read.
    func begin(_ connection: Connection, _ exchange: Exchange, _ head: RequestHead) {
        guard head.expectation != .unknown else {
            return refuse(
                connection,
                HTTPFailure(.expectationFailed, "the only Expect known is 100-continue")
            )
        }
        switch connection.listener.match(head) {
        case .none:
            deny(connection, HTTPFailure(.notFound, "nothing is served at this path"))
        case .webSocket(let target):
            exchange.below = head.path.upperBound..<head.path.upperBound
            upgrade(connection, head, target)
        case .http(let target, let below):
            exchange.target = target
            exchange.below = below
            beginBody(connection, exchange, head, target.service)
        case .sockJS(let prefix, let below):
            begin(connection, exchange, head, prefix, below: below)
        }
    }

    // MARK: The body

    /// The body is wanted: it is read up to `limit` bytes; nil is the service's limit for messages.
    func beginBody(
        _ connection: Connection,
        _ exchange: Exchange,
        _ head: RequestHead,
        _ service: Service,
        limit: Int? = nil
    ) {
        let limits = service.limits
        exchange.body = BodyReader(head, limit: limit ?? limits.message)
        connection.phase = .body
        limitBytes(connection, limits)
        guard head.body != .none else { return }
        connection.phaseDeadline = now + limits.bodyTime.nanoseconds
        arm(connection)
    }

    private func readBody(
        _ connection: Connection,
        _ exchange: Exchange,
        _ bytes: Span<UInt8>,
        _ cursor: inout Int
    ) -> Bool {
        switch exchange.body?.next(bytes, from: &cursor) {
        case .continueAwaited:
            var bytes: [UInt8] = []
            ResponseHead.appendContinue(to: &bytes)
            connection.outbox.append(bytes.span, pool: pool)
            touch(connection)
            return true
        case .part(let range):
            exchange.content.append(bytes.extracting(range))
            return true
        case .end:
            exchange.body = nil
            connection.phaseDeadline = nil
            if let request = exchange.session {
                answer(connection, exchange, request)
            } else {
                ask(connection, exchange)
            }
            return true
        case .failed(let failure):
            refuse(connection, failure)
            return false
        case .needMore, nil:
            return false
        }
    }

    // MARK: The answer

    /// Hands a request to its service.
    private func ask(_ connection: Connection, _ exchange: Exchange) {
        guard let head = exchange.head, let target = exchange.target else { return }
        let service = target.service
        guard allows(connection, head, service) else {
            return refuse(connection, HTTPFailure(.forbidden, "this origin is not allowed here"))
        }
        let request = Request(
            handle: connection.handle,
            number: exchange.number,
            binding: target.binding,
            head: head,
            below: exchange.below,
            content: exchange.content,
            address: client(connection, head).hostText
        )
        exchange.content = []
        expectAnswer(connection)
        enqueue(service) { $0.append(request: request) }
        holdUp(connection, service)
    }

    /// The next step is somebody else's, who has so long for it.
    func expectAnswer(_ connection: Connection) {
        connection.phase = .answering
        connection.phaseDeadline = now + Loop.answerTime
        arm(connection)
    }

    private static let answerTime: Int64 = 60_000_000_000

    /// Answers the request that a service has had. One that nobody waits for any more is passed over.
    func respond(_ handle: ConnectionHandle, number: UInt32, _ response: Response) {
        guard let connection = connection(handle), connection.phase == .answering,
            let exchange = connection.exchange, exchange.number == number
        else { return }
        let known = exchange.head.flatMap { statics.answer(response, to: $0) }
        answer(connection, known ?? response)
        guard connection.phase == .head else { return }
        leaveUnfinished(connection)
    }

    /// A request that is wrong: the connection ends with the answer.
    func refuse(_ connection: Connection, _ failure: HTTPFailure) {
        note(.http(failure.status), connection, failure.sentence)
        answer(connection, Response(failure), mayGoOn: false)
    }

    /// A request that is right, for something that is not there. Where its body is still to come the connection
    /// ends all the same, for nobody reads that.
    func deny(_ connection: Connection, _ failure: HTTPFailure) {
        note(.http(failure.status), connection, failure.sentence)
        let hasBody = connection.exchange?.head?.body != RequestHead.Body.none
        answer(connection, Response(failure), mayGoOn: !hasBody)
    }

    /// Answers the request that was read.
    func answer(_ connection: Connection, _ response: Response, mayGoOn: Bool = true) {
        let exchange = connection.exchange
        let head = exchange?.head
        let mayGoOn = mayGoOn && isAccepting && head?.keepsAlive == true
        let response = Response(
            response.status,
            contentType: response.contentType,
            body: response.body,
            fields: response.fields,
            keepsAlive: mayGoOn
        )
        var bytes: [UInt8] = []
        response.append(
            to: &bytes,
            date: Int(clock.wall / 1_000_000_000),
            omitsBody: head?.isMethod("HEAD") ?? false
        )
        connection.outbox.append(bytes.span, pool: pool)
        touch(connection)
        endExchange(connection, mayGoOn: mayGoOn)
    }

    /// The answer is given: the next request, or the end.
    func endExchange(_ connection: Connection, mayGoOn: Bool) {
        guard mayGoOn, let exchange = connection.exchange else { return conclude(connection) }
        exchange.end()
        exchange.isIdle = true
        connection.phase = .head
        connection.phaseDeadline = now + connection.listener.limits.idle.nanoseconds
        arm(connection)
    }

    /// Whether a browser's page of that origin may come in. No Origin: not a browser, which is whom the list is
    /// about.
    func allows(_ connection: Connection, _ head: RequestHead, _ service: Service) -> Bool {
        guard let origin = head.fields.first("Origin") else { return true }
        let normal = OriginText.normal(head.text(origin))
        let allowed = [connection.listener.configuration.origins, service.configuration.settings.origins]
        return allowed.allSatisfy { list in list.isEmpty || normal.map { list.contains($0) } ?? false }
    }
}
