/// What loops hand to a lane: events in order, their bytes beside them. Filled without allocation once warm.
struct LaneBatch: Sendable {
    struct Event: Sendable {
        enum Kind: UInt8, Sendable {
            case open  // bytes: the peer's address as text; number: the binding
            case message  // bytes: the message
            case close  // bytes: the reason; number: the code
            case job  // start: its place in `jobs`
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
    private(set) var jobs: [@Sendable () -> Void] = []

    var isEmpty: Bool { events.isEmpty }

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

    mutating func append(job: @escaping @Sendable () -> Void) {
        events.append(
            Event(
                kind: .job,
                form: .text,
                number: 0,
                count: 0,
                start: jobs.count,
                handle: ConnectionHandle(bits: 0)
            )
        )
        jobs.append(job)
    }

    mutating func append(_ other: LaneBatch) {
        let offset = bytes.count
        let firstJob = jobs.count
        bytes += other.bytes
        jobs += other.jobs
        events.reserveCapacity(events.count + other.events.count)
        for var event in other.events {
            event.start += event.kind == .job ? firstJob : offset
            events.append(event)
        }
    }

    mutating func removeAll() {
        // A burst's memory goes back.
        events.removeAll(keepingCapacity: events.capacity <= 4096)
        bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
        jobs.removeAll()
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
