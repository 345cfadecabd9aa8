/// What loops hand to a lane: events in order, their bytes beside them. Filled without allocation once warm.
struct LaneBatch: Sendable {
    struct Event: Sendable {
        enum Kind: UInt8, Sendable {
            case open  // bytes: lines of address, subprotocol, certificate; number: the binding
            case message  // bytes: the message
            case waiting  // was a message, and waits in its peer
            case leave  // as close, but what is sent to it until then still leaves
            case close  // bytes: the reason; number: the code
            case request  // start: its place in `requests`
            case upgrade  // start: its place in `requests`; the connection opens when the plugin says so
            case abandon  // the request of that connection needs no answer any more
            case job  // start: its place in `jobs`
            case made  // start: its place in `made`
        }

        var kind: Kind
        var form: MessageForm
        var number: UInt16
        var count: UInt32
        var start: Int
        var handle: ConnectionHandle
    }

    private(set) var events: [Event] = []
    private(set) var bytes: [UInt8] = []
    private(set) var requests: [Request] = []
    private(set) var jobs: [@Sendable () -> Void] = []
    private(set) var made: [HostJob] = []

    var isEmpty: Bool { events.isEmpty }

    /// Bytes that the batch holds, about.
    var weight: Int { bytes.count + 64 * events.count + requests.reduce(0) { $0 + $1.weight } }

    mutating func append(
        _ kind: Event.Kind,
        _ handle: ConnectionHandle,
        form: MessageForm = .text,
        number: UInt16 = 0,
        _ content: Span<UInt8>
    ) {
        let start = bytes.count
        bytes.append(content)
        events.append(
            Event(
                kind: kind,
                form: form,
                number: number,
                count: UInt32(content.count),
                start: start,
                handle: handle
            )
        )
    }

    mutating func append(request: Request) { append(.request, request) }

    mutating func append(upgrade: Request) { append(.upgrade, upgrade) }

    private mutating func append(_ kind: Event.Kind, _ request: Request) {
        events.append(
            Event(
                kind: kind,
                form: .text,
                number: 0,
                count: UInt32(clamping: request.weight),
                start: requests.count,
                handle: request.handle
            )
        )
        requests.append(request)
    }

    mutating func append(job: @escaping @Sendable () -> Void) {
        append(.job, at: jobs.count)
        jobs.append(job)
    }

    /// What a plugin has asked for, and what is made.
    mutating func append(made job: HostJob) {
        append(.made, at: made.count)
        made.append(job)
    }

    private mutating func append(_ kind: Event.Kind, at start: Int) {
        events.append(
            Event(
                kind: kind,
                form: .text,
                number: 0,
                count: 0,
                start: start,
                handle: ConnectionHandle(bits: 0)
            )
        )
    }

    /// The message of this event is not the batch's any more.
    mutating func setWaiting(_ index: Int) { events[index].kind = .waiting }

    mutating func append(_ other: LaneBatch) {
        let offset = bytes.count
        let firstJob = jobs.count
        let firstRequest = requests.count
        let firstMade = made.count
        bytes += other.bytes
        jobs += other.jobs
        requests += other.requests
        made += other.made
        events.reserveCapacity(events.count + other.events.count)
        for var event in other.events {
            switch event.kind {
            case .job: event.start += firstJob
            case .request, .upgrade: event.start += firstRequest
            case .made: event.start += firstMade
            default: event.start += offset
            }
            events.append(event)
        }
    }

    mutating func removeAll() {
        // A burst's memory goes back.
        events.removeAll(keepingCapacity: events.capacity <= 4096)
        bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
        jobs.removeAll()
        requests.removeAll()
        made.removeAll()
    }
}

extension [UInt8] {
    /// Appends without an array in between.
    mutating func append(_ span: Span<UInt8>) {
        unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// A copy of borrowed bytes.
    init(_ span: Span<UInt8>) {
        self = []
        append(span)
    }
}
